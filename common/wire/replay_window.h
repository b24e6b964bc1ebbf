/* SPDX-License-Identifier: MIT */
#ifndef REPLAY_WINDOW_H
#define REPLAY_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which numbers have come already: a window that slides with the highest (RFC
 * 6347 section 4.1.2.6, RFC 4303 section 3.4.3).
 *
 *	replay_window_init -> look -> [the record is authentic] -> update ...
 *
 * Two steps, since only a record that was authenticated may move the window:
 * else anybody moves it by a number that he makes up.
 *
 * What is older than the window may have come or not, nobody remembers: it is
 * refused, and now and then that is wrong.  A window is for the numbers of one
 * key (in DTLS: of one epoch); with new keys begins a new one.  All pure.
 */
enum replay_verdict {
	REPLAY_FRESH,
	REPLAY_SEEN,    /* in the window, and it has come */
	REPLAY_TOO_OLD, /* left of the window */
};

#define REPLAY_WINDOW_MAX 1024
#define REPLAY_WINDOW_USUAL 64 /* RFC 6347 section 4.1.2.6 prefers it */

#define REPLAY_WINDOW_BLOCKS (2 * REPLAY_WINDOW_MAX / 64)

struct replay_window {
	uint64_t size; /* how many numbers, the highest included */
	uint64_t highest;
	bool begun;                           /* there is a highest */
	uint64_t block[REPLAY_WINDOW_BLOCKS]; /* a bit a number, in a ring */
};

/* size is from 1 to REPLAY_WINDOW_MAX. */
void replay_window_init(struct replay_window *w, uint64_t size);

enum replay_verdict replay_window_look(
    const struct replay_window *w, uint64_t number);

/* It has come.  No change if it is too old. */
void replay_window_update(struct replay_window *w, uint64_t number);

#endif
