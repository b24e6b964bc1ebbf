/* SPDX-License-Identifier: MIT */
#ifndef NEXT_SEGMENT_H
#define NEXT_SEGMENT_H

#include "reassemble/conversation.h"

/*
 * The segment that a side of a live connection would send next, had it these
 * bytes to send.  Pure.
 *
 * The receiver's TCP takes it for the sender's own when all of this is right
 * (RFC 9293 section 3.10.7.4, RFC 7323 section 5): addresses and ports, the
 * next sequence number, an acknowledgement inside the window, and a time
 * stamp that is newer than the last one.
 */
enum next_segment_verdict {
	NEXT_SEGMENT_READY,
	NEXT_SEGMENT_SIDE_SILENT, /* one side was never seen to send */
	NEXT_SEGMENT_OVER,        /* FIN or RST was seen */
	NEXT_SEGMENT_NO_ETHERNET, /* the tape has no hardware addresses */
};

/* A short clause for a person: "is over". */
const char *next_segment_text(enum next_segment_verdict verdict);

/*
 * RFC 9293 section 3.7.1: what fits an Ethernet frame behind an IPv6 header
 * and a TCP header with time stamps, rounded down.
 */
#define NEXT_SEGMENT_PAYLOAD_MAX 1400

/*
 * `offset` bytes into what `sender` says next, at the time `now` (nanoseconds
 * since the epoch).  The payload is borrowed; *segment has no frame.
 */
enum next_segment_verdict next_segment(const struct conversation *c,
    enum side sender, int64_t now, uint32_t offset, struct bytes payload,
    struct segment *segment);

#endif
