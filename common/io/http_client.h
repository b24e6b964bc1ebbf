/* SPDX-License-Identifier: MIT */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "http_message.h"

struct event_base;
struct tls_context;

/*
 * Requests to one server, over connections that are kept and used again; or
 * over one association, where the TLS context is for datagrams.
 *
 *	http_client_new -> http_client_send -> answer ... -> http_client_free
 *
 * A request is sent once: nothing is ever repeated here, since only the caller
 * knows whether a repetition is harmless (RFC 9110 section 9.2.2).
 */
struct http_client;

enum http_client_outcome {
	HTTP_CLIENT_ANSWERED,    /* *response is set */
	HTTP_CLIENT_UNREACHABLE, /* no connection: the request was not sent */
	HTTP_CLIENT_TLS_FAILED,  /* no handshake: the request was not sent */
	HTTP_CLIENT_LOST,        /* sent, but the connection ended first */
	HTTP_CLIENT_TIMEOUT,     /* sent, but no answer in time */
	HTTP_CLIENT_MALFORMED,   /* the answer is no HTTP we accept */
	/* Over DTLS: sent, and no answer in time; the association lives. */
	HTTP_CLIENT_UNANSWERED,
};
/* "answered", "unreachable", "tls-failed", "lost", "timeout", ... */
const char *http_client_outcome_name(enum http_client_outcome outcome);

/* response is NULL unless ANSWERED, and valid during the call. */
typedef void http_answer(enum http_client_outcome outcome,
    const struct http_message *response, void *argument);

struct http_client_settings {
	const char *host;    /* looked up once, when the client is made */
	const char *connect; /* the host to go to instead, NULL: that one */
	long port;
	const struct tls_context *tls; /* NULL: plain */
	int timeout_ms;                /* for one answer; 0: 10 s */
};

/* A longer request does not go over DTLS, where it gets a field more. */
#define HTTP_CLIENT_DATAGRAM_MAX 1240

/* NULL after a warning, also if the host has no address.  Borrows tls. */
struct http_client *http_client_new(
    struct event_base *base, const struct http_client_settings *settings);
void http_client_free(struct http_client *c); /* NULL is allowed */

/*
 * Send a whole request in one write; answer is called later, exactly once,
 * unless the client is freed first.
 */
void http_client_send(struct http_client *c, struct bytes request,
    http_answer *answer, void *argument);

/*
 * New keys on the kept connection (conn_rekey).  answer is called as above:
 * HTTP_CLIENT_ANSWERED, without a response, once they are in use.
 */
void http_client_rekey(
    struct http_client *c, http_answer *answer, void *argument);

/*
 * Have the requests that open a connection sent as early data, where its
 * session allows that; what the server rejects goes once more when the
 * handshake is complete (RFC 8446 section 4.2.10).
 */
void http_client_early_data(struct http_client *c, bool on);

/* How many connections it has opened so far. */
unsigned int http_client_connections(const struct http_client *c);

#endif
