/* SPDX-License-Identifier: MIT */
#ifndef EARLY_DATA_H
#define EARLY_DATA_H

#include "buffer.h"

#include <stdbool.h>

#include <openssl/ssl.h>

/*
 * TLS 1.3 early data (RFC 8446 sections 2.3, 4.2.10 and 8): what a resuming
 * client sends along with its ClientHello, before the server has said anything
 * that could make it fresh.  Here is what a server does about that, and what
 * became of the early data of one connection, told as the event `early_data`.
 */
enum early_data_rule {
	EARLY_DATA_REFUSE,     /* none is taken */
	EARLY_DATA_ACCEPT,     /* whenever it comes while its ticket is young */
	EARLY_DATA_SINGLE_USE, /* a session ends with its use (8.1) */
	EARLY_DATA_ONCE,       /* what was taken is remembered (8.2) */
	EARLY_DATA_WAIT,       /* used behind the handshake (RFC 8470 3) */
};
/* "refuse", "accept", "single-use", "once", "wait"; NULL ends them. */
extern const char *const early_data_rules[];

/* What a memory of the taken says of a session (EARLY_DATA_ONCE). */
enum early_data_answer {
	EARLY_DATA_FRESH,     /* it was not there, and now is */
	EARLY_DATA_SEEN,      /* it was there */
	EARLY_DATA_TOO_SOON,  /* it may have been, before a restart */
	EARLY_DATA_NO_MEMORY, /* nobody knows, or there is no room */
};

/*
 * How long the early data of one ClientHello can be fresh, in seconds: OpenSSL
 * allows ten (RFC 8446 section 8.3), and may count in whole ones.
 */
#define EARLY_DATA_WINDOW 11

/* For a server; it outlives the context that uses it. */
struct early_data_settings {
	int rule; /* enum early_data_rule */
	/* With EARLY_DATA_ONCE: asked by a secret of the session's own. */
	enum early_data_answer (*ask)(struct bytes secret, void *argument);
	void *argument;
};

/* Have a server's context follow the rule.  Borrows the settings. */
void early_data_use(SSL_CTX *ctx, const struct early_data_settings *settings);

/* What became of it on a connection. */
enum early_data_state {
	EARLY_DATA_NONE,    /* none was sent, or none yet */
	EARLY_DATA_OFFERED, /* sent, and nobody knows */
	EARLY_DATA_ACCEPTED,
	EARLY_DATA_REJECTED,
};

struct conn;

/*
 * That of one connection.  For conn_tls.c only.
 *
 *	early_data_init -> [early_data_offer] -> early_data_handshake ...
 *	    -> early_data_read ... -> early_data_clear
 */
struct early_data {
	struct conn *conn;
	SSL *ssl;
	const struct early_data_settings *rule; /* NULL: a client */
	enum early_data_state state;
	bool reading;       /* server: its end has not come */
	bool to_send;       /* client: what is held has not left */
	struct buffer held; /* client: to be sent; server: to be read */
	const char *reason; /* why it is rejected, or not offered; static */
};

void early_data_init(struct early_data *e, struct conn *c, SSL *ssl,
    const struct early_data_settings *rule);
void early_data_clear(struct early_data *e);

/*
 * A client's, before its handshake: send this with the ClientHello.  False, and
 * told, if its session does not allow it.
 */
bool early_data_offer(struct early_data *e, struct bytes data);

/*
 * On with the handshake, as SSL_do_handshake; 2: it is not over, and there is
 * something for early_data_read.
 */
#define EARLY_DATA_ARRIVED 2
int early_data_handshake(struct early_data *e);

/* What has arrived, or 0. */
size_t early_data_read(struct early_data *e, uint8_t *into, size_t size);

/* Answer before the handshake is over (0.5-RTT); as SSL_write. */
int early_data_write(struct early_data *e, const uint8_t *data, size_t length);

#endif
