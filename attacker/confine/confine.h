/* SPDX-License-Identifier: MIT */
#ifndef CONFINE_H
#define CONFINE_H

#include "manifest.h"
#include "segment.h"

/*
 * The attacker works in a lab's network and nowhere else.
 *
 *	confine_enter -> confine_target, confine_flow ... -> send
 *
 * Every command that opens an interface or a connection calls confine_enter
 * before it does so.  The locks fail closed, in this order:
 *
 *	1 namespace	not in the machine's own user namespace
 *	2 owner		that user namespace made the network we are in
 *	3 network	links, addresses, routes and rules are a lab's
 *	4 target	hosts come from the run's manifest
 *	5 egress	the filter that the lab's maker put on our links is
 *there
 *
 * A lock that holds writes the event `refused {lock, reason}` and one line on
 * stderr; the command then exits EXIT_REFUSED.  There is no way around a lock:
 * no option, no variable.
 */

/*
 * Try all locks.  Returns 0 and fills *targets with the run's manifest, or -1
 * when one holds (already reported).
 */
int confine_enter(struct manifest *targets) __attribute__((warn_unused_result));

/*
 * The host of that name, borrowed from *targets; NULL if the manifest has none
 * or it serves nothing (lock 4, already reported).
 */
const struct manifest_host *confine_target(const struct manifest *targets,
    const char *name) __attribute__((warn_unused_result));

/*
 * 0 if both ends of a flow are hosts of the manifest, else -1 (lock 4, already
 * reported).
 */
int confine_flow(const struct manifest *targets, const struct endpoint *from,
    const struct endpoint *to) __attribute__((warn_unused_result));

#endif
