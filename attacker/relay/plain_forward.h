/* SPDX-License-Identifier: MIT */
#ifndef PLAIN_FORWARD_H
#define PLAIN_FORWARD_H

#include "outlet.h"

/*
 * Passing a frame on as it is, but for what the way there changes: the
 * hardware addresses, and what the sender left to its network card to do: the
 * checksum of TCP and UDP, the splitting of what is larger than the MTU.
 */
struct hop {
	uint8_t from[6], to[6];
	size_t mtu;
};

enum forward_verdict {
	FORWARD_DONE,
	FORWARD_SPLIT,     /* done, as several frames */
	FORWARD_TOO_LARGE, /* larger than the MTU, and not TCP */
	FORWARD_MALFORMED,
};

enum forward_verdict plain_forward(
    struct bytes frame, const struct hop *hop, const struct outlet *out);

#endif
