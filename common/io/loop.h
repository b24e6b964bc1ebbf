/* SPDX-License-Identifier: MIT */
#ifndef LOOP_H
#define LOOP_H

struct event_base;

/*
 * The event loop of a victim (libevent): loop_new -> loop_run -> loop_free.
 * SIGTERM and SIGINT end loop_run; SIGPIPE and SIGXFSZ are ignored.
 */
struct event_base *loop_new(void); /* NULL after a warning */

/* Until a signal or event_base_loopexit.  0, or -1 after a warning. */
int loop_run(struct event_base *base);
/* The version of libevent it runs with. */
const char *loop_version(void);

void loop_free(struct event_base *base); /* NULL is allowed */

#endif
