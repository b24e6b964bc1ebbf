/* SPDX-License-Identifier: MIT */
#ifndef CONFINE_H
#define CONFINE_H

#include "manifest.h"
#include "segment.h"

/*
 * The attacker works in a lab's network and nowhere else, and not for longer
 * than it is one.
 *
 *	confine_enter -> confine_target, confine_flow ... -> open and read ->
 *	    confine_drop -> (confine_check or confine_spend -> send) ...
 *
 * Every command that opens an interface or a connection calls confine_enter
 * before it does so.  The locks fail closed, in this order:
 *
 *	1 namespace	not in the machine's own user namespace
 *	2 owner		that user namespace made the network we are in
 *	3 network	links, addresses, routes and rules are a lab's
 *	4 target	hosts come from the run's manifest
 *	5 egress	the filter that the lab put on our links is there
 *	6 change	all of that stays so while it works
 *	7 drop		rights that are no longer needed are given up
 *	8 budget	it does not work for ever, nor send without end
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
 * Lock 7, when all files and packet sockets are open and before anything is
 * sent: from here on we open no file, gain no right and start no program.
 * Writes the event `confined`, with what this machine has of locks 5 and 7.
 * Does not return when capabilities would be kept: the program ends, with
 * EXIT_REFUSED.
 */
void confine_drop(void);

/*
 * Locks 6 and 8, before each frame or piece of a stream that is sent, and when
 * confine_fd is readable: a loop watches that descriptor (loop_watch), who
 * waits for one other does so by confine_poll, which is poll(2) else.
 * confine_spend is confine_check and counts a copy: a frame or a connection of
 * our own, not what a relay passes on.
 *
 * When a lock holds, they do not return: the program ends, with EXIT_REFUSED.
 * To leave in good order would be to send.  What the kernel does for open
 * connections (FIN, RST) stays in the lab by its routes and lock 5.
 */
int confine_fd(void);
void confine_check(void);
void confine_spend(void);
int confine_poll(int fd, short events, int timeout_ms);

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
