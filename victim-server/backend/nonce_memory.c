/* SPDX-License-Identifier: MIT */
/* The memory of nonces: one table, and one row about the table. */
#include "nonce_memory.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "buffer.h"

/* At most this many rows, and the one asked for, are forgotten in a step. */
#define FORGET_STEP "4"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS nonce ("
    "key BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS nonce_expires_at ON nonce (expires_at);"
    "CREATE TABLE IF NOT EXISTS nonce_memory ("
    "one INTEGER PRIMARY KEY CHECK (one = 1), held INTEGER NOT NULL, "
    "horizon INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO nonce_memory VALUES (1, 0, 0);";

enum statement { FORGET, FIND, STATE, ADD, COUNT, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [FORGET] = "DELETE FROM nonce WHERE expires_at < ?1 AND key IN ("
	       "SELECT ?2 UNION ALL SELECT key FROM (SELECT key FROM nonce "
	       "WHERE expires_at < ?1 ORDER BY expires_at LIMIT " FORGET_STEP
	       ")) RETURNING expires_at",
    [FIND] = "SELECT 1 FROM nonce WHERE key = ?1",
    [STATE] = "SELECT held, horizon FROM nonce_memory",
    [ADD] = "INSERT INTO nonce (key, expires_at) VALUES (?1, ?2)",
    [COUNT] = "UPDATE nonce_memory SET held = held + ?1, "
	      "horizon = max(horizon, ?2)",
};

struct nonce_memory {
	struct store *store;
	long limit;
	sqlite3_stmt *statement[STATEMENTS];
};

struct nonce_memory *
nonce_memory_new(struct store *store, long limit)
{
	struct nonce_memory *m = calloc(1, sizeof(*m));

	if (m == NULL || store_script(store, schema) == -1) {
		nonce_memory_free(m);
		return NULL;
	}
	m->store = store;
	m->limit = limit;
	for (int i = 0; i < STATEMENTS; i++) {
		if ((m->statement[i] = store_prepare(store, sql[i])) == NULL) {
			nonce_memory_free(m);
			return NULL;
		}
	}
	return m;
}

void
nonce_memory_free(struct nonce_memory *m)
{
	if (m == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(m->statement[i]);
	free(m);
}

void
nonce_key(struct bytes keyid, struct bytes nonce, uint8_t into[NONCE_KEY_SIZE])
{
	struct buffer both = {0};
	struct bytes all;

	buffer_add_u32(&both, (uint32_t)keyid.left);
	buffer_add_bytes(&both, keyid);
	buffer_add_u32(&both, (uint32_t)nonce.left);
	buffer_add_bytes(&both, nonce);
	all = buffer_bytes(&both);
	if (EVP_Digest(all.at, all.left, into, NULL, EVP_sha256(), NULL) != 1)
		abort(); /* a key of stale bytes would be worse */
	buffer_clear(&both);
}

static int
state(struct nonce_memory *m, int64_t *held, int64_t *horizon)
{
	sqlite3_stmt *get = m->statement[STATE];

	if (store_step(m->store, get) != SQLITE_ROW)
		return -1;
	*held = sqlite3_column_int64(get, 0);
	*horizon = sqlite3_column_int64(get, 1);
	sqlite3_reset(get);
	return 0;
}

static int
count(struct nonce_memory *m, int more, int64_t horizon)
{
	sqlite3_stmt *set = m->statement[COUNT];

	sqlite3_bind_int(set, 1, more);
	sqlite3_bind_int64(set, 2, horizon);
	return store_run(m->store, set);
}

static int
forget(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	sqlite3_stmt *delete = m->statement[FORGET];
	int64_t horizon = 0, expired;
	int step, forgotten = 0;

	sqlite3_bind_int64(delete, 1, now);
	sqlite3_bind_blob(delete, 2, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	while ((step = store_step(m->store, delete)) == SQLITE_ROW) {
		expired = sqlite3_column_int64(delete, 0);
		if (expired + 1 > horizon)
			horizon = expired + 1;
		forgotten++;
	}
	sqlite3_reset(delete);
	if (step != SQLITE_DONE)
		return -1;
	return forgotten == 0 ? 0 : count(m, -forgotten, horizon);
}

static enum nonce_answer
find(struct nonce_memory *m, const uint8_t *key)
{
	sqlite3_stmt *get = m->statement[FIND];
	int step;

	sqlite3_bind_blob(get, 1, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	step = store_step(m->store, get);
	sqlite3_reset(get);
	if (step == -1)
		return NONCE_UNAVAILABLE;
	return step == SQLITE_ROW ? NONCE_SEEN : NONCE_FRESH;
}

static enum nonce_answer
add(struct nonce_memory *m, const uint8_t *key, int64_t expires_at)
{
	sqlite3_stmt *insert = m->statement[ADD];
	int64_t held, horizon;

	if (state(m, &held, &horizon) == -1)
		return NONCE_UNAVAILABLE;
	if (held >= m->limit)
		return NONCE_FULL;
	sqlite3_bind_blob(insert, 1, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(insert, 2, expires_at);
	if (store_run(m->store, insert) == -1 || count(m, 1, horizon) == -1)
		return NONCE_UNAVAILABLE;
	return NONCE_FRESH;
}

enum nonce_answer
nonce_memory_add_if_absent(struct nonce_memory *m,
    const uint8_t key[NONCE_KEY_SIZE], int64_t now, int64_t expires_at)
{
	enum nonce_answer found;

	if (forget(m, key, now) == -1)
		return NONCE_UNAVAILABLE;
	found = find(m, key);
	return found == NONCE_FRESH ? add(m, key, expires_at) : found;
}

int64_t
nonce_memory_horizon(struct nonce_memory *m)
{
	int64_t held, horizon;

	return state(m, &held, &horizon) == -1 ? -1 : horizon;
}
