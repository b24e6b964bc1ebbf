/* SPDX-License-Identifier: MIT */
#ifndef CONN_H
#define CONN_H

#include <stddef.h>
#include <sys/socket.h>

struct event_base;
struct evbuffer;
struct tls_context;

/*
 * One non-blocking TCP connection, plain or under TLS, on a libevent loop.
 *
 *	conn_open or conn_accept -> ready -> data ... -> ended
 *
 * It writes the events `connection`, `tls_handshake`, `tls_alert` and, where
 *the TLS context asks for it, `tls_record`.  After `ended` the connection is
 *freed; before it, conn_close ends it.
 */
struct conn;

enum conn_end {
	CONN_DONE,      /* conn_close: all output was delivered to the kernel */
	CONN_EOF,       /* the peer closed */
	CONN_RESET,     /* the peer, or a host in between, reset it */
	CONN_TIMEOUT,   /* nothing happened for as long as conn_patience says */
	CONN_TLS_ERROR, /* handshake or record refused, by us or by the peer */
	CONN_ERROR,     /* any other error of the socket */
};
/* "done", "eof", "reset", "timeout", "tls-error", "error" */
const char *conn_end_name(enum conn_end end);

struct conn_calls {
	void (*ready)(struct conn *c, void *argument); /* may be NULL */
	void (*data)(struct conn *c, void *argument); /* conn_input has grown */
	void (*ended)(struct conn *c, enum conn_end why, void *argument);
};

/* Take over an accepted socket.  tls NULL: plain.  NULL after a warning. */
struct conn *conn_accept(struct event_base *base, int fd,
    const struct tls_context *tls, const struct conn_calls *calls,
    void *argument);

/* Connect; server_name is whom the certificate must name (TLS only). */
struct conn *conn_open(struct event_base *base, const struct sockaddr *to,
    socklen_t length, const struct tls_context *tls, const char *server_name,
    const struct conn_calls *calls, void *argument);

/* What has arrived and was not drained yet. */
struct evbuffer *conn_input(struct conn *c);

/* Send; what the kernel does not take at once is queued. */
void conn_write(struct conn *c, const void *data, size_t length);

/* End it once all output is sent; `ended` is still called, later. */
void conn_close(struct conn *c);

/* Free it now, without a call of `ended`.  NULL is allowed. */
void conn_free(struct conn *c);

/* Call `ended` with CONN_TIMEOUT after that much silence; 0: never. */
void conn_patience(struct conn *c, int milliseconds);

/* Put src_ip, src_port, dest_ip and dest_port into the open event. */
void conn_put_flow(const struct conn *c);

/* The peer's address as text and its port. */
const char *conn_peer(const struct conn *c, unsigned int *port);

#endif
