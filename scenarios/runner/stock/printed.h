/* SPDX-License-Identifier: MIT */
#ifndef PRINTED_H
#define PRINTED_H

#include "buffer.h"

/*
 * What a child prints, line by line as it comes.
 *
 *	struct printed p = {.fd = ...} -> printed_take ... -> printed_clear
 */
struct printed {
	int fd; /* its reading end, which does not wait; the caller closes it */
	struct buffer partial; /* the begun line */
};

/*
 * Give each line that has come, without its end, to `take` with `user`.  What
 * is begun waits for its end; of a line of more than 8 KiB the begin is lost.
 */
void printed_take(
    struct printed *p, void (*take)(void *user, struct bytes line), void *user);

void printed_clear(struct printed *p);

#endif
