/* SPDX-License-Identifier: MIT */
#ifndef EGRESS_H
#define EGRESS_H

#include "manifest.h"

#include <stdint.h>

/*
 * Lock 5 of the attacker's confinement, which the maker of the network puts on
 * his links: an nftables chain at their egress that lets out ARP and what goes
 * from and to addresses for documentation, and drops and counts all else.
 *
 *	egress_install -> egress_dropped
 *
 * These two work in the network namespace of the calling process.  A chain of
 * family netdev sees every frame, those of a packet socket too that goes past
 * the queues (packet(7), PACKET_QDISC_BYPASS); one of family inet does not.
 */

/*
 * For all links of that host.  0, or -1 with errno set, without a warning: a
 * kernel may have no nf_tables, and the other locks hold without it.
 */
int egress_install(const struct manifest_host *host)
    __attribute__((warn_unused_result));

/* NULL if this machine can do that, else why not; tried in a lab's sandbox. */
const char *egress_missing(void);

/* How many frames were dropped so far; 0 also if that cannot be read. */
uint64_t egress_dropped(void);

#endif
