/* SPDX-License-Identifier: MIT */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "conn_end.h"
#include "early_data.h"
#include "flow.h"

struct event_base;
struct evbuffer;
struct ssl_st;
struct tls_context;

/*
 * One non-blocking TCP connection, plain or under TLS, on a libevent loop; or,
 * where the TLS context says so, an association of DTLS over UDP.
 *
 *	conn_open [conn_offer_early_data] or conn_accept -> ready
 *	    -> data, drained ... -> [half_closed] -> ended
 *
 * It writes the events `connection`, `tls_handshake`, `early_data`, `tls_alert`
 * and, where the TLS context asks for it, `tls_record`.  After `ended` the
 * connection is freed; before it, conn_close ends it.
 */
struct conn;

struct conn_calls {
	void (*ready)(struct conn *c, void *argument); /* may be NULL */
	void (*data)(struct conn *c, void *argument); /* conn_input has grown */
	/* Queued output has all left; may be NULL. */
	void (*drained)(struct conn *c, void *argument);
	/*
	 * The peer has sent its last byte and may still read: true to go on
	 * until conn_close, false (or NULL) to end with CONN_EOF.  Plain only:
	 * under TLS 1.2 an end is both ways (RFC 5246 section 7.2.1), and no
	 * client of ours does it under TLS 1.3.
	 */
	bool (*half_closed)(struct conn *c, void *argument);
	void (*ended)(struct conn *c, enum conn_end why, void *argument);
};

/*
 * Take over an accepted socket.  tls NULL: plain.  greeted: what dtls_listener
 * gave with it, taken over too, or NULL.  NULL after a warning.
 */
struct conn *conn_accept(struct event_base *base, int fd,
    const struct tls_context *tls, struct ssl_st *greeted,
    const struct conn_calls *calls, void *argument);

/*
 * Connect; server_name is whom the certificate must name (TLS only).  NULL
 * after a warning.
 */
struct conn *conn_open(struct event_base *base, const struct sockaddr *to,
    socklen_t length, const struct tls_context *tls, const char *server_name,
    const struct conn_calls *calls, void *argument);

/*
 * Right after conn_open: have this sent as early data.  False if that cannot
 * be; else conn_early_data says, when the connection is ready or has ended,
 * what became of it, and what was rejected is to be written again (RFC 8446
 * section 4.2.10).
 */
bool conn_offer_early_data(struct conn *c, struct bytes data);
enum early_data_state conn_early_data(const struct conn *c);

/*
 * Is what has arrived early data, of a peer whose handshake is not complete?
 * Anybody may have sent it again (RFC 8446 section 8).
 */
bool conn_is_early(const struct conn *c);

/* What has arrived and was not drained yet. */
struct evbuffer *conn_input(struct conn *c);

/*
 * Over DTLS a write is a message: it goes in one record, in one datagram, and
 * arrives whole or not at all; `data` is called for each.  With all that goes
 * around it, a message of this size makes a packet of less than 1400 bytes.  A
 * longer one is not sent, and is warned of.
 */
#define CONN_MESSAGE_MAX 1280

/* Send; what the kernel does not take at once is queued. */
void conn_write(struct conn *c, const void *data, size_t length);

/* How much of that is queued. */
size_t conn_pending(const struct conn *c);

/*
 * New keys on an open TLS connection: KeyUpdate in TLS 1.3 (RFC 8446 section
 * 4.6.3; ours only), else renegotiation (RFC 5246 section 7.4.1.2).  `ready` is
 * called once more when they are in use, or `ended`.  -1 after a warning.
 */
int conn_rekey(struct conn *c) __attribute__((warn_unused_result));

/* Take no more from the peer for a while; a reset then shows when we write. */
void conn_pause(struct conn *c);
void conn_resume(struct conn *c);

/*
 * End it once all output is sent; `ended` is still called, later.  What the
 * peer sends meanwhile is thrown away, for a second at most: bytes that nobody
 * reads would have the kernel reset the connection, and the reset may overtake
 * the answer (RFC 9112 section 9.6).
 */
void conn_close(struct conn *c);

/* Free it now, without a call of `ended`.  NULL is allowed. */
void conn_free(struct conn *c);

/*
 * CONN_TIMEOUT after so long without a byte either way; 0: never.  Until a
 * client has completed its handshake with us its bytes do not count: this is
 * the time it has for all of it.
 */
void conn_patience(struct conn *c, int milliseconds);

/* Put src_ip, src_port, dest_ip and dest_port into the open event. */
void conn_put_flow(const struct conn *c);

/* Both ends; the connection's own. */
const struct flow *conn_flow(const struct conn *c);

#endif
