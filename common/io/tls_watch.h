/* SPDX-License-Identifier: MIT */
#ifndef TLS_WATCH_H
#define TLS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/ssl.h>

struct conn;

/*
 * What happens under TLS on a connection, told as events.  For conn_tls.c and
 * own_records.c.
 */

/* An alert, sent or received: `tls_alert`. */
void tls_watch_alert(
    const struct conn *c, bool sent, uint8_t level, uint8_t description);

/* How the handshake ended: `tls_handshake`; reason NULL: completed. */
void tls_watch_handshake(const struct conn *c, SSL *tls, const char *reason);

/* Have OpenSSL tell its alerts, and KeyUpdates: `tls_key_update`. */
void tls_watch_alerts_of(SSL *tls, struct conn *c);

/*
 * Tell every record that the SSL's socket receives, whoever reads it from
 * there: `tls_record`.  False: no memory.
 */
bool tls_watch_records_of(SSL *tls, struct conn *c);
void tls_watch_end(SSL *tls); /* before SSL_free */

#endif
