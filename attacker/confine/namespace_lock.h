/* SPDX-License-Identifier: MIT */
#ifndef NAMESPACE_LOCK_H
#define NAMESPACE_LOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Locks 1 and 2: whose network is this?
 *
 * The runner makes a user namespace and, in it, the lab's networks.  So the
 * user namespace that the kernel names as the owner of our network must be
 * the one we are in, and not the machine's own.
 */

/* How the kernel names a namespace (ioctl_ns(2)). */
struct namespace_id {
	dev_t dev;
	ino_t inode;
};

/* PROC_USER_INIT_INO of Linux, the same on every machine since 3.8. */
#define USER_NAMESPACE_INITIAL 0xEFFFFFFDU

enum namespace_verdict {
	NAMESPACE_OF_A_LAB,
	NAMESPACE_INITIAL,       /* lock 1: we are in the machine's own */
	NAMESPACE_OWNER_INITIAL, /* lock 2: the network is the machine's own */
	NAMESPACE_OWNER_OTHER,   /* lock 2: the network is somebody else's */
};

/* Lock 1 alone; pure. */
enum namespace_verdict namespace_judge_own(const struct namespace_id *own);

/* Locks 1 and 2: our user namespace and the network's owner; pure. */
enum namespace_verdict namespace_judge(
    const struct namespace_id *own, const struct namespace_id *owner);

/* Try lock 1, then lock 2.  0, or -1 when one holds (reported). */
int namespace_lock_try(void) __attribute__((warn_unused_result));

#endif
