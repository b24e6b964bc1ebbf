/* SPDX-License-Identifier: MIT */
#ifndef DATAGRAM_LINK_H
#define DATAGRAM_LINK_H

#include "http_client.h"

#include <sys/socket.h>

/*
 * A client's association with a server over DTLS: requests and their answers,
 * a datagram each.
 *
 *	datagram_link_new -> datagram_link_send -> answer ...
 *	    -> datagram_link_free
 *
 * Any number may be under way.  Each gets a number, which its answer repeats
 * (datagram_number.h), since answers come in any order, or not at all: then
 * that request is HTTP_CLIENT_UNANSWERED and the association lives on.  Nothing
 * is sent again.  For http_client.c only.
 */
struct datagram_link;

/* NULL after a warning.  Borrows the settings. */
struct datagram_link *datagram_link_new(struct event_base *base,
    const struct http_client_settings *settings, const struct sockaddr *to,
    socklen_t length);
void datagram_link_free(struct datagram_link *l); /* NULL is allowed */

void datagram_link_send(struct datagram_link *l, struct bytes request,
    http_answer *answer, void *argument);

/* How many associations it has begun so far. */
unsigned int datagram_link_begun(const struct datagram_link *l);

#endif
