/* SPDX-License-Identifier: MIT */
#include "position.h"

#include "echo_frame.h"

#include <string.h>

void
position_init(struct position *p, const uint8_t mac[6],
    const struct arp_party ends[POSITION_ENDS], const struct outlet *outlet)
{
	*p = (struct position){.outlet = outlet};
	memcpy(p->mac, mac, sizeof(p->mac));
	for (size_t i = 0; i < POSITION_ENDS; i++)
		p->end[i].self = ends[i];
}

/* To one end, about the other: that it is at this hardware address. */
static int
tell(struct position *p, size_t end, enum arp_operation operation,
    const uint8_t mac[6])
{
	const struct arp_party *hearer = &p->end[end].self;
	struct arp_frame a = {.operation = operation,
	    .sender = p->end[1 - end].self,
	    .target = *hearer};
	struct buffer frame = {0};
	int result;

	memcpy(a.from, p->mac, sizeof(a.from));
	memcpy(a.to, hearer->mac, sizeof(a.to));
	memcpy(a.sender.mac, mac, sizeof(a.sender.mac));
	if (operation == ARP_REQUEST) /* it is what is asked for */
		memset(a.target.mac, 0, sizeof(a.target.mac));
	result = arp_frame_write(&a, &frame);
	if (result == 0)
		outlet_frame(p->outlet, buffer_bytes(&frame));
	buffer_clear(&frame);
	return result;
}

int
position_claim(struct position *p)
{
	int result = 0;

	for (size_t i = 0; i < POSITION_ENDS; i++)
		if (tell(p, i, ARP_REQUEST, p->mac) == -1)
			result = -1;
	return result;
}

void
position_provoke(struct position *p)
{
	struct buffer frame = {0};

	for (size_t i = 0; i < POSITION_ENDS; i++) {
		buffer_reset(&frame);
		echo_frame_write(
		    p->mac, &p->end[1 - i].self, &p->end[i].self, &frame);
		outlet_frame(p->outlet, buffer_bytes(&frame));
	}
	buffer_clear(&frame);
}

int
position_give_back(struct position *p)
{
	int result = 0;

	for (size_t i = 0; i < POSITION_ENDS; i++)
		if (tell(p, i, ARP_REQUEST, p->end[1 - i].self.mac) == -1)
			result = -1;
	return result;
}

static bool
same_mac(const uint8_t a[6], const uint8_t b[6])
{
	return memcmp(a, b, 6) == 0;
}

static bool
is_about(const uint8_t address[4], const struct position_end *end)
{
	return memcmp(address, end->self.address, 4) == 0;
}

enum position_news
position_hear(struct position *p, const struct arp_frame *heard)
{
	if (same_mac(heard->from, p->mac) ||
	    same_mac(heard->sender.mac, p->mac))
		return POSITION_NO_NEWS; /* ourselves */
	for (size_t i = 0; i < POSITION_ENDS; i++) {
		struct position_end *end = &p->end[i];

		if (!is_about(heard->sender.address, end))
			continue;
		if (heard->operation == ARP_REPLY &&
		    same_mac(heard->target.mac, p->mac)) {
			if (end->answered)
				return POSITION_NO_NEWS;
			end->answered = true;
			return POSITION_ANSWERED;
		}
		/* The end itself asks or speaks, and others may hear it. */
		if (heard->operation == ARP_REQUEST &&
		    is_about(heard->target.address, &p->end[1 - i]))
			(void)tell(p, i, ARP_REPLY, p->mac);
		(void)position_claim(p);
		p->contested = 2; /* its answer may still be under way */
		return POSITION_CONTESTED;
	}
	return POSITION_NO_NEWS;
}

int
position_tick(struct position *p)
{
	bool restate = ++p->ticks % POSITION_RESTATE == 0 || p->contested > 0 ||
		       !position_taken(p);

	if (p->contested > 0)
		p->contested--;
	return restate ? position_claim(p) : 0;
}

bool
position_taken(const struct position *p)
{
	return p->end[0].answered && p->end[1].answered;
}
