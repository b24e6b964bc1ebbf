/* SPDX-License-Identifier: MIT */
#ifndef REMOTE_H
#define REMOTE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A server that a backend asks while its own clients wait, and how long it
 * waits itself: a server can hang, die or talk nonsense, and none of these may
 * hold up the loop for longer than a deadline.
 *
 *	remote_find -> (remote_deadline -> remote_wait ...) ...
 */
struct remote {
	char name[256];                 /* "store:5432", for a warning */
	char address[INET6_ADDRSTRLEN]; /* looked up once: a look-up can hang */
	char port[6];
};

#define REMOTES_MAX 4

/* HOST or HOST:PORT.  -1 after a warning. */
int remote_find(struct remote *r, const char *place, long port)
    __attribute__((warn_unused_result));

/* The point of time so many milliseconds from now; no clock moves it. */
int64_t remote_deadline(int milliseconds);
bool remote_has_passed(int64_t deadline);

/* Until the descriptor can be read or written (poll(2)'s events). */
bool remote_wait(int fd, short events, int64_t deadline)
    __attribute__((warn_unused_result));

#endif
