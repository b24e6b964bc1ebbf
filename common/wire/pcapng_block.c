/* SPDX-License-Identifier: MIT */
/* type | length | body | length again */
#include "pcapng_block.h"

#define PACKET_BLOCK 6
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
