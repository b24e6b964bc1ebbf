/* SPDX-License-Identifier: MIT */
/*
 * TCP reassembly (RFC 9293 section 3.10.7.4, less the acknowledging).
 *
 *	... drained | ready | next ... missing ... | held | ... | held |
 *
 * Held pieces are a list in the order of the stream, without overlap.  Numbers
 * are compared by their distance from `next`, so they may wrap.
 */
#include "stream.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct stream_piece {
	struct stream_piece *after;
	uint32_t seq;
	uint32_t length;
	uint8_t data[];
};

const char *
stream_verdict_name(enum stream_verdict verdict)
{
	switch (verdict) {
	case STREAM_MORE:
		return "more";
	case STREAM_HELD:
		return "held";
	case STREAM_REPEATED:
		return "repeated";
	case STREAM_REFUSED:
		return "refused";
	}
	return "unknown";
}

/* How far a is ahead of b; negative: behind (RFC 9293 section 3.4). */
static int32_t
distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

void
stream_start(struct stream *s, uint32_t first)
{
	if (s->started)
		return;
	s->started = true;
	s->next = first;
}

static void
drop_first_held(struct stream *s)
{
	struct stream_piece *first = s->held;

	s->held = first->after;
	s->held_bytes -= first->length;
	s->held_pieces--;
	free(first);
}

/* Append what of the bytes at seq is not behind `next`. */
static void
make_ready(struct stream *s, uint32_t seq, struct bytes bytes)
{
	if (!bytes_skip(&bytes, s->next - seq))
		return;
	buffer_add_bytes(&s->ready, bytes);
	s->next += (uint32_t)bytes.left;
}

/* Held pieces that `next` has reached are no longer held. */
static void
release_held(struct stream *s)
{
	struct stream_piece *first;

	while (
	    (first = s->held) != NULL && distance(first->seq, s->next) <= 0) {
		make_ready(
		    s, first->seq, (struct bytes){first->data, first->length});
		drop_first_held(s);
	}
}

/* Put a piece between two neighbours; the caller knows it fits there. */
static bool
insert_piece(struct stream *s, struct stream_piece **place, uint32_t seq,
    struct bytes bytes)
{
	struct stream_piece *piece;

	if (s->held_pieces == STREAM_PIECES_MAX ||
	    bytes.left > STREAM_HELD_MAX - s->held_bytes)
		return false;
	if ((piece = malloc(sizeof(*piece) + bytes.left)) == NULL)
		err(EX_SOFTWARE, "a piece of %zu bytes", bytes.left);
	piece->seq = seq;
	piece->length = (uint32_t)bytes.left;
	memcpy(piece->data, bytes.at, bytes.left);
	piece->after = *place;
	*place = piece;
	s->held_bytes += bytes.left;
	s->held_pieces++;
	return true;
}

/* Hold those parts of the bytes that no held piece has yet. */
static enum stream_verdict
hold(struct stream *s, uint32_t seq, struct bytes bytes)
{
	enum stream_verdict verdict = STREAM_REPEATED;
	struct stream_piece **place = &s->held, *piece;
	struct bytes part;
	int32_t room;

	while (bytes.left > 0) {
		piece = *place;
		room = piece == NULL ? INT32_MAX : distance(piece->seq, seq);
		if (room > 0) { /* a part before this piece, or all of it */
			if (!bytes_take(&bytes, (size_t)room, &part))
				bytes_take(&bytes, bytes.left, &part);
			if (!insert_piece(s, place, seq, part))
				return STREAM_REFUSED;
			verdict = STREAM_HELD;
			seq += (uint32_t)part.left;
			place = &(*place)->after;
		} else { /* what the piece covers is known already */
			room = distance(piece->seq + piece->length, seq);
			if (room > 0) {
				if (!bytes_skip(&bytes, (size_t)room))
					return verdict;
				seq += (uint32_t)room;
			}
			place = &piece->after;
		}
	}
	return verdict;
}

enum stream_verdict
stream_put(struct stream *s, uint32_t seq, struct bytes payload)
{
	uint32_t before;

	if (payload.left == 0)
		return STREAM_REPEATED;
	stream_start(s, seq);
	if (payload.left > STREAM_AHEAD_MAX ||
	    distance(seq, s->next) > STREAM_AHEAD_MAX)
		return STREAM_REFUSED;
	if (distance(seq, s->next) > 0)
		return hold(s, seq, payload);
	before = s->next;
	make_ready(s, seq, payload);
	release_held(s);
	return s->next == before ? STREAM_REPEATED : STREAM_MORE;
}

void
stream_finish(struct stream *s, uint32_t seq)
{
	stream_start(s, seq);
	s->has_end = true;
	s->end = seq;
}

bool
stream_finished(const struct stream *s)
{
	return s->has_end && distance(s->next, s->end) >= 0;
}

struct bytes
stream_bytes(const struct stream *s)
{
	return buffer_bytes(&s->ready);
}

void
stream_drain(struct stream *s, size_t n)
{
	buffer_drain(&s->ready, n);
}

uint32_t
stream_acknowledged(struct stream *s, uint32_t ack)
{
	uint32_t missing;

	/* Without later bytes the missing ones may still be on their way. */
	if (s->held == NULL || distance(ack, s->held->seq) < 0)
		return 0;
	missing = s->held->seq - s->next;
	buffer_reset(&s->ready);
	s->next = s->held->seq;
	release_held(s);
	return missing;
}

void
stream_clear(struct stream *s)
{
	while (s->held != NULL)
		drop_first_held(s);
	buffer_clear(&s->ready);
	*s = (struct stream){0};
}
