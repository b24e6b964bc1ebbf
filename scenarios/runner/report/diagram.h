/* SPDX-License-Identifier: MIT */
#ifndef DIAGRAM_H
#define DIAGRAM_H

#include "evidence/evidence.h"
#include "evidence/frame_list.h"
#include "manifest.h"

/*
 * What the sequence diagram of a play shows, as rows between lifelines: built
 * from the evidence, drawn by diagram_svg.h.  Pure.
 *
 * Not every event is a row.  The two ends of a handshake are one; what a
 * client did whose payments the story does not judge (a control, a flood) is
 * one; a receiver's event for a message that is drawn already adds to it.
 */
#define DIAGRAM_ROWS_MAX 96
#define DIAGRAM_TEXT_SIZE 96
#define DIAGRAM_SHAKE_MAX 16

enum diagram_kind {
	DIAGRAM_CONNECT, /* TCP, and TLS if there is any: one line */
	DIAGRAM_QUIET,   /* honest requests that the story does not judge */
	DIAGRAM_MESSAGE,
	DIAGRAM_ANSWER,
	DIAGRAM_NOTE,     /* at one host */
	DIAGRAM_CLOCK,    /* across all */
	DIAGRAM_STOPPED,  /* at the host that stopped the copy */
	DIAGRAM_EXECUTED, /* at the host where the copy took effect */
};

struct diagram_row {
	enum diagram_kind kind;
	size_t event;                          /* which told of it */
	int64_t at;                            /* nanoseconds since the epoch */
	const struct manifest_host *from, *to; /* the same: at one host */
	bool recorded;  /* what the attacker recorded, or withheld */
	bool copy;      /* what he sent, and what it became on its way */
	uint32_t frame; /* its number in the capture; 0: not known */
	char text[DIAGRAM_TEXT_SIZE];
	/* DIAGRAM_CONNECT: its first frames; borrowed from the list. */
	struct endpoint src, dest;
	const struct frame_seen *shake[DIAGRAM_SHAKE_MAX];
	size_t shake_count;
};

struct diagram {
	/* Left to right. */
	const struct manifest_host *hosts[MANIFEST_HOSTS_MAX];
	size_t host_count;
	struct diagram_row rows[DIAGRAM_ROWS_MAX];
	size_t row_count;
	size_t left_out; /* rows there was no room for */
};

struct diagram_sources {
	const struct evidence *evidence;
	const cJSON *result; /* result.json */
	const struct manifest *manifest;
	const struct frame_list *frames;
};

/* The diagram borrows from the manifest and the frames. */
void diagram_build(struct diagram *d, const struct diagram_sources *sources);

/*
 * What was exchanged, as text without moments and frame numbers: a line a row,
 * what its arrow is and, behind a tab, its words.
 */
void diagram_say(const struct diagram *d, struct buffer *out);

/*
 * Are the arrows of two such texts the same?  Then add the words of the second
 * that differ, separated by "; ", repeats left out.
 */
bool diagram_same_arrows(
    struct bytes said, struct bytes other, struct buffer *words);

/* The lifeline of a host, from 0; host_count if it has none. */
size_t diagram_column(
    const struct diagram *d, const struct manifest_host *host);

#endif
