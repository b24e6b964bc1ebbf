/* SPDX-License-Identifier: MIT */
#ifndef BURST_H
#define BURST_H

#include "buffer.h"

/*
 * Frames that the kernel takes as one and takes apart again on the way out
 * (generic segmentation offload): TCP segments of one flow, each of which
 * begins where the one before it ends and has the same header otherwise.  What
 * leaves are the frames that were put in, at the price of one.
 *
 *	burst_start -> burst_join ... -> burst_seal -> burst_clear
 *
 * The caller owns the struct, which begins as {0} and may be started again.
 * Any frame may start one; most of those that are not TCP data stay alone.
 * Frames have right checksums: they are made anew.  Pure.
 */
#define BURST_HEADER_MAX 94 /* Ethernet, IPv4, TCP with all options */

struct burst {
	uint8_t header[BURST_HEADER_MAX]; /* of the first frame */
	size_t header_size;               /* 0: all is in `rest` */
	struct buffer rest;               /* what stands behind the header */
	size_t piece;       /* bytes of payload in each frame but the last */
	unsigned int count; /* frames in it */
	bool open;          /* another one may join */
};

void burst_start(struct burst *b, struct bytes frame);

/* False: it does not continue it, or there is no room; nothing has changed. */
bool burst_join(struct burst *b, struct bytes frame);

/* Bytes for the same host come to the same hardware address. */
bool burst_goes_to(const struct burst *b, struct bytes frame);

/*
 * Make the header fit all of it: its length, and the checksum of the
 * pseudo-header, to which whoever takes it apart adds the rest.  Only for a
 * burst of several frames; nothing may join afterwards.
 */
void burst_seal(struct burst *b);

/* Where whoever takes it apart finds TCP and, from there, its checksum. */
#define BURST_CHECKSUM_START 34
#define BURST_CHECKSUM_OFFSET 16

/* What it holds besides its header. */
struct bytes burst_rest(const struct burst *b);

void burst_clear(struct burst *b);

#endif
