/* SPDX-License-Identifier: MIT */
#ifndef WATCH_H
#define WATCH_H

struct event;
struct event_base;

/*
 * The confinement as a part of a loop: it wakes the loop when the network has
 * changed, and ends the program if a lock now holds (confine_check).
 *
 *	confine_enter -> watch_new -> the loop -> event_free
 */

/* NULL after a warning. */
struct event *watch_new(struct event_base *base)
    __attribute__((warn_unused_result));

#endif
