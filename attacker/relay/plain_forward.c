/* SPDX-License-Identifier: MIT */
#include "plain_forward.h"

#include "checksum.h"
#include "tcp_frame.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#define MACS_SIZE 12
#define ETHERNET_SIZE 14

/* A packet over IPv4 whose checksum is to be made anew. */
struct transport {
	uint8_t protocol;
	struct bytes addresses;
	struct bytes before, after; /* the checksum's place in the segment */
	struct bytes up_to_segment; /* of the frame, behind the MACs */
};

/* RFC 9293 section 3.1, RFC 768: where the checksum stands. */
static bool
take_checksum(struct bytes segment, struct transport *t)
{
	size_t place;

	switch (t->protocol) {
	case IPPROTO_TCP:
		place = 16;
		break;
	case IPPROTO_UDP:
		place = 6;
		break;
	default:
		return false;
	}
	if (!bytes_take(&segment, place, &t->before) ||
	    !bytes_skip(&segment, 2))
		return false;
	t->after = segment;
	return true;
}

/* False: there is nothing to do but to copy. */
static bool
read_transport(struct bytes frame, struct transport *t)
{
	struct bytes in = frame, header;
	uint16_t ethertype, total, fragment;
	uint8_t first;
	size_t size, front;

	if (!bytes_skip(&in, MACS_SIZE) || !bytes_take_u16(&in, &ethertype) ||
	    ethertype != ETHERTYPE_IP || in.left == 0)
		return false;
	first = in.at[0];
	size = (first & 15) * 4u;
	if (first >> 4 != 4 || size < 20 || !bytes_take(&in, size, &header) ||
	    !bytes_skip(&header, 2) || !bytes_take_u16(&header, &total) ||
	    !bytes_skip(&header, 2) || !bytes_take_u16(&header, &fragment) ||
	    !bytes_skip(&header, 1) || !bytes_take_u8(&header, &t->protocol) ||
	    !bytes_skip(&header, 2) || !bytes_take(&header, 8, &t->addresses))
		return false;
	/* Fragments cannot be summed alone; nobody offloads those. */
	if ((fragment & 0x3fff) != 0 || total < size || in.left < total - size)
		return false;
	in.left = total - size; /* without the link's padding */
	front = ETHERNET_SIZE + size - MACS_SIZE;
	return bytes_skip(&frame, MACS_SIZE) &&
	       bytes_take(&frame, front, &t->up_to_segment) &&
	       take_checksum(in, t);
}

static uint16_t
checksum_of(const struct transport *t)
{
	size_t length = t->before.left + 2 + t->after.left;
	uint64_t sum = checksum_add(0, t->addresses);
	uint16_t checksum;

	sum = checksum_add_u16(sum, t->protocol);
	sum = checksum_add_u16(sum, (uint16_t)length);
	sum = checksum_add(sum, t->before);
	checksum = checksum_end(checksum_add(sum, t->after));
	/* RFC 768: nought would mean "none". */
	return checksum == 0 && t->protocol == IPPROTO_UDP ? 0xffff : checksum;
}

static enum forward_verdict
forward_split(
    struct bytes frame, const struct hop *hop, const struct outlet *out)
{
	struct tcp_frame whole, piece;
	struct buffer made = {0};
	size_t room;

	if (!tcp_frame_read(frame, &whole) || whole.segment.payload.left == 0)
		return FORWARD_TOO_LARGE;
	memcpy(whole.segment.src_mac, hop->from, sizeof(hop->from));
	memcpy(whole.segment.dest_mac, hop->to, sizeof(hop->to));
	room = tcp_frame_room(&whole, hop->mtu);
	while (tcp_frame_split(&whole, room, &piece)) {
		buffer_reset(&made);
		tcp_frame_write(&piece, &made);
		outlet_frame(out, buffer_bytes(&made));
	}
	buffer_clear(&made);
	return FORWARD_SPLIT;
}

enum forward_verdict
plain_forward(
    struct bytes frame, const struct hop *hop, const struct outlet *out)
{
	static struct buffer made; /* kept: one a frame would be slow */
	struct transport t;
	struct bytes rest = frame;

	if (!bytes_skip(&rest, MACS_SIZE) || rest.left < 2)
		return FORWARD_MALFORMED;
	if (frame.left > hop->mtu + ETHERNET_SIZE)
		return forward_split(frame, hop, out);
	buffer_reset(&made);
	buffer_add(&made, hop->to, sizeof(hop->to));
	buffer_add(&made, hop->from, sizeof(hop->from));
	if (read_transport(frame, &t)) {
		buffer_add_bytes(&made, t.up_to_segment);
		buffer_add_bytes(&made, t.before);
		buffer_add_u16(&made, checksum_of(&t));
		buffer_add_bytes(&made, t.after);
	} else {
		buffer_add_bytes(&made, rest);
	}
	outlet_frame(out, buffer_bytes(&made));
	return FORWARD_DONE;
}
