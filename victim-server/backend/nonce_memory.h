/* SPDX-License-Identifier: MIT */
#ifndef NONCE_MEMORY_H
#define NONCE_MEMORY_H

#include "backend/store.h"
#include "bytes.h"

/*
 * Which nonces were served, in the ledger's own transaction: a nonce is
 * remembered exactly if its transfer is booked.  Rows are only ever forgotten
 * when they have expired, never to make room.
 */
struct nonce_memory;

#define NONCE_KEY_SIZE 32
#define NONCE_MEMORY_LIMIT 10000000L /* rows; about 1 GB */

enum nonce_answer {
	NONCE_FRESH,       /* it was not there and now is */
	NONCE_SEEN,        /* it was there */
	NONCE_FULL,        /* not there, and no room: refuse the request */
	NONCE_UNAVAILABLE, /* nobody knows: refuse the request */
};

/* NULL after a warning.  Borrows the store. */
struct nonce_memory *nonce_memory_new(struct store *store, long limit);
void nonce_memory_free(struct nonce_memory *m); /* NULL is allowed */

/* SHA-256 over both with their lengths, so no two pairs share a key. */
void nonce_key(
    struct bytes keyid, struct bytes nonce, uint8_t into[NONCE_KEY_SIZE]);

/*
 * One step, inside a transaction.  Seconds since the epoch.  A nonce is
 * remembered up to and including expires_at.
 */
enum nonce_answer nonce_memory_add_if_absent(struct nonce_memory *m,
    const uint8_t key[NONCE_KEY_SIZE], int64_t now, int64_t expires_at);

/*
 * All that ever expired had done so by this time.  A clock that is set back
 * behind it would find young again what is no longer remembered, so freshness
 * is judged by the later of both.  Inside a transaction; -1 if unavailable.
 */
int64_t nonce_memory_horizon(struct nonce_memory *m);

#endif
