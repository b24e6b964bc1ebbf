/* SPDX-License-Identifier: MIT */
#ifndef CONFINE_REFUSAL_H
#define CONFINE_REFUSAL_H

/* The locks, in the order they are tried. */
enum confine_lock {
	LOCK_NAMESPACE = 1,
	LOCK_OWNER = 2,
	LOCK_NETWORK = 3,
	LOCK_TARGET = 4,
	LOCK_EGRESS = 5,
	LOCK_CHANGE = 6,
	LOCK_DROP = 7,
	LOCK_BUDGET = 8,
};

/*
 * Report that a lock holds: the event `refused` with the reason's word, and
 * one line on stderr with the text and what to do instead.  Returns -1.
 */
int confine_refuse(enum confine_lock lock, const char *reason,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
