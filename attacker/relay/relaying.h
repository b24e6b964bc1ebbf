/* SPDX-License-Identifier: MIT */
#ifndef RELAYING_H
#define RELAYING_H

#include "between.h"
#include "rule.h"
#include "until.h"

/*
 * Being in the path between two hosts, from taking the position to giving it
 * back.
 *
 *	capture -> path -> position			ARP: who is where
 *			-> tcp_relay -> editor -> rules	what may be edited
 *			-> datagram_relay -> rules	the same of DTLS
 *			-> plain_forward		all else
 *						-> port
 *
 * First the position is taken: both ends believe that the other one is here.
 * Then it is proved: frames of both have come and gone on (`position`).  Not
 * before that does any rule act.  On leaving, both ends are told the truth.
 */
struct relaying_orders {
	const char *names; /* "client,gateway", as the events have it */
	struct between between;
	struct rules rules;
	long release_after; /* units; 0: Enter releases */
	struct until until;
};

enum relaying_outcome {
	RELAYING_DONE,
	RELAYING_NOT_OPENED,  /* the interface could not be */
	RELAYING_NO_POSITION, /* left before it was taken, or an end is mute */
	RELAYING_FAILED,
};

/*
 * Runs a loop until a signal or enough of what is waited for.  The reason of
 * what is not RELAYING_DONE was warned.  Only after confine_enter.
 */
enum relaying_outcome relaying_run(struct relaying_orders *orders)
    __attribute__((warn_unused_result));

#endif
