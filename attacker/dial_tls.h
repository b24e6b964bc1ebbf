/* SPDX-License-Identifier: MIT */
#ifndef DIAL_TLS_H
#define DIAL_TLS_H

#include "answer.h"

#include <openssl/ssl.h>

/*
 * TLS of the attacker's own over a socket that dial_open gave: anybody may be a
 * client.  He believes whatever certificate he is shown.
 *
 *	dial_tls_open -> dial_tls_ask -> dial_tls_close
 *
 * The socket stays the caller's.
 */

/* A finished handshake; each wait is limited.  NULL after a warning. */
SSL *dial_tls_open(int fd, int timeout_ms);
void dial_tls_close(SSL *tls); /* NULL is allowed */

/*
 * Send the request and feed the answer until it is decided; each wait is
 * limited.  Returns how it ended: "data", "eof" or "timeout".
 */
const char *dial_tls_ask(
    SSL *tls, struct bytes request, struct answer *answer, int timeout_ms);

#endif
