/* SPDX-License-Identifier: MIT */
#ifndef HEARING_H
#define HEARING_H

#include "testimony.h"

#include "dtls_reader.h"
#include "lab_clock.h"
#include "reassemble/conversation.h"
#include "tls_reader.h"

/*
 * Behind testimony.h and for it only: hearing.c listens to the capture and
 * fills in the copies, testimony.c tells of them.
 */

/* More TLS connections than this are not read (a flood has many). */
#define HEARING_READERS_MAX 1024

/* A TLS connection, or an association of DTLS, in one of the two views. */
struct heard {
	struct tls_reader reader;
	struct dtls_reader datagrams;
	struct endpoint end[SIDES];
	uint64_t first_frame; /* with a whole record in it */
	size_t conversation;  /* its number as its senders have it; 0: none */
	/* Of TLS that the attacker opened himself: his requests, and was the
	 * last a copy? */
	struct http_reader *inside; /* NULL: nothing was said */
	bool is_unreadable, has_copy;
};

enum view_kind { VIEW_SENT, VIEW_RECEIVED };

struct view {
	struct testimony *testimony;
	enum view_kind kind;
	struct conversations *conversations;
	struct heard **heard; /* by number less one; NULL: no TLS */
	size_t capacity;
};

struct testimony {
	const struct evidence *evidence;
	const struct observation *observation;
	struct testimony_copy *copies;
	struct key_log log;
	struct tls_epochs epochs;
	struct view view[2];
	size_t readers;
	bool names_segments; /* a copy is a segment, so each is named */
	bool keeps_names;
	struct buffer names; /* of all that was heard, if they are kept */
	/* The frame that is being heard. */
	uint64_t frame;
	char at[RFC3339_SIZE];
	const char *port_host; /* whose port it entered at */
};

/* The event that announced copy i. */
const cJSON *testimony_event(const struct testimony *t, size_t i);

/* Is that event about this connection? */
bool hearing_is_between(const cJSON *event, const struct endpoint *client,
    const struct endpoint *server);

/* The next record of an association; explains the copy that it is, if any. */
void hearing_datagram(
    struct view *v, struct heard *h, const struct finding *f, const char *name);

/* The frame that brings the next announced copy of these bytes: is it one? */
bool hearing_copy(
    struct testimony *t, const struct finding *f, const char *name);
/* That side answers in this frame; bare: by TCP alone. */
void hearing_answer(struct testimony *t, const struct endpoint *client,
    const struct endpoint *server, enum side speaker, bool bare);

/*
 * What was opened of a record that came to its receiver: a request of the
 * attacker's may be a copy, which has its name inside TLS only.
 */
void hearing_inside(struct testimony *t, struct heard *h,
    const struct finding *f, const struct tls_plaintext *opened);

/* All frames of the file.  0, or -1 after a warning. */
int hearing_listen(struct testimony *t, const char *path);
/* After all frames: the handshakes that were refused. */
void hearing_explain_handshakes(struct testimony *t);
/* ... the tickets of early data, and streams that ended too soon. */
void hearing_explain_tickets(struct testimony *t);
void hearing_explain_cuts(struct testimony *t);

/* How its receiver has the connection of that event; NULL: no TLS. */
const struct heard *hearing_received(
    const struct testimony *t, const cJSON *event);

#endif
