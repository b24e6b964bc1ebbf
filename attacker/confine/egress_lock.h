/* SPDX-License-Identifier: MIT */
#ifndef EGRESS_LOCK_H
#define EGRESS_LOCK_H

#include "manifest.h"
#include "refusal.h"

/*
 * Lock 5: the filter that the lab's maker put at the egress of our links is
 * still there (scenarios/runner/ground/egress.h).  He says in the manifest
 * whether he did; where a kernel has no nf_tables, or containers were made by
 * others, he could not, and there is no such lock.
 *
 *	egress_lock_try -> (a link has changed: egress_lock_covers) ...
 */

/* 0, or -1 when it should be there and is not whole (reported). */
int egress_lock_try(const struct manifest *targets)
    __attribute__((warn_unused_result));

/*
 * Are all links that may send among those of the filter that egress_lock_try
 * has seen?  0, or -1 in the name of that lock (reported).
 */
int egress_lock_covers(enum confine_lock lock)
    __attribute__((warn_unused_result));

/* The filter is there; false before egress_lock_try. */
bool egress_lock_holds(void);

#endif
