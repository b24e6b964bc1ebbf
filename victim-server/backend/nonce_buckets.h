/* SPDX-License-Identifier: MIT */
#ifndef NONCE_BUCKETS_H
#define NONCE_BUCKETS_H

#include "backend/nonce_memory.h"

/*
 * A memory of nonces in the process's own storage: no disk, nobody to ask, and
 * nothing left of it after a restart.  Other processes have their own.
 *
 * It is as large as it will ever be from the start: 24 bytes a nonce and their
 * index.  Nonces lie in buckets of equal spans of time by when they expire, and
 * a bucket whose time is over is emptied a few nonces at each step, so no step
 * is ever long.  A nonce that was added stays, also if the transfer it came
 * with could not be booked: that refuses too much rather than too little.
 */
struct nonce_buckets_settings {
	long capacity;     /* nonces, at most */
	int64_t longest;   /* seconds a nonce is to be remembered, at most */
	int64_t horizon;   /* what nonce_memory_horizon begins with */
	long share;        /* nonces of one key id, at most; 0: all it has */
	bool evict_oldest; /* when full: forget what would expire first */
};

/* NULL after a warning. */
struct nonce_memory *nonce_buckets_new(
    const struct nonce_buckets_settings *settings);

#define NONCE_BUCKETS_DEFAULT 1000000L /* nonces; about 32 MB */

#endif
