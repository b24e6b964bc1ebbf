/* SPDX-License-Identifier: MIT */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "bytes.h"

/*
 * The nonce as a number that must grow: of each key id only the last is
 * remembered, so memory is as large as there are keys (RFC 7616 section 3.4
 * counts so with nc, per nonce of the server's).  What overtakes another on the
 * way makes it worthless.  It is this process's own.
 *
 *	counters_new -> counters_advance ... -> counters_free
 */
struct counters;

struct counters *counters_new(void);    /* NULL after a warning */
void counters_free(struct counters *c); /* NULL is allowed */

#define COUNTERS_KEYS 32   /* key ids, at most */
#define COUNTERS_DIGITS 18 /* of a number */

enum counter_verdict {
	COUNTER_HIGHER, /* the highest so far, and remembered */
	COUNTER_NOT_HIGHER,
	COUNTER_MALFORMED, /* no number from 1 on, without leading zeros */
	COUNTER_FULL,
};
enum counter_verdict counters_advance(
    struct counters *c, struct bytes keyid, struct bytes number);

#endif
