/* SPDX-License-Identifier: MIT */
#ifndef OWN_DATAGRAMS_H
#define OWN_DATAGRAMS_H

#include "conn_end.h"
#include "dtls_record_layer.h"
#include "dtls_watch.h"
#include "own_secrets.h"

/*
 * The lab's own record layer on an association whose handshake OpenSSL made: as
 * own_records.h, for datagrams.  Each record that comes is told with its
 * verdict (dtls_watch_tell), and all but accepted ones are dropped.
 *
 * Its limits: one epoch, and no flight of the handshake is sent again once it
 * is complete on this side (RFC 6347 section 4.2.4): a peer who has lost our
 * Finished has to begin anew.
 */
struct own_datagrams;

/* NULL after a warning.  Borrows tls and watch. */
struct own_datagrams *own_datagrams_new(SSL *tls,
    const struct own_secrets *secrets,
    const struct dtls_window_settings *window, struct dtls_watch *watch);
void own_datagrams_free(struct own_datagrams *o); /* NULL is allowed */

/* As conn_tls_read and conn_tls_write: one message each. */
int own_datagrams_read(
    struct own_datagrams *o, uint8_t *into, size_t size, enum conn_end *why);
int own_datagrams_write(
    struct own_datagrams *o, struct bytes data, enum conn_end *why);

/* Send close_notify. */
void own_datagrams_shutdown(struct own_datagrams *o);

#endif
