/* SPDX-License-Identifier: MIT */
/* type | length | body | length again */
#include "pcapng_block.h"

#define PACKET_BLOCK 6
#define STATISTICS_BLOCK 5
#define STATISTICS_START 2 /* options: 64 bits each, a time as two halves */
#define STATISTICS_END 3
#define BLOCK_FRAME 12 /* type and two lengths */

enum pcapng_block_verdict
pcapng_block_take(struct bytes *in, struct pcapng_block *block)
{
	struct bytes rest = *in;
	uint32_t type, length, again;

	if (!bytes_take_u32(&rest, &type) || !bytes_take_u32(&rest, &length))
		return PCAPNG_BLOCK_PARTIAL;
	if (length < BLOCK_FRAME || length > PCAPNG_BLOCK_MAX ||
	    length % 4 != 0)
		return PCAPNG_BLOCK_MALFORMED;
	if (!bytes_take(&rest, length - BLOCK_FRAME, &block->body) ||
	    !bytes_take_u32(&rest, &again))
		return PCAPNG_BLOCK_PARTIAL;
	if (again != length)
		return PCAPNG_BLOCK_MALFORMED;
	block->is_packet = type == PACKET_BLOCK;
	block->is_statistics = type == STATISTICS_BLOCK;
	bytes_take(in, length, &block->whole);
	return PCAPNG_BLOCK_COMPLETE;
}

bool
pcapng_block_packet(
    const struct pcapng_block *block, struct pcapng_packet *packet)
{
	struct bytes in = block->body;
	uint32_t high, low, captured;

	*packet = (struct pcapng_packet){0};
	if (!block->is_packet || !bytes_take_u32(&in, &packet->interface) ||
	    !bytes_take_u32(&in, &high) || !bytes_take_u32(&in, &low) ||
	    !bytes_take_u32(&in, &captured) ||
	    !bytes_take_u32(&in, &packet->length) ||
	    !bytes_take(&in, captured, &packet->frame))
		return false;
	packet->at = (int64_t)((uint64_t)high << 32 | low);
	return true;
}

static bool
take_time(struct bytes *in, int64_t *at)
{
	uint32_t high, low;

	if (!bytes_take_u32(in, &high) || !bytes_take_u32(in, &low))
		return false;
	*at = (int64_t)((uint64_t)high << 32 | low);
	return true;
}

bool
pcapng_block_statistics(
    const struct pcapng_block *block, struct pcapng_statistics *statistics)
{
	struct bytes in = block->body, value;
	bool from = false, until = false;
	uint16_t option, length;

	*statistics = (struct pcapng_statistics){0};
	if (!block->is_statistics ||
	    !bytes_take_u32(&in, &statistics->interface) || !bytes_skip(&in, 8))
		return false;
	while (bytes_take_u16(&in, &option) && bytes_take_u16(&in, &length) &&
	       bytes_take(&in, (length + 3U) & ~3U, &value)) {
		if (option == STATISTICS_START)
			from = take_time(&value, &statistics->from);
		else if (option == STATISTICS_END)
			until = take_time(&value, &statistics->until);
	}
	return from && until;
}
