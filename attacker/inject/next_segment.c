/* SPDX-License-Identifier: MIT */
/* What TCP would do next, told from what it did last. */
#include "next_segment.h"

#include "lab_clock.h"

#include <string.h>

const char *
next_segment_text(enum next_segment_verdict verdict)
{
	switch (verdict) {
	case NEXT_SEGMENT_READY:
		return "is ready";
	case NEXT_SEGMENT_SIDE_SILENT:
		return "has a side that was not seen to send anything";
	case NEXT_SEGMENT_OVER:
		return "is over: FIN or RST was seen";
	case NEXT_SEGMENT_NO_ETHERNET:
		return "was not recorded on Ethernet";
	}
	return "is unknown";
}

/*
 * The sender's clock ticks once a millisecond (RFC 7323 section 5.4 allows
 * 1 ms to 1 s; Linux uses 1 ms).  One tick more than has passed: where in a
 * tick we are is not known, and an acknowledgement that we have not seen may
 * have carried the next one.
 */
static uint32_t
tsval_now(const struct flow_side *from, int64_t now)
{
	int64_t elapsed = (now - from->tsval_at) / (NANOSECONDS / 1000);

	return from->tsval + (uint32_t)(elapsed < 0 ? 1 : elapsed + 1);
}

static bool
has_mac(const struct flow_side *side)
{
	static const uint8_t none[sizeof(side->mac)];

	return memcmp(side->mac, none, sizeof(none)) != 0;
}

enum next_segment_verdict
next_segment(const struct conversation *c, enum side sender, int64_t now,
    uint32_t offset, struct bytes payload, struct segment *segment)
{
	const struct flow_side *from = &c->side[sender];
	const struct flow_side *to = &c->side[side_other(sender)];

	if (!from->seen || !to->seen)
		return NEXT_SEGMENT_SIDE_SILENT;
	if (c->reset || from->finished || to->finished)
		return NEXT_SEGMENT_OVER;
	if (!has_mac(from) || !has_mac(to))
		return NEXT_SEGMENT_NO_ETHERNET;
	*segment = (struct segment){
	    .datagram = c->datagrams,
	    .src = from->endpoint,
	    .dest = to->endpoint,
	    .ttl = from->ttl,
	    .seq = from->next_seq + offset,
	    .ack = to->next_seq,
	    .flags = TCP_FLAG_PSH | TCP_FLAG_ACK,
	    .window = from->window,
	    .has_timestamp = from->has_timestamp && to->has_timestamp,
	    .payload = payload,
	};
	memcpy(segment->src_mac, from->mac, sizeof(from->mac));
	memcpy(segment->dest_mac, to->mac, sizeof(to->mac));
	if (segment->has_timestamp) {
		segment->tsval = tsval_now(from, now);
		segment->tsecr = to->tsval;
	}
	return NEXT_SEGMENT_READY;
}
