/* SPDX-License-Identifier: MIT */
#ifndef CONN_CHANNEL_H
#define CONN_CHANNEL_H

#include "conn_tls.h"

struct evbuffer;
struct fd_watch;

/*
 * What the bytes of a connection go over: its socket, the TLS on it if there is
 * any, and the output that has not left.  What it waits for it has watched.
 * It knows no phase: when to read and what a failure means is up to conn.c,
 * whose part it is.
 *
 *	conn_channel_init [-> conn_channel_use_tls -> conn_channel_handshake]
 *	    -> conn_channel_read, conn_channel_push ... -> conn_channel_clear
 */
struct conn_channel {
	int fd;
	struct conn_tls *tls;   /* NULL: plain */
	size_t record_size;     /* at most so many bytes in one record */
	bool datagrams;         /* DTLS: messages, and no stream */
	struct evbuffer *out;   /* queued */
	struct fd_watch *watch; /* borrowed */
};

/* Takes the socket over.  False: no memory; clear it all the same. */
bool conn_channel_init(struct conn_channel *ch, int fd, struct fd_watch *watch);
void conn_channel_clear(struct conn_channel *ch);

/* As conn_tls_new, which keeps c; context NULL: plain.  -1 after a warning. */
int conn_channel_use_tls(struct conn_channel *ch, struct conn *c,
    const struct tls_context *context, SSL *greeted, const char *server_name);

#define CONN_CHUNK 16384 /* plaintext of a record (RFC 8446 section 5.1) */

/*
 * The number of bytes (handshake: 1), 0 while it waits, or -1 with *why set.
 * Without TLS the handshake is done at once.  One read takes no more than a
 * record.
 */
int conn_channel_handshake(struct conn_channel *ch, enum conn_end *why);
int conn_channel_read(
    struct conn_channel *ch, uint8_t into[CONN_CHUNK], enum conn_end *why);

/*
 * After a read of that length: only the socket could have more, and says when.
 * So nobody need ask it once more to be told that it has nothing.
 */
bool conn_channel_is_dry(const struct conn_channel *ch, int length);

/* What TLS still holds makes no socket readable: have it read all the same. */
void conn_channel_read_on(struct conn_channel *ch);

/*
 * Output is queued and, if `open`, leaves as far as it can.  A message is not
 * queued: what cannot leave is lost.  -1: no more ever will, and the next push
 * says why.
 */
int conn_channel_write(
    struct conn_channel *ch, const void *data, size_t length, bool open);

/* As much of the queue as leaves now: -1 with *why set if no more ever will. */
int conn_channel_push(struct conn_channel *ch, enum conn_end *why);
size_t conn_channel_pending(const struct conn_channel *ch);

/*
 * A peer that takes no more may have said why: an alert that came before its
 * reset is still there to be read (RFC 8446 section 6.2).  *why is set to it.
 */
void conn_channel_hear_alert(struct conn_channel *ch, enum conn_end *why);

/* False, and watched: the end cannot be told yet (conn_tls_hear_out). */
bool conn_channel_hear_out(struct conn_channel *ch);

#endif
