/* SPDX-License-Identifier: MIT */
/* A memory of nonces as one table, and one row about the table. */
#include "nonce_table.h"

#include <err.h>
#include <stdlib.h>

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

struct nonce_table {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct store *store;
	long limit;
	sqlite3_stmt *statement[STATEMENTS];
};

static struct nonce_table *
table_of(struct nonce_memory *m)
{
	return (struct nonce_table *)m;
}

static void
table_free(struct nonce_memory *m)
{
	struct nonce_table *t = table_of(m);

	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(t->statement[i]);
	free(t);
}

static int
state(struct nonce_table *t, int64_t *held, int64_t *horizon)
{
	sqlite3_stmt *get = t->statement[STATE];

	if (store_step(t->store, get) != SQLITE_ROW)
		return -1;
	*held = sqlite3_column_int64(get, 0);
	*horizon = sqlite3_column_int64(get, 1);
	sqlite3_reset(get);
	return 0;
}

static int
count(struct nonce_table *t, int more, int64_t horizon)
{
	sqlite3_stmt *set = t->statement[COUNT];

	sqlite3_bind_int(set, 1, more);
	sqlite3_bind_int64(set, 2, horizon);
	return store_run(t->store, set);
}

static int
forget(struct nonce_table *t, const uint8_t *key, int64_t now)
{
	sqlite3_stmt *delete = t->statement[FORGET];
	int64_t horizon = 0, expired;
	int step, forgotten = 0;

	sqlite3_bind_int64(delete, 1, now);
	sqlite3_bind_blob(delete, 2, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	while ((step = store_step(t->store, delete)) == SQLITE_ROW) {
		expired = sqlite3_column_int64(delete, 0);
		if (expired + 1 > horizon)
			horizon = expired + 1;
		forgotten++;
	}
	sqlite3_reset(delete);
	if (step != SQLITE_DONE)
		return -1;
	return forgotten == 0 ? 0 : count(t, -forgotten, horizon);
}

static enum nonce_answer
find(struct nonce_table *t, const uint8_t *key)
{
	sqlite3_stmt *get = t->statement[FIND];
	int step;

	sqlite3_bind_blob(get, 1, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	step = store_step(t->store, get);
	sqlite3_reset(get);
	if (step == -1)
		return NONCE_UNAVAILABLE;
	return step == SQLITE_ROW ? NONCE_SEEN : NONCE_FRESH;
}

static enum nonce_answer
add(struct nonce_table *t, const uint8_t *key, int64_t expires_at)
{
	sqlite3_stmt *insert = t->statement[ADD];
	int64_t held, horizon;

	if (state(t, &held, &horizon) == -1)
		return NONCE_UNAVAILABLE;
	if (held >= t->limit)
		return NONCE_FULL;
	sqlite3_bind_blob(insert, 1, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(insert, 2, expires_at);
	if (store_run(t->store, insert) == -1 || count(t, 1, horizon) == -1)
		return NONCE_UNAVAILABLE;
	return NONCE_FRESH;
}

static enum nonce_answer
table_look(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	struct nonce_table *t = table_of(m);

	return forget(t, key, now) == -1 ? NONCE_UNAVAILABLE : find(t, key);
}

static enum nonce_answer
table_add(
    struct nonce_memory *m, const uint8_t *key, int64_t now, int64_t expires_at)
{
	enum nonce_answer found = table_look(m, key, now);

	return found == NONCE_FRESH ? add(table_of(m), key, expires_at) : found;
}

static int64_t
table_horizon(struct nonce_memory *m)
{
	int64_t held, horizon;

	return state(table_of(m), &held, &horizon) == -1 ? -1 : horizon;
}

struct nonce_memory *
nonce_table_new(struct store *store, long limit)
{
	static const struct nonce_memory_kind kind = {
	    table_add, table_look, table_horizon, table_free};
	struct nonce_table *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		warn("nonces");
		return NULL;
	}
	t->memory.kind = &kind;
	t->store = store;
	t->limit = limit;
	if (store_script(store, schema) == -1)
		goto fail;
	for (int i = 0; i < STATEMENTS; i++)
		if ((t->statement[i] = store_prepare(store, sql[i])) == NULL)
			goto fail;
	return &t->memory;

fail:
	table_free(&t->memory);
	return NULL;
}
