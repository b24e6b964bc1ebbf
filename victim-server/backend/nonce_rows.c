/* SPDX-License-Identifier: MIT */
/* A memory of nonces as one table of PostgreSQL, and one row about it. */
#include "nonce_rows.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define HEX_SIZE (2 * NONCE_KEY_SIZE + 3) /* "\\x" and a NUL */

const char *const nonce_rows_schema[] = {
    "CREATE TABLE IF NOT EXISTS nonce ("
    "key bytea PRIMARY KEY, expires_at bigint NOT NULL)",
    "CREATE INDEX IF NOT EXISTS nonce_expires_at ON nonce (expires_at)",
    "CREATE TABLE IF NOT EXISTS nonce_memory ("
    "one integer PRIMARY KEY CHECK (one = 1), held bigint NOT NULL, "
    "horizon bigint NOT NULL)",
    "INSERT INTO nonce_memory VALUES (1, 0, 0) ON CONFLICT DO NOTHING",
    NULL,
};

/* A few rows that expired, and the one asked for; answers how many are left. */
static const char forget_sql[] =
    "WITH gone AS (DELETE FROM nonce WHERE expires_at < $2::bigint AND "
    "(key = $1::bytea OR key IN (SELECT key FROM nonce WHERE expires_at < "
    "$2::bigint ORDER BY expires_at LIMIT 4)) RETURNING expires_at) "
    "UPDATE nonce_memory SET held = held - (SELECT count(*) FROM gone), "
    "horizon = greatest(horizon, (SELECT max(expires_at) + 1 FROM gone)) "
    "RETURNING held";

/* One step: it answers 1 if the key was not there. */
static const char add_sql[] =
    "WITH added AS (INSERT INTO nonce VALUES ($1::bytea, $2::bigint) "
    "ON CONFLICT DO NOTHING RETURNING 1), "
    "counted AS (UPDATE nonce_memory SET held = held + 1 "
    "WHERE EXISTS (SELECT 1 FROM added)) "
    "SELECT count(*) FROM added";

static const char look_sql[] = "SELECT 1 FROM nonce WHERE key = $1::bytea";
static const char horizon_sql[] = "SELECT horizon FROM nonce_memory";

struct nonce_rows {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct postgresql *database;
	long limit;
};

static struct nonce_rows *
rows_of(struct nonce_memory *m)
{
	return (struct nonce_rows *)m;
}

static void
rows_free(struct nonce_memory *m)
{
	free(rows_of(m));
}

static void
spell_key(const uint8_t *key, char into[HEX_SIZE])
{
	snprintf(into, HEX_SIZE, "\\x");
	for (size_t i = 0; i < NONCE_KEY_SIZE; i++)
		snprintf(&into[2 + 2 * i], 3, "%02x", key[i]);
}

/* How many are left in *held. */
static int
forget(struct nonce_rows *r, const char *key, int64_t now, int64_t *held)
{
	char time[24];
	const char *const with[] = {key, time};

	snprintf(time, sizeof(time), "%" PRId64, now);
	if (postgresql_ask(r->database, forget_sql, with, 2) != 1)
		return -1;
	*held = postgresql_number(r->database, 0, 0);
	return 0;
}

static enum nonce_answer
find(struct nonce_rows *r, const char *key)
{
	switch (postgresql_ask(r->database, look_sql, &key, 1)) {
	case 0:
		return NONCE_FRESH;
	case 1:
		return NONCE_SEEN;
	}
	return NONCE_UNAVAILABLE;
}

static enum nonce_answer
rows_look(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	char spelt[HEX_SIZE];
	int64_t held;

	spell_key(key, spelt);
	return forget(rows_of(m), spelt, now, &held) == -1
		   ? NONCE_UNAVAILABLE
		   : find(rows_of(m), spelt);
}

static enum nonce_answer
rows_add(
    struct nonce_memory *m, const uint8_t *key, int64_t now, int64_t expires_at)
{
	struct nonce_rows *r = rows_of(m);
	char spelt[HEX_SIZE], time[24];
	const char *const with[] = {spelt, time};
	enum nonce_answer found;
	int64_t held;

	spell_key(key, spelt);
	snprintf(time, sizeof(time), "%" PRId64, expires_at);
	if (forget(r, spelt, now, &held) == -1)
		return NONCE_UNAVAILABLE;
	if (held >= r->limit) {
		found = find(r, spelt);
		return found == NONCE_FRESH ? NONCE_FULL : found;
	}
	if (postgresql_ask(r->database, add_sql, with, 2) != 1)
		return NONCE_UNAVAILABLE;
	return postgresql_number(r->database, 0, 0) == 1 ? NONCE_FRESH
							 : NONCE_SEEN;
}

static int64_t
rows_horizon(struct nonce_memory *m)
{
	struct nonce_rows *r = rows_of(m);

	return postgresql_ask(r->database, horizon_sql, NULL, 0) == 1
		   ? postgresql_number(r->database, 0, 0)
		   : -1;
}

struct nonce_memory *
nonce_rows_new(struct postgresql *database, long limit)
{
	static const struct nonce_memory_kind kind = {
	    rows_add, rows_look, rows_horizon, rows_free};
	struct nonce_rows *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		warn("nonces");
		return NULL;
	}
	r->memory.kind = &kind;
	r->database = database;
	r->limit = limit;
	return &r->memory;
}
