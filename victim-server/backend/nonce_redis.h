/* SPDX-License-Identifier: MIT */
#ifndef NONCE_REDIS_H
#define NONCE_REDIS_H

#include "backend/nonce_memory.h"
#include "backend/remote.h"

/*
 * A memory of nonces in a Redis server that several backends share: one key a
 * nonce, which the server forgets by itself (SET key NX PX).
 *
 * It answers before anything is on a disk or at a replica, and what it was told
 * to do when its memory is full is its own affair: so a nonce that was added
 * can be gone after a crash, a failover or a flood.  As with nonce_buckets.h it
 * stays where its transfer could not be booked.
 *
 * Redis counts the time that a key has left, and nobody's clock.  A backend's
 * own clock is therefore not believed when it falls behind what it said before,
 * for as long as this process lives: see nonce_memory_horizon.
 */

/* NULL after a warning.  Borrows the remotes; does not connect yet. */
struct nonce_memory *nonce_redis_new(
    const struct remote *remotes, size_t count);

#endif
