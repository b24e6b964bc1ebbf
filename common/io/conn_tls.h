/* SPDX-License-Identifier: MIT */
#ifndef CONN_TLS_H
#define CONN_TLS_H

#include "tls_context.h"

struct conn;

/*
 * The TLS of a connection, as conn.c sees it: an SSL over its socket that
 * writes the events of records, alerts and handshake.  For conn.c only.
 */

/* NULL after a warning.  server_name NULL: this side is the server. */
SSL *conn_tls_new(struct conn *c, int fd, const struct tls_context *context,
    const char *server_name);
void conn_tls_free(SSL *tls); /* NULL is allowed */

/* The events that end a handshake; reason NULL: it was completed. */
void conn_tls_handshake(const struct conn *c, SSL *tls, const char *reason);

#endif
