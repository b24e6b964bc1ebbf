/* SPDX-License-Identifier: MIT */
#include "path.h"

#include <net/ethernet.h>
#include <string.h>

#define IPV4_ADDRESSES 12 /* bytes of its header before them */

struct addresses {
	struct bytes to, from;            /* of the frame */
	struct bytes source, destination; /* of the packet */
};

static bool
read_addresses(struct bytes in, struct addresses *a)
{
	uint16_t ethertype;

	return bytes_take(&in, ETHER_ADDR_LEN, &a->to) &&
	       bytes_take(&in, ETHER_ADDR_LEN, &a->from) &&
	       bytes_take_u16(&in, &ethertype) && ethertype == ETHERTYPE_IP &&
	       bytes_skip(&in, IPV4_ADDRESSES) &&
	       bytes_take(&in, 4, &a->source) &&
	       bytes_take(&in, 4, &a->destination);
}

static bool
is_mac(struct bytes a, const uint8_t mac[6])
{
	return memcmp(a.at, mac, ETHER_ADDR_LEN) == 0;
}

static bool
is_address(struct bytes a, const struct position_end *end)
{
	return memcmp(a.at, end->self.address, 4) == 0;
}

/* Which end sent it to the other by way of us; -1: neither. */
static int
sender_of(const struct path *p, const struct addresses *a)
{
	const struct position_end *end = p->position->end;

	if (!is_mac(a->to, p->position->mac))
		return -1;
	for (int i = 0; i < POSITION_ENDS; i++)
		if (is_mac(a->from, end[i].self.mac) &&
		    is_address(a->source, &end[i]) &&
		    is_address(a->destination, &end[1 - i]))
			return i;
	return -1;
}

/* It is theirs to pass on, or not. */
static bool
is_edited(
    struct path *p, struct bytes frame, const struct hop *hop, int64_t now)
{
	return (p->tcp != NULL && tcp_relay_frame(p->tcp, frame, hop, now)) ||
	       (p->datagrams != NULL &&
		   datagram_relay_frame(p->datagrams, frame, hop));
}

enum path_verdict
path_frame(struct path *p, struct bytes frame, int64_t now)
{
	struct addresses a;
	struct arp_frame arp;
	struct hop hop = {.mtu = p->mtu};
	int sender;

	if (arp_frame_read(frame, &arp)) {
		(void)position_hear(p->position, &arp);
		return PATH_ARP;
	}
	if (!read_addresses(frame, &a) || (sender = sender_of(p, &a)) == -1)
		return PATH_NOT_OURS;
	memcpy(hop.from, p->position->mac, sizeof(hop.from));
	memcpy(hop.to, p->position->end[1 - sender].self.mac, sizeof(hop.to));
	if (!is_edited(p, frame, &hop, now)) {
		switch (plain_forward(frame, &hop, p->outlet)) {
		case FORWARD_DONE:
			break;
		case FORWARD_SPLIT:
			p->split++;
			break;
		case FORWARD_TOO_LARGE:
		case FORWARD_MALFORMED:
			p->lost++;
			return PATH_LOST;
		}
	}
	p->from[sender]++;
	p->bytes[sender] += frame.left;
	return PATH_FORWARDED;
}
