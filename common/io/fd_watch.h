/* SPDX-License-Identifier: MIT */
#ifndef FD_WATCH_H
#define FD_WATCH_H

#include <stdbool.h>

#include <event2/event.h>

/*
 * What a connection waits for: its socket, and time.  Everything ends in one
 * callback, which is told by EV_READ, EV_WRITE or EV_TIMEOUT what it was.
 *
 *	fd_watch_init -> ... -> fd_watch_clear
 */
struct fd_watch {
	struct event *readable, *writable, *kick, *later, *timer;
	int patience; /* ms; 0: endless */
};

/* False: no memory; clear it all the same. */
bool fd_watch_init(struct fd_watch *w, struct event_base *base, int fd,
    event_callback_fn call, void *argument);
void fd_watch_clear(struct fd_watch *w);

void fd_watch_stop(struct fd_watch *w); /* no call any more */

void fd_watch_read(struct fd_watch *w, bool on); /* each time, while it is on */
bool fd_watch_reads(const struct fd_watch *w);
void fd_watch_write(struct fd_watch *w); /* once */

/* Call, when the loop turns, as if it could be read or written. */
void fd_watch_read_now(struct fd_watch *w);
void fd_watch_write_now(struct fd_watch *w);
/* The same after so many milliseconds. */
void fd_watch_write_later(struct fd_watch *w, int milliseconds);

/* EV_TIMEOUT after so long without fd_watch_progress. */
void fd_watch_patience(struct fd_watch *w, int milliseconds);
void fd_watch_progress(struct fd_watch *w);

#endif
