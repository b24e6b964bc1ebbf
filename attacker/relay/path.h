/* SPDX-License-Identifier: MIT */
#ifndef PATH_H
#define PATH_H

#include "datagram_relay.h"
#include "plain_forward.h"
#include "position.h"
#include "tcp_relay.h"

/*
 * What passes between the two ends: each frame that comes to us goes on to
 * where it was meant to.
 *
 *	frame -> ARP?	position
 *	      -> from one end to the other?
 *			-> tcp_relay, datagram_relay, where rules may act
 *			-> plain_forward, everything else
 *
 * All else is not ours.  No I/O: frames leave by the outlet.
 */
struct path {
	struct position *position;
	struct tcp_relay *tcp;            /* NULL: nothing is ever edited */
	struct datagram_relay *datagrams; /* the same */
	size_t mtu;
	const struct outlet *outlet;
	uint64_t from[POSITION_ENDS]; /* frames, forwarded */
	uint64_t bytes[POSITION_ENDS];
	uint64_t split; /* that were too large */
	uint64_t lost;  /* that cannot be passed on */
};

enum path_verdict {
	PATH_FORWARDED,
	PATH_ARP,      /* about the position */
	PATH_NOT_OURS, /* left alone */
	PATH_LOST,     /* meant for us, and cannot be passed on */
};

enum path_verdict path_frame(struct path *p, struct bytes frame, int64_t now);

#endif
