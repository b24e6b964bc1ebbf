/* SPDX-License-Identifier: MIT */
#ifndef PCAPNG_BLOCK_H
#define PCAPNG_BLOCK_H

#include "pcapng.h"

/*
 * The blocks of a capture file that pcapng.h wrote, taken apart again, so that
 * a file can be written anew with more in it.  It reads our own byte order and
 * no other; captures of others are libpcap's work.
 */
enum pcapng_block_verdict {
	PCAPNG_BLOCK_COMPLETE,  /* *block is set, *in starts after it */
	PCAPNG_BLOCK_PARTIAL,   /* *in is untouched, come back with more */
	PCAPNG_BLOCK_MALFORMED, /* no block of ours */
};

/* Longer than any block of ours: a frame and its options. */
#define PCAPNG_BLOCK_MAX (1 << 20)

struct pcapng_block {
	bool is_packet, is_statistics;
	struct bytes whole; /* borrowed */
	struct bytes body;
};
enum pcapng_block_verdict pcapng_block_take(
    struct bytes *in, struct pcapng_block *block);

/* Of a packet block, all but its options; false: its lengths contradict. */
bool pcapng_block_packet(
    const struct pcapng_block *block, struct pcapng_packet *packet);

/* Of a statistics block the interface and both times; false: it lacks one. */
bool pcapng_block_statistics(
    const struct pcapng_block *block, struct pcapng_statistics *statistics);

#endif
