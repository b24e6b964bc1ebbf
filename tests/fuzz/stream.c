/* SPDX-License-Identifier: MIT */
/*
 * Reassembly gives the same stream whatever the order, overlap and repetition
 * of its segments, across the wrap of the sequence number.
 *
 * The input is a list of pieces (place, length) of one fixed stream.  They are
 * put in that order and in reverse; what comes out must be that stream up to
 * the first byte in no piece, both times.
 */
#include "reassemble/stream.h"

#include <stdlib.h>

#define LENGTH 1024
#define PIECES_MAX 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct piece {
	uint16_t place, length;
};

static uint8_t whole[LENGTH];

static size_t
read_pieces(struct bytes in, struct piece pieces[PIECES_MAX])
{
	size_t count = 0;
	struct piece *p;

	while (count < PIECES_MAX) {
		p = &pieces[count];
		if (!bytes_take_u16(&in, &p->place) ||
		    !bytes_take_u16(&in, &p->length))
			break;
		p->place %= LENGTH;
		p->length = (uint16_t)(p->length % (LENGTH - p->place + 1));
		count++;
	}
	return count;
}

static void
put(struct stream *s, uint32_t first, const struct piece *p)
{
	struct bytes in = {whole, LENGTH}, payload;

	if (!bytes_skip(&in, p->place) || !bytes_take(&in, p->length, &payload))
		abort();
	if (stream_put(s, first + p->place, payload) == STREAM_REFUSED)
		abort();
}

static size_t
in_order(const struct piece *pieces, size_t count)
{
	size_t reach = 0, before;

	do {
		before = reach;
		for (size_t i = 0; i < count; i++)
			if (pieces[i].place <= reach &&
			    pieces[i].place + pieces[i].length > (int)reach)
				reach =
				    (size_t)pieces[i].place + pieces[i].length;
	} while (reach != before);
	return reach;
}

static void
check(struct stream *s, size_t expected)
{
	if (!bytes_equal(stream_bytes(s), (struct bytes){whole, expected}))
		abort();
	stream_clear(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t first = UINT32_MAX - LENGTH / 2;
	struct stream forward = {0}, backward = {0};
	struct piece pieces[PIECES_MAX];
	size_t count = read_pieces((struct bytes){data, size}, pieces);

	for (size_t i = 0; i < LENGTH; i++)
		whole[i] = (uint8_t)(i * 7 + i / 256);
	stream_start(&forward, first);
	stream_start(&backward, first);
	for (size_t i = 0; i < count; i++) {
		put(&forward, first, &pieces[i]);
		put(&backward, first, &pieces[count - 1 - i]);
	}
	check(&forward, in_order(pieces, count));
	check(&backward, in_order(pieces, count));
	return 0;
}
