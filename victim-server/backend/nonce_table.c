/* SPDX-License-Identifier: MIT */
/* A memory of nonces as one table, and one row about the table. */
#include "nonce_table.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define FORGET_STEP 4 /* nonces at most that one step forgets */

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS nonce ("
    "key BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS nonce_expires_at ON nonce (expires_at);"
    "CREATE TABLE IF NOT EXISTS nonce_memory ("
    "one INTEGER PRIMARY KEY CHECK (one = 1), held INTEGER NOT NULL, "
    "horizon INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO nonce_memory VALUES (1, 0, 0);";

enum statement { OLDEST, FIND, FORGET, HORIZON, ADD, COUNT, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [OLDEST] = "SELECT key, expires_at FROM nonce WHERE expires_at < ?1 "
	       "ORDER BY expires_at LIMIT 1",
    [FIND] = "SELECT key, expires_at FROM nonce WHERE key = ?1",
    [FORGET] = "DELETE FROM nonce WHERE key = ?1",
    [HORIZON] = "SELECT horizon FROM nonce_memory",
    [ADD] = "INSERT INTO nonce (key, expires_at) SELECT ?1, ?2 "
	    "FROM nonce_memory WHERE held + ?3 < ?4",
    [COUNT] = "UPDATE nonce_memory SET held = held + ?1, "
	      "horizon = max(horizon, ?2)",
};

struct nonce_table {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct store *store;
	long limit;
	/* Of the step under way, for the row about the table: */
	int more;
	int64_t horizon;
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

/* What the step has changed, if it has. */
static int
count(struct nonce_table *t)
{
	sqlite3_stmt *set = t->statement[COUNT];

	if (t->more == 0 && t->horizon == 0)
		return 0;
	sqlite3_bind_int(set, 1, t->more);
	sqlite3_bind_int64(set, 2, t->horizon);
	return store_run(t->store, set);
}

/* A nonce of the table, and until when it is to be remembered. */
struct row {
	uint8_t key[NONCE_KEY_SIZE];
	int64_t expires_at;
};

/* 1, 0 if there is none, or -1. */
static int
read_row(struct nonce_table *t, enum statement which, struct row *row)
{
	sqlite3_stmt *get = t->statement[which];
	int step = store_step(t->store, get);

	if (step == SQLITE_ROW &&
	    sqlite3_column_bytes(get, 0) != sizeof(row->key))
		step = -1; /* not a row of ours */
	if (step == SQLITE_ROW) {
		memcpy(row->key, sqlite3_column_blob(get, 0), sizeof(row->key));
		row->expires_at = sqlite3_column_int64(get, 1);
	}
	sqlite3_reset(get);
	return step == -1 ? -1 : step == SQLITE_ROW;
}

static int
forget(struct nonce_table *t, const struct row *row)
{
	sqlite3_stmt *delete = t->statement[FORGET];

	t->more--;
	if (t->horizon < row->expires_at + 1)
		t->horizon = row->expires_at + 1;
	sqlite3_bind_blob(delete, 1, row->key, sizeof(row->key), SQLITE_STATIC);
	return store_run(t->store, delete);
}

/* Some of what has expired. */
static int
forget_some(struct nonce_table *t, int64_t now)
{
	struct row row;
	int found = 1;

	sqlite3_bind_int64(t->statement[OLDEST], 1, now);
	for (int i = 0; i < FORGET_STEP && found == 1; i++)
		if ((found = read_row(t, OLDEST, &row)) == 1 &&
		    forget(t, &row) == -1)
			found = -1;
	return found == -1 ? -1 : 0;
}

static enum nonce_answer
find(struct nonce_table *t, const uint8_t *key, int64_t now)
{
	struct row row;
	int found;

	sqlite3_bind_blob(
	    t->statement[FIND], 1, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	found = read_row(t, FIND, &row);
	if (found == 1 && row.expires_at >= now)
		return NONCE_SEEN;
	return found == -1 || (found == 1 && forget(t, &row) == -1)
		   ? NONCE_UNAVAILABLE
		   : NONCE_FRESH;
}

/* The step but for its count. */
static enum nonce_answer
look(struct nonce_table *t, const uint8_t *key, int64_t now)
{
	t->more = 0;
	t->horizon = 0;
	return forget_some(t, now) == -1 ? NONCE_UNAVAILABLE
					 : find(t, key, now);
}

/* Unless there is no room. */
static enum nonce_answer
add(struct nonce_table *t, const uint8_t *key, int64_t expires_at)
{
	sqlite3_stmt *insert = t->statement[ADD];

	sqlite3_bind_blob(insert, 1, key, NONCE_KEY_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(insert, 2, expires_at);
	sqlite3_bind_int(insert, 3, t->more);
	sqlite3_bind_int64(insert, 4, t->limit);
	if (store_run(t->store, insert) == -1)
		return NONCE_UNAVAILABLE;
	if (store_changes(t->store) == 0)
		return NONCE_FULL;
	t->more++;
	return NONCE_FRESH;
}

static enum nonce_answer
table_look(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	struct nonce_table *t = table_of(m);
	enum nonce_answer answer = look(t, key, now);

	return count(t) == -1 ? NONCE_UNAVAILABLE : answer;
}

static enum nonce_answer
table_add(
    struct nonce_memory *m, const uint8_t *key, int64_t now, int64_t expires_at)
{
	struct nonce_table *t = table_of(m);
	enum nonce_answer answer = look(t, key, now);

	if (answer == NONCE_FRESH)
		answer = add(t, key, expires_at);
	return count(t) == -1 ? NONCE_UNAVAILABLE : answer;
}

static int64_t
table_horizon(struct nonce_memory *m)
{
	struct nonce_table *t = table_of(m);
	sqlite3_stmt *get = t->statement[HORIZON];
	int64_t horizon = -1;

	if (store_step(t->store, get) == SQLITE_ROW)
		horizon = sqlite3_column_int64(get, 0);
	sqlite3_reset(get);
	return horizon;
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
