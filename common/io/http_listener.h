/* SPDX-License-Identifier: MIT */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include <openssl/ssl.h>

struct event_base;
struct tls_context;

/*
 * Where a server's clients come in: a TCP port, or a UDP port with DTLS.
 *
 *	http_listener_open -> came ... -> http_listener_close
 */
struct http_listener;

/* A client's socket, to be taken over; greeted as of dtls_listener, or NULL. */
typedef void http_listener_call(int fd, SSL *greeted, void *argument);

/*
 * address NULL: all in a lab, else loopback.  tls NULL, or not over datagrams:
 * TCP.  NULL after a warning.
 */
struct http_listener *http_listener_open(struct event_base *base,
    const char *address, long port, const struct tls_context *tls,
    http_listener_call *came, void *argument);
void http_listener_close(struct http_listener *l); /* NULL is allowed */

#endif
