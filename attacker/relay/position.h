/* SPDX-License-Identifier: MIT */
#ifndef POSITION_H
#define POSITION_H

#include "arp_frame.h"
#include "outlet.h"

/*
 * The place between two hosts of one switched network, taken by ARP.
 *
 *	position_init -> position_claim -> position_hear ..., position_tick
 *	    -> position_give_back
 *
 * Each end is asked for its own address, in the name of the other end's
 * address and from our hardware address.  A host notes who asks it (RFC 826,
 * "packet reception": the sender is merged into the table first), so it sends
 * to us from then on; and its answer, which comes to us, proves it.
 *
 * This relies on ARP believing whoever speaks: there is nothing in it that
 * only the owner of an address could know.
 *
 * An end that asks aloud for the other one gets our answer, and who might have
 * heard the truth is told our story again.
 */
struct position_end {
	struct arp_party self; /* the truth */
	bool answered;         /* to our hardware address */
};
#define POSITION_ENDS 2

struct position {
	uint8_t mac[6]; /* ours */
	struct position_end end[POSITION_ENDS];
	const struct outlet *outlet;
	unsigned int contested; /* ticks to go on restating it */
	unsigned int ticks;
};

#define POSITION_TICK_MS 100
#define POSITION_RESTATE 10 /* ticks; entries live for about a minute */

void position_init(struct position *p, const uint8_t mac[6],
    const struct arp_party ends[POSITION_ENDS], const struct outlet *outlet);

/* Tell both ends.  -1 after a warning. */
int position_claim(struct position *p);

enum position_news {
	POSITION_NO_NEWS,
	POSITION_ANSWERED,  /* by an end that had not answered before */
	POSITION_CONTESTED, /* somebody spoke the truth; restated */
};
/* An ARP frame came by. */
enum position_news position_hear(
    struct position *p, const struct arp_frame *heard);

/* Every POSITION_TICK_MS. */
int position_tick(struct position *p) __attribute__((warn_unused_result));

/* Both ends have answered. */
bool position_taken(const struct position *p);

/*
 * Make both ends send a packet by way of us, for those who cannot wait until
 * they do: each is asked for an echo in the other's name.
 */
void position_provoke(struct position *p);

/* Tell both ends the truth. */
int position_give_back(struct position *p) __attribute__((warn_unused_result));

#endif
