/* SPDX-License-Identifier: MIT */
#ifndef CONN_TLS_H
#define CONN_TLS_H

#include "conn.h"
#include "tls_context.h"

#include <stdint.h>

/*
 * The TLS of a connection, as its channel sees it: OpenSSL over its socket, and
 * after the handshake OpenSSL's record layer or ours, as the context says.  It
 * writes the events of records, alerts and handshake.  For conn.c and
 * conn_channel.c only.
 *
 *	conn_tls_new -> handshake -> read, write ... -> shutdown -> free
 */
struct conn_tls;

/*
 * NULL after a warning.  server_name NULL: this side is the server.  greeted is
 * taken over; NULL: a new SSL.  With DTLS the socket is connected.
 */
struct conn_tls *conn_tls_new(struct conn *c, int fd,
    const struct tls_context *context, SSL *greeted, const char *server_name);
void conn_tls_free(struct conn_tls *t); /* NULL is allowed */

/*
 * Each returns how much it did (handshake: 1), 0 to be called again when the
 * socket allows, or -1 with *why set.  The handshake of a server is done, as
 * far as its caller goes, when there is early data that may be used: reading
 * goes on with it.
 */
int conn_tls_handshake(struct conn_tls *t, enum conn_end *why);
int conn_tls_read(
    struct conn_tls *t, uint8_t *into, size_t size, enum conn_end *why);
int conn_tls_write(
    struct conn_tls *t, const uint8_t *data, size_t length, enum conn_end *why);

/* Ask for new keys; conn_tls_handshake then makes them.  -1 after a warning. */
int conn_tls_rekey(struct conn_tls *t) __attribute__((warn_unused_result));

/* After a 0: it waits until the socket can be written, too. */
bool conn_tls_wants_write(const struct conn_tls *t);

/*
 * DTLS, after a 0 of the handshake: call it again after so many milliseconds,
 * for a datagram may have been lost (RFC 6347 section 4.2.4).  -1: no need.
 */
int conn_tls_resend_after(const struct conn_tls *t);

/*
 * A client's, before conn_tls_handshake: have this sent along with the
 * ClientHello.  False, and told, if its session does not allow it.
 */
bool conn_tls_offer_early_data(struct conn_tls *t, struct bytes data);

/* Is there something to be read, though the socket may not be readable? */
bool conn_tls_holds_data(const struct conn_tls *t);

/* After a read: nothing else was read from the socket; false if unknown. */
bool conn_tls_is_dry(const struct conn_tls *t);

/*
 * Whoever was answered before his handshake was complete is heard to its end,
 * else nothing could tell him that no more will come.  What he says meanwhile
 * is thrown away.  False: there is more to wait for.
 */
bool conn_tls_hear_out(struct conn_tls *t);

/*
 * Say that nothing more will come (RFC 8446 section 6.1); before the end of the
 * handshake there is nothing to say.
 */
void conn_tls_shutdown(struct conn_tls *t);

/* The TLS under a connection, or NULL: conn.c's, for conn_early.c. */
struct conn_tls *conn_under(const struct conn *c);

/* What conn.h says of these, of a connection under TLS. */
enum early_data_state conn_tls_early_data(const struct conn_tls *t);
bool conn_tls_is_early(const struct conn_tls *t);

#endif
