/* SPDX-License-Identifier: MIT */
#ifndef DATAGRAM_RELAY_H
#define DATAGRAM_RELAY_H

#include "editor.h"
#include "plain_forward.h"

/*
 * All associations of DTLS between the two hosts.  A rule acts on the datagram
 * that has its record; what no rule speaks of passes at once, also behind one
 * that is held, for a datagram does not wait for another.
 *
 *	datagram_relay_new -> frame ..., release -> datagram_relay_free
 *
 * Records count from the first that is seen.  `reflect` and `cut` are for
 * streams and do nothing here.  No I/O.
 */
struct datagram_relay;

struct datagram_edit {
	const struct edit *edit;
	size_t conversation;        /* from 1, in the order they were seen */
	const struct endpoint *end; /* of the client, of the server */
	enum side side;             /* who sent the record */
};

struct datagram_calls {
	/* A rule acts; told before the datagram moves. */
	void (*edit)(void *user, const struct datagram_edit *edit);
	/* A datagram passed, or was withheld. */
	void (*unit)(void *user, enum side side, const struct unit_piece *last);
	void *user;
};

/* NULL after a warning.  Borrows all. */
struct datagram_relay *datagram_relay_new(struct rules *rules,
    const struct outlet *outlet, const struct datagram_calls *calls);
void datagram_relay_free(struct datagram_relay *d); /* NULL is allowed */

/* False: no DTLS; it is the caller's to pass on. */
bool datagram_relay_frame(
    struct datagram_relay *d, struct bytes frame, const struct hop *hop);

/* All that is held goes on.  How many datagrams. */
size_t datagram_relay_release(struct datagram_relay *d);

#endif
