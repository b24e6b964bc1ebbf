/* SPDX-License-Identifier: MIT */
#ifndef FLIGHTS_H
#define FLIGHTS_H

#include "buffer.h"
#include "reassemble/conversation.h"

/*
 * One side's recorded stream, cut where that side had waited for the other: a
 * flight is what it sent without hearing anything in between (RFC 8446
 * section 2, RFC 5246 section 7.3).
 *
 *	flights_read -> [flights_keep] -> flights_get ... -> flights_clear
 */
#define FLIGHTS_MAX 256 /* what comes after is one flight more */

struct flights {
	struct buffer stream;
	size_t ends[FLIGHTS_MAX];    /* where in the stream each one ends */
	uint64_t heard[FLIGHTS_MAX]; /* other_records, when each one began */
	size_t count;
	uint64_t other_records; /* TLS records the other side sent then */
	bool other_spoke;       /* since the last byte of this side */
	enum side side;
	size_t conversation;
};

/* -1 after a warning if the tape cannot be read. */
int flights_read(const char *tape, size_t conversation, enum side side,
    struct flights *f) __attribute__((warn_unused_result));
void flights_clear(struct flights *f);

/* Keep only the first n; false if there are no more than that. */
bool flights_keep(struct flights *f, size_t n);

/*
 * This side spoke, or the other.  Pure; flights_read calls it in the order of
 * the tape.
 */
void flights_speak(struct flights *f, struct bytes data);
void flights_hear(struct flights *f);

/*
 * Has the other side sent as many TLS records now as it had sent then, before
 * flight i?  Without TLS that is never known.
 */
bool flights_is_due(const struct flights *f, size_t i, uint64_t records);

/* Flight i, borrowed; the last one takes all that is left. */
struct bytes flights_get(const struct flights *f, size_t i);

#endif
