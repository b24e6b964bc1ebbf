/* SPDX-License-Identifier: MIT */
#ifndef LOOP_H
#define LOOP_H

struct event;
struct event_base;

/*
 * The event loop of a victim (libevent): loop_new -> loop_run -> loop_free.
 * SIGTERM and SIGINT end loop_run; SIGPIPE and SIGXFSZ are ignored.
 */
struct event_base *loop_new(void); /* NULL after a warning */

/* Until a signal or event_base_loopexit.  0, or -1 after a warning. */
int loop_run(struct event_base *base);

/*
 * Call, each time that descriptor can be read; it reads for itself.  Ends with
 * event_free.  NULL after a warning.
 */
struct event *loop_watch(struct event_base *base, int fd,
    void (*readable)(void)) __attribute__((warn_unused_result));

/* The version of libevent it runs with. */
const char *loop_version(void);

void loop_free(struct event_base *base); /* NULL is allowed */

#endif
