/* SPDX-License-Identifier: MIT */
#ifndef TCP_FRAME_H
#define TCP_FRAME_H

#include "buffer.h"
#include "segment.h"

/*
 * An Ethernet frame with TCP over IPv4, taken apart and put together again.
 *
 *	tcp_frame_read -> change seq, ack, payload ... -> tcp_frame_write
 *
 * What is written has the time stamp and SACK options and right checksums,
 * whatever the frame it was read from had.  All pure.
 */

#define TCP_SACK_MAX 4 /* RFC 2018 section 3: as many fit the header */

struct tcp_sack {
	uint32_t left, right;
};

struct tcp_frame {
	struct segment segment;
	uint8_t tos;
	uint16_t id;
	bool dont_fragment;
	uint16_t urgent;
	struct tcp_sack sack[TCP_SACK_MAX];
	size_t sack_count;
	/* Of a SYN. */
	uint16_t mss;             /* 0: not said */
	bool has_window_scale;    /* RFC 7323 section 2 */
	uint8_t window_scale;     /* at most 14 */
	struct bytes tcp_options; /* as they came; borrowed */
};

/* False: no whole TCP segment over IPv4. */
bool tcp_frame_read(struct bytes frame, struct tcp_frame *f);

/* Append the frame. */
void tcp_frame_write(const struct tcp_frame *f, struct buffer *out);

/*
 * How many bytes of payload fit a packet of `mtu` bytes with the options of
 * this one.
 */
size_t tcp_frame_room(const struct tcp_frame *f, size_t mtu);

/*
 * Take the next piece of a segment that is too large: *piece is like *whole
 * with at most `room` bytes of its payload, which *whole loses.  False when
 * none is left.  What may stand in one of them only goes to that one: CWR to
 * the first (RFC 3168 section 6.1.2), PSH and FIN to the last.
 */
bool tcp_frame_split(
    struct tcp_frame *whole, size_t room, struct tcp_frame *piece);

#endif
