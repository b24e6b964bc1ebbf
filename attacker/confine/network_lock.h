/* SPDX-License-Identifier: MIT */
#ifndef NETWORK_LOCK_H
#define NETWORK_LOCK_H

/*
 * Lock 3: look at every link, address, route and rule of the network we are
 * in.  0, or -1 at the first one that no lab has (reported).
 */
int network_lock_try(void) __attribute__((warn_unused_result));

#endif
