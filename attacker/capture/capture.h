/* SPDX-License-Identifier: MIT */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "frame.h"

/*
 * A capture gives the frames that pass an interface, as they pass.
 *
 *	capture_open -> capture_fd -> (readable: capture_drain) ...
 *	    -> capture_close
 *
 * It never blocks: the caller waits for the descriptor, for libpcap in
 * immediate mode does not always come back from its own time limit.
 */
struct capture;

enum capture_pace {
	CAPTURE_AT_ONCE, /* each frame by itself: somebody will answer it */
	CAPTURE_IN_BULK, /* some milliseconds later, for a third of the CPU */
};

/*
 * Listen on an interface.  `filter` as tcpdump takes it, or NULL.  NULL: the
 * reason was warned.
 */
struct capture *capture_open(const char *interface, const char *filter,
    enum capture_pace pace) __attribute__((warn_unused_result));
void capture_close(struct capture *c); /* NULL is allowed */

/* What this host sends is no longer shown, and not paid for. */
int capture_only_incoming(struct capture *c)
    __attribute__((warn_unused_result));

int capture_fd(const struct capture *c);
int capture_link_type(const struct capture *c);

/* Called for each frame; false: want no more for now. */
typedef bool capture_fn(void *user, const struct frame *frame);

/*
 * Every frame that is there.  Returns how many, or -1 after a warning; the
 * capture is then of no further use.
 */
int capture_drain(struct capture *c, capture_fn *fn, void *user)
    __attribute__((warn_unused_result));

/*
 * Wait, after a drain, until the next one gives all that has passed by now:
 * in bulk the last frames are still the kernel's.  25 ms at most.
 */
void capture_settle(const struct capture *c);

/* Frames that passed the filter, and those lost for want of room. */
void capture_count(
    const struct capture *c, uint64_t *received, uint64_t *dropped);

#endif
