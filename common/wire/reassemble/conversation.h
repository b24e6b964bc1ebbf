/* SPDX-License-Identifier: MIT */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "dtls_record.h"
#include "frame.h"
#include "http_message.h"
#include "segment.h"
#include "tls_handshake.h"
#include "tls_record.h"

/*
 * A conversation is one TCP connection: its two byte streams, what stands in
 * them, and what a segment of either side would have to look like right now.
 * Or an association of DTLS over UDP, whose datagrams are no stream.
 *
 *	conversations_new -> conversations_feed ... -> conversations_free
 *
 * Frames go in, in the order of the capture, from a tape or live; what is
 * found in them comes out through one call, while its bytes are at hand.
 * Nothing found is kept, so a capture of any length takes the same memory.
 * selection.h picks one finding out.
 */

/* Who opened the connection, and who answered. */
enum side { SIDE_CLIENT, SIDE_SERVER };
#define SIDES 2
const char *side_name(enum side side); /* "client", "server" */
enum side side_other(enum side side);

/* What a side last sent, which is what a further segment goes on from. */
struct flow_side {
	struct endpoint endpoint;
	bool seen; /* it sent something; else only endpoint is set */
	uint8_t mac[6];
	uint8_t ttl;       /* or hop limit */
	uint32_t next_seq; /* after everything it sent */
	uint32_t last_ack; /* its last acknowledgement */
	uint16_t window;   /* as in the header, not scaled */
	bool has_timestamp;
	uint32_t tsval, tsecr; /* of its last segment */
	int64_t tsval_at;      /* when that was captured */
	int64_t last_at;       /* when its last segment was captured */
	bool finished;         /* it sent FIN */
};

enum conversation_content {
	CONTENT_UNKNOWN, /* nothing said yet */
	CONTENT_TLS,
	CONTENT_DTLS,
	CONTENT_HTTP,
	CONTENT_OTHER,
};

struct conversation {
	size_t number;  /* from 1, in the order they began */
	bool datagrams; /* UDP */
	int link_type;
	int64_t began_at;
	struct flow_side side[SIDES];
	enum conversation_content content;
	bool from_the_middle; /* its SYN is not in the capture */
	bool reset;           /* a RST was seen */
	uint64_t frames;
	uint64_t records[SIDES], segments[SIDES]; /* found so far */
	uint64_t requests;
	uint16_t tls_version; /* agreed on; 0: not known */
	uint16_t tls_suite;
};

enum finding_kind {
	FOUND_SYN, /* the three segments of TCP's handshake */
	FOUND_SYN_ACK,
	FOUND_ACK,
	FOUND_SEGMENT,   /* any segment that carries data */
	FOUND_DATA,      /* bytes of a stream, in order, each byte once */
	FOUND_RECORD,    /* a TLS or DTLS record, before what stands in it */
	FOUND_HANDSHAKE, /* a handshake message in clear */
	FOUND_ENCRYPTED_HANDSHAKE,
	FOUND_CHANGE_CIPHER_SPEC,
	FOUND_ENCRYPTION, /* from here on this side's records are protected */
	FOUND_ALERT,
	FOUND_REQUEST,
	FOUND_RESPONSE,
	FOUND_UNREADABLE, /* this side cannot be read any further: reason */
	FOUND_GAP,        /* bytes that the capture has not */
	FOUND_FIN,
	FOUND_RST,
};

/* What is set depends on the kind; everything is borrowed for the call. */
struct finding {
	enum finding_kind kind;
	const struct conversation *conversation;
	enum side side; /* who sent it */
	int64_t at;
	/*
	 * From 1: segments and records count for each side of a conversation
	 * (`client:3`), requests over all conversations.
	 */
	uint64_t number;
	/* The frame; the record; the message; the data; the request. */
	struct bytes bytes;
	const struct segment *segment; /* what completed it; never NULL */
	const struct tls_record *record;
	const struct dtls_record *dtls; /* the same with epoch and number */
	const struct tls_handshake *handshake;
	const struct http_message *message;
	uint8_t alert_level, alert_description; /* alerts in clear */
	bool encrypted;         /* record, alert: its content is protected */
	uint64_t missing;       /* gap: how many bytes */
	const char *reason;     /* unreadable: a word */
	enum http_verdict http; /* unreadable HTTP */
};

typedef void found_fn(void *user, const struct finding *finding);

struct conversations;

/* `found` may be NULL if only the state of the flows matters. */
struct conversations *conversations_new(found_fn *found, void *user);
void conversations_free(struct conversations *set); /* NULL is allowed */

/* From now on findings go there; NULL: nowhere. */
void conversations_listen(
    struct conversations *set, found_fn *found, void *user);

/* What was in the frame, also where it is no use to a conversation. */
enum segment_verdict conversations_feed(
    struct conversations *set, const struct frame *frame);

/* Over everything fed so far. */
struct conversation_counts {
	uint64_t frames, conversations, records, requests;
	uint64_t not_tcp, cut, malformed; /* frames of no use; UDP but DTLS */
};
void conversations_count(
    const struct conversations *set, struct conversation_counts *counts);

/* "17 frames, 1 conversation, 15 TLS records, 2 requests". */
void conversation_counts_text(
    const struct conversation_counts *counts, struct buffer *out);

/* The conversation of that number, from 1; NULL if there is none. */
const struct conversation *conversations_get(
    const struct conversations *set, size_t number);

#endif
