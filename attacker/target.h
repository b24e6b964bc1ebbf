/* SPDX-License-Identifier: MIT */
#ifndef TARGET_H
#define TARGET_H

#include "manifest.h"
#include "segment.h"

/*
 * Whom a copy goes to over a connection of its own: the host of that name, or
 * the recorded server if `name` is NULL.  Exit status: EXIT_REFUSED after lock
 * 4, EXIT_INTERNAL after a warning; else *host (borrowed from `targets`) and
 * *address are set.
 */
int target_choose(const struct manifest *targets, const char *name,
    const struct endpoint *recorded, const struct manifest_host **host,
    struct endpoint *address) __attribute__((warn_unused_result));

#endif
