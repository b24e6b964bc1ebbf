/* SPDX-License-Identifier: MIT */
#ifndef NONCE_MEMORY_H
#define NONCE_MEMORY_H

#include "bytes.h"

/*
 * Which nonces were served: one question, and several memories that answer it.
 *
 *	nonce_table.h	rows beside the ledger's, in its transactions
 *	nonce_rows.h	the same in a PostgreSQL database, for many backends
 *	nonce_redis.h	keys of a Redis server, for many backends
 *	nonce_buckets.h	this process's own storage, gone when it ends
 *	nonce_file.h	an SQLite file, which processes of one host may share
 *
 * A nonce is only ever forgotten when it has expired, never to make room
 * (unless a memory was told to: see nonce_buckets.h).
 */
#define NONCE_KEY_SIZE 32

enum nonce_answer {
	NONCE_FRESH,       /* it was not there and, if added, now is */
	NONCE_SEEN,        /* it was there */
	NONCE_FULL,        /* not there, and no room: refuse the request */
	NONCE_UNAVAILABLE, /* nobody knows: refuse the request */
};

/* What a memory is; each kind begins with it. */
struct nonce_memory {
	const struct nonce_memory_kind *kind;
};

struct nonce_memory_kind {
	enum nonce_answer (*add)(struct nonce_memory *m, const uint8_t *key,
	    int64_t now, int64_t expires_at);
	enum nonce_answer (*look)(
	    struct nonce_memory *m, const uint8_t *key, int64_t now);
	int64_t (*horizon)(struct nonce_memory *m);
	void (*free)(struct nonce_memory *m);
};

void nonce_memory_free(struct nonce_memory *m); /* NULL is allowed */

/*
 * SHA-256 over both with their lengths, so no two pairs share a key; its last
 * NONCE_OWNER_SIZE bytes are the same for all nonces of one key id.
 */
#define NONCE_OWNER_SIZE 2
void nonce_key(
    struct bytes keyid, struct bytes nonce, uint8_t into[NONCE_KEY_SIZE]);

/*
 * One step: to ask and to add afterwards would let two copies in that come at
 * the same time.  Seconds since the epoch.  A nonce is remembered up to and
 * including expires_at, or somewhat longer.
 */
enum nonce_answer nonce_memory_add_if_absent(struct nonce_memory *m,
    const uint8_t key[NONCE_KEY_SIZE], int64_t now, int64_t expires_at);

/* NONCE_FRESH, SEEN or UNAVAILABLE; nothing is added. */
enum nonce_answer nonce_memory_look(
    struct nonce_memory *m, const uint8_t key[NONCE_KEY_SIZE], int64_t now);

/*
 * All that ever expired had done so by this time.  A clock that is set back
 * behind it would find young again what is no longer remembered, so freshness
 * is judged by the later of both.  -1 if unavailable.
 */
int64_t nonce_memory_horizon(struct nonce_memory *m);

#endif
