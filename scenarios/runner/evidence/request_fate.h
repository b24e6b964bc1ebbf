/* SPDX-License-Identifier: MIT */
#ifndef REQUEST_FATE_H
#define REQUEST_FATE_H

#include "copy_fate.h"

/*
 * What became of a copy that was taken for a request: followed from each proxy
 * to the hop behind it, and no honest request with the same bytes with it.
 * Pure.
 *
 *	request_fate_begin -> request_fate_follow
 */

/* The event of the first server that took the copy for one, or e->count. */
size_t request_fate_begin(
    const struct evidence *e, const struct copy_fate *fate);

/* From that event on; of e->count nothing is known. */
void request_fate_follow(
    struct copy_fate *fate, const struct evidence *e, size_t at);

#endif
