/* SPDX-License-Identifier: MIT */
#ifndef DTLS_LISTENER_H
#define DTLS_LISTENER_H

#include "tls_context.h"

#include <sys/socket.h>

struct event_base;

/*
 * A UDP port where clients begin to speak DTLS.
 *
 *	dtls_listener_open -> greeted ... -> dtls_listener_close
 *
 * Nothing is kept of a client who has not shown that he receives what is sent
 * to his address: his ClientHello has to come again, with a cookie (RFC 6347
 * section 4.2.1).  Then he gets a socket of his own, connected to him.
 */
struct dtls_listener;

/* Both are the callee's from here on; see conn_accept. */
typedef void dtls_greeted(int fd, SSL *tls, void *argument);

/* NULL with errno set.  Borrows tls. */
struct dtls_listener *dtls_listener_open(struct event_base *base,
    const struct sockaddr *at, socklen_t length, const struct tls_context *tls,
    dtls_greeted *greeted, void *argument);
void dtls_listener_close(struct dtls_listener *l); /* NULL is allowed */

#endif
