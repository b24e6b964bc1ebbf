/* SPDX-License-Identifier: MIT */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http_message.h"

struct event_base;
struct tls_context;

/*
 * An HTTP/1.1 server: accepts connections, reads requests by our policy, hands
 * each to a handler and sends its answer, now or later, in order.
 *
 *	http_server_open -> handler -> exchange_answer ... -> http_server_close
 *
 * Where the TLS context says so it is HTTP over DTLS: a request or an answer is
 * one message (CONN_MESSAGE_MAX).  Datagrams have no order, so an answer bears
 * the field Datagram-Number of its request, if that has one.
 *
 * What http_message refuses is answered here, with a problem document and an
 * event `request` of the given role; the handler never sees it.
 */
struct http_server;

/* One request that waits for its answer. */
struct exchange;

typedef void http_handler(
    struct exchange *x, const struct http_message *request, void *argument);

struct http_server_settings {
	const char *role;    /* of the `request` event: "gateway" */
	const char *address; /* NULL: any in a lab, loopback outside */
	long port;
	const struct tls_context *tls; /* NULL: plain */
	http_handler *handler;
	void *argument;
};

/*
 * NULL after a warning; a port in use is named with what to do.  Settings are
 * copied, what they point to is borrowed until http_server_close.
 */
struct http_server *http_server_open(
    struct event_base *base, const struct http_server_settings *settings);
void http_server_close(struct http_server *s); /* NULL is allowed */

/*
 * Answer with a message built by http_draft, adding Connection: close where the
 * connection ends.  The exchange and its request are gone afterwards.  If the
 * client has left meanwhile nothing is sent.
 */
void exchange_answer(struct exchange *x, const struct http_draft *response);

/* The same with a response as another server gave it. */
void exchange_forward(struct exchange *x, const struct http_message *response);

/*
 * Its answer is lost on the way.  Over DTLS the exchange is gone and the next
 * request has its turn; false over TCP, where a client that gets no answer gets
 * no later one either: the exchange is still there.
 */
bool exchange_lose(struct exchange *x);

/*
 * Was it read as TLS early data, before the client's handshake was complete?
 * It may be a copy (RFC 8446 section 8).
 */
bool exchange_is_early(const struct exchange *x);

/* Put the flow of the client's connection, which may be gone, into the open
 * event. */
void exchange_put_flow(const struct exchange *x);

/* The client's address and port. */
const char *exchange_peer(const struct exchange *x, unsigned int *port);

/* The request; valid until it is answered. */
const struct http_message *exchange_request(const struct exchange *x);

#endif
