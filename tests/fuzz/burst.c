/* SPDX-License-Identifier: MIT */
/*
 * Frames that follow each other: each is in the burst whole, or it is not in
 * it at all and the burst is as it was.
 */
#include "relay/burst.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

static size_t
size_of(const struct burst *b)
{
	return b->header_size + burst_rest(b).left;
}

static void
join(struct burst *b, struct bytes frame)
{
	size_t before = size_of(b);
	unsigned int count = b->count;

	if (burst_join(b, frame)) {
		expect(b->count == count + 1 && count > 0);
		expect(size_of(b) == before + frame.left - b->header_size);
		expect(b->header_size - 14 + burst_rest(b).left <= 65535);
	} else
		expect(b->count == count && size_of(b) == before);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct bytes in = {input, size}, frame;
	struct burst b = {0};

	if (!bytes_take_vector8(&in, &frame))
		return 0;
	burst_start(&b, frame);
	expect(size_of(&b) == frame.left);
	while (bytes_take_vector8(&in, &frame))
		join(&b, frame);
	if (b.count > 1)
		burst_seal(&b);
	burst_clear(&b);
	return 0;
}
