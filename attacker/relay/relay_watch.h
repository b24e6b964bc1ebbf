/* SPDX-License-Identifier: MIT */
#ifndef RELAY_WATCH_H
#define RELAY_WATCH_H

/*
 * What a relay waits for: frames, time, Enter, and to be told to leave.
 *
 *	relay_watch_new -> relay_watch_run -> relay_watch_free
 *
 * SIGTERM and SIGINT end the run, and do nothing once it has ended: told twice
 * to leave, a relay still gives back what it took.
 */
struct relay_watch;

struct relay_watch_calls {
	void (*frames)(void *user); /* there is something to read at fd */
	void (*tick)(void *user);   /* every POSITION_TICK_MS */
	void (*enter)(void *user);  /* once for each line typed; NULL: nobody
				       types */
	void *user;
};

/* NULL after a warning.  Copies the calls. */
struct relay_watch *relay_watch_new(
    int fd, const struct relay_watch_calls *calls);
int relay_watch_run(struct relay_watch *w); /* until told to leave; or -1 */
void relay_watch_leave(struct relay_watch *w);
void relay_watch_free(struct relay_watch *w); /* NULL is allowed */

#endif
