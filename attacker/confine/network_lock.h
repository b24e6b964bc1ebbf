/* SPDX-License-Identifier: MIT */
#ifndef NETWORK_LOCK_H
#define NETWORK_LOCK_H

#include "refusal.h"

/*
 * Lock 3: look at every link, address, route and rule of the network we are
 * in.  0, or -1 at the first one that no lab has (reported, in the name of that
 * lock: it is tried again by lock 6).
 */
int network_lock_try(enum confine_lock lock)
    __attribute__((warn_unused_result));

#endif
