/* SPDX-License-Identifier: MIT */
#ifndef DTLS_WATCH_H
#define DTLS_WATCH_H

#include "dtls_record.h"

#include <stdbool.h>

#include <openssl/ssl.h>

struct conn;

/*
 * The records of an association, as they come off the socket, and what became
 * of each: the events `dtls_record`.
 *
 *	dtls_watch_new -> (OpenSSL is called -> dtls_watch_outcome) ...
 *	    [-> dtls_watch_stop -> dtls_watch_tell ...] -> dtls_watch_free
 *
 * OpenSSL drops a record without a word.  But a call of SSL_read ends when it
 * has content, or has read all datagrams that are there.  So of the datagrams
 * that it read in one call the last one was the content, and none if there was
 * none: the others were dropped.
 */
struct dtls_watch;

/* tell: write the events.  NULL: no memory.  Borrows both. */
struct dtls_watch *dtls_watch_new(SSL *tls, struct conn *c, bool tell);
void dtls_watch_free(struct dtls_watch *w); /* before SSL_free */

/* What a call of OpenSSL came to. */
enum dtls_watch_call {
	DTLS_WATCH_HANDSHAKE, /* says nothing of single records */
	DTLS_WATCH_CONTENT,
	DTLS_WATCH_NOTHING,
};
void dtls_watch_outcome(struct dtls_watch *w, enum dtls_watch_call call);

/* From here on somebody else reads the socket, and tells of each record. */
void dtls_watch_stop(struct dtls_watch *w);
void dtls_watch_tell(struct dtls_watch *w, const struct dtls_record *record,
    const char *verdict);

/* So many numbers of an epoch have been used, from 0. */
uint64_t dtls_watch_sent(const struct dtls_watch *w, uint16_t epoch);
uint64_t dtls_watch_received(const struct dtls_watch *w, uint16_t epoch);

const struct conn *dtls_watch_conn(const struct dtls_watch *w);

#endif
