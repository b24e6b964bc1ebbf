/* SPDX-License-Identifier: MIT */
#ifndef OWN_RECORDS_H
#define OWN_RECORDS_H

#include "conn.h"
#include "own_secrets.h"
#include "tls_record_layer.h"

/*
 * The lab's own record layer on a connection whose handshake OpenSSL made.
 * From then on OpenSSL only lends its socket.
 *
 *	own_secrets_keep -> SSL_do_handshake -> own_records_new ->
 *	    read, write ... -> shutdown -> own_records_free
 *
 * Its limits: no renegotiation and no change of keys (KeyUpdate is refused with
 * unexpected_message); a client reads tickets and drops them, a server must
 * send none in TLS 1.3.
 */

struct own_records;

/* NULL after a warning.  Borrows tls and c. */
struct own_records *own_records_new(SSL *tls, const struct own_secrets *secrets,
    enum tls_numbering numbering, const struct conn *c);
void own_records_free(struct own_records *r); /* NULL is allowed */

/*
 * As conn_tls_read and conn_tls_write.  After a 0 the next write must start
 * with the same bytes.
 */
int own_records_read(
    struct own_records *r, uint8_t *into, size_t size, enum conn_end *why);
int own_records_write(
    struct own_records *r, struct bytes data, enum conn_end *why);
bool own_records_wants_write(const struct own_records *r);

/* Send close_notify. */
void own_records_shutdown(struct own_records *r);

#endif
