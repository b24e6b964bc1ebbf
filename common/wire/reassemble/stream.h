/* SPDX-License-Identifier: MIT */
#ifndef STREAM_H
#define STREAM_H

#include "buffer.h"

/*
 * One direction of a TCP connection, put together again from its segments:
 * whatever their order, overlap and repetition, each byte comes out once.
 *
 *	struct stream s = {0};
 *	stream_start -> (stream_put -> stream_bytes -> stream_drain) ...
 *	    -> stream_clear
 *
 * Where two segments disagree on a byte, the one that came first is believed.
 * Memory is bounded: what is held back for a missing piece is limited, and the
 * caller drains what is in order.
 */

#define STREAM_HELD_MAX (4 << 20)  /* bytes beyond a missing piece */
#define STREAM_PIECES_MAX 4096     /* in so many pieces */
#define STREAM_AHEAD_MAX (1 << 30) /* RFC 7323: the largest window */

struct stream_piece;

struct stream {
	bool started;
	uint32_t next;       /* sequence number of the next byte in order */
	struct buffer ready; /* in order, not drained yet */
	struct stream_piece *held; /* beyond a missing piece, in order */
	size_t held_bytes, held_pieces;
	bool has_end;
	uint32_t end; /* the sequence number of FIN */
};

enum stream_verdict {
	STREAM_MORE,     /* stream_bytes has grown */
	STREAM_HELD,     /* it waits for a missing piece */
	STREAM_REPEATED, /* nothing in it is new */
	STREAM_REFUSED,  /* too far ahead, or too much is held already */
};
const char *stream_verdict_name(enum stream_verdict verdict);

/* Where the first byte is: SYN's sequence number plus one. */
void stream_start(struct stream *s, uint32_t first);

/*
 * Take in a segment's payload.  A stream that was not started starts here.
 */
enum stream_verdict stream_put(
    struct stream *s, uint32_t seq, struct bytes payload);

/* FIN stands at this sequence number, behind the last byte. */
void stream_finish(struct stream *s, uint32_t seq);
/* Every byte up to FIN has come out. */
bool stream_finished(const struct stream *s);

/* In order and not drained yet; valid until the next put. */
struct bytes stream_bytes(const struct stream *s);
void stream_drain(struct stream *s, size_t n);

/*
 * The receiver acknowledged up to here.  If that covers bytes we hold back, the
 * ones missing before them are not in the capture: go on behind the gap.
 * Returns how many are missing, 0 for none.  What was ready before a gap is
 * dropped, for what comes out next does not continue it.
 */
uint32_t stream_acknowledged(struct stream *s, uint32_t ack);

void stream_clear(struct stream *s);

#endif
