/* SPDX-License-Identifier: MIT */
#ifndef BUDGET_LOCK_H
#define BUDGET_LOCK_H

#include <stdbool.h>

/*
 * Lock 8: nothing in a lab takes an attacker this long, or is done this often.
 * He who was left running overnight stops, and so does a loop without an end.
 *
 *	budget_lock_start -> (budget_lock_spend -> a copy) ... and meanwhile
 *	    (readable: budget_lock_try) ...
 *
 * What is counted is what he sends of himself: frames and connections.  What a
 * relay passes on was sent by others, and is as much as they like.
 *
 * REPLAYLAB_SECONDS_MAX and REPLAYLAB_COPIES_MAX in the environment make the
 * budget smaller; larger it cannot be made.
 */
#define BUDGET_SECONDS 14400  /* the longest story that a file may have */
#define BUDGET_COPIES 1000000 /* the largest --count */

/*
 * A number of 1 to `most` and nothing else; NULL means `most`.  False: it is
 * none.  Pure.
 */
bool budget_read(const char *text, long most, long *number);

/* `news` becomes readable when the time is over.  0, or -1 (reported). */
int budget_lock_start(int news) __attribute__((warn_unused_result));

/* Is there time left?  And one more copy?  0, or -1 (reported). */
int budget_lock_try(void) __attribute__((warn_unused_result));
int budget_lock_spend(void) __attribute__((warn_unused_result));

#endif
