/* SPDX-License-Identifier: MIT */
/*
 * Any bytes: blocks move forward, and put behind one another they are what was
 * read; a packet that is read and written is read equal, and so are the times
 * of statistics.
 */
#include "pcapng_block.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_again(const struct pcapng_packet *packet)
{
	struct buffer out = {0};
	struct pcapng_block block;
	struct pcapng_packet again;
	struct bytes in;

	pcapng_packet(&out, packet);
	in = buffer_bytes(&out);
	if (pcapng_block_take(&in, &block) != PCAPNG_BLOCK_COMPLETE ||
	    !pcapng_block_packet(&block, &again) || in.left != 0 ||
	    again.interface != packet->interface || again.at != packet->at ||
	    !bytes_equal(again.frame, packet->frame))
		abort();
	buffer_clear(&out);
}

static void
write_statistics(const struct pcapng_statistics *statistics)
{
	struct buffer out = {0};
	struct pcapng_block block;
	struct pcapng_statistics again;
	struct bytes in;

	pcapng_statistics(&out, statistics);
	in = buffer_bytes(&out);
	if (pcapng_block_take(&in, &block) != PCAPNG_BLOCK_COMPLETE ||
	    !pcapng_block_statistics(&block, &again) ||
	    again.from != statistics->from || again.until != statistics->until)
		abort();
	buffer_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct pcapng_block block;
	struct pcapng_packet packet;
	struct pcapng_statistics statistics;
	size_t before = in.left;

	while (pcapng_block_take(&in, &block) == PCAPNG_BLOCK_COMPLETE) {
		if (block.whole.left != before - in.left ||
		    block.whole.left < 12)
			abort();
		before = in.left;
		if (pcapng_block_packet(&block, &packet))
			write_again(&packet);
		if (pcapng_block_statistics(&block, &statistics))
			write_statistics(&statistics);
	}
	if (in.left != before)
		abort();
	return 0;
}
