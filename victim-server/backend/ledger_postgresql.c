/* SPDX-License-Identifier: MIT */
/* A ledger in a shared database, with its accounts and nonces. */
#include "ledger_postgresql.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/nonce_rows.h"
#include "backend/nonce_table.h"
#include "backend/postgresql.h"

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS account ("
    "name text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))",
    "CREATE TABLE IF NOT EXISTS transfer ("
    "seq bigserial PRIMARY KEY, id text NOT NULL, from_account text NOT NULL, "
    "to_account text NOT NULL, amount bigint NOT NULL, keyid text, nonce text, "
    "fingerprint text NOT NULL, src_ip text NOT NULL, "
    "src_port integer NOT NULL, at bigint NOT NULL)",
    "CREATE TABLE IF NOT EXISTS first_answer ("
    "key text PRIMARY KEY, request text NOT NULL, seq bigint NOT NULL, "
    "balance bigint NOT NULL)",
    NULL,
};

static const char open_sql[] =
    "INSERT INTO account VALUES ($1, $2::bigint) ON CONFLICT DO NOTHING";
static const char balance_sql[] = "SELECT balance FROM account WHERE name = $1";
static const char both_sql[] =
    "SELECT (SELECT balance FROM account WHERE name = $1), "
    "EXISTS (SELECT 1 FROM account WHERE name = $2)";
/* Newest first: it ends at the account's last transfer. */
static const char version_sql[] =
    "SELECT seq FROM transfer WHERE from_account = $1 OR to_account = $1 "
    "ORDER BY seq DESC LIMIT 1";
static const char find_sql[] =
    "SELECT (request = $2)::int, seq, balance FROM first_answer "
    "WHERE key = $1";
static const char keep_sql[] =
    "INSERT INTO first_answer VALUES ($1, $2, $3::bigint, $4::bigint)";
/* Who pays himself moves nothing. */
static const char move_sql[] =
    "WITH moved AS (UPDATE account SET balance = balance + $4::bigint * "
    "((name = $3)::int - (name = $2)::int) WHERE name IN ($2, $3)) "
    "INSERT INTO transfer (id, from_account, to_account, amount, keyid, nonce, "
    "fingerprint, src_ip, src_port, at) VALUES "
    "($1, $2, $3, $4::bigint, $5, $6, $7, $8, $9::integer, $10::bigint) "
    "RETURNING seq";

struct ledger_postgresql {
	struct ledger ledger; /* first: a pointer to one is to both */
	struct postgresql *database;
	struct nonce_memory *nonces;
};

static struct ledger_postgresql *
postgresql_of(struct ledger *l)
{
	return (struct ledger_postgresql *)l;
}

static void
shared_close(struct ledger *ledger)
{
	struct ledger_postgresql *l = postgresql_of(ledger);

	nonce_memory_free(l->nonces);
	postgresql_free(l->database);
	free(l);
}

static int
shared_begin(struct ledger *l)
{
	return postgresql_begin(postgresql_of(l)->database);
}

static enum ledger_end
shared_commit(struct ledger *l)
{
	switch (postgresql_commit(postgresql_of(l)->database)) {
	case POSTGRESQL_COMMITTED:
		return LEDGER_BOOKED;
	case POSTGRESQL_ROLLED_BACK:
		return LEDGER_NOT_BOOKED;
	case POSTGRESQL_IN_DOUBT:
		break;
	}
	return LEDGER_IN_DOUBT;
}

static struct nonce_memory *
shared_nonces(struct ledger *l)
{
	return postgresql_of(l)->nonces;
}

/* A number as a parameter is written. */
struct spelt {
	char text[24];
};

static const char *
spell(struct spelt *s, int64_t number)
{
	snprintf(s->text, sizeof(s->text), "%" PRId64, number);
	return s->text;
}

static int
shared_open_account(struct ledger *l, const struct account *a)
{
	struct spelt balance;
	const char *const with[] = {a->name, spell(&balance, a->balance)};

	return postgresql_ask(postgresql_of(l)->database, open_sql, with, 2);
}

static enum bank_answer
shared_balance(struct ledger *l, const char *name, int64_t *balance)
{
	struct postgresql *database = postgresql_of(l)->database;
	int rows = postgresql_ask(database, balance_sql, &name, 1);

	if (rows == 1)
		*balance = postgresql_number(database, 0, 0);
	return rows == -1  ? BANK_UNAVAILABLE
	       : rows == 1 ? BANK_DONE
			   : BANK_UNKNOWN_ACCOUNT;
}

/* Are both there, and what has the first? */
static enum bank_answer
find_accounts(
    struct postgresql *database, const struct transfer *t, int64_t *balance)
{
	const char *const with[] = {t->from, t->to};

	if (postgresql_ask(database, both_sql, with, 2) != 1)
		return BANK_UNAVAILABLE;
	if (*postgresql_text(database, 0, 0) == '\0' ||
	    strcmp(postgresql_text(database, 0, 1), "t") != 0)
		return BANK_UNKNOWN_ACCOUNT;
	*balance = postgresql_number(database, 0, 0);
	return *balance < t->amount ? BANK_INSUFFICIENT_FUNDS : BANK_DONE;
}

/* A window as text, or NULL for an empty one. */
static const char *
text_of(struct bytes window, char *into, size_t size)
{
	snprintf(into, size, "%.*s", (int)window.left, (const char *)window.at);
	return window.left > 0 ? into : NULL;
}

static enum bank_answer
shared_transfer(struct ledger *l, const struct transfer *t,
    const struct origin *origin, struct receipt *receipt)
{
	struct postgresql *database = postgresql_of(l)->database;
	struct spelt amount, port, at;
	char keyid[1024], nonce[1024];
	const char *const with[] = {t->id, t->from, t->to,
	    spell(&amount, t->amount),
	    text_of(origin->keyid, keyid, sizeof(keyid)),
	    text_of(origin->nonce, nonce, sizeof(nonce)), origin->fingerprint,
	    origin->src_ip, spell(&port, origin->src_port),
	    spell(&at, origin->at)};
	enum bank_answer found = find_accounts(database, t, &receipt->balance);

	if (found != BANK_DONE)
		return found;
	if (postgresql_ask(database, move_sql, with, 10) != 1)
		return BANK_UNAVAILABLE;
	receipt->seq = postgresql_number(database, 0, 0);
	receipt->balance -= t->amount;
	return BANK_DONE;
}

static int64_t
shared_account_version(struct ledger *l, const char *name)
{
	struct postgresql *database = postgresql_of(l)->database;

	switch (postgresql_ask(database, version_sql, &name, 1)) {
	case 0:
		return 0;
	case 1:
		return postgresql_number(database, 0, 0);
	}
	return -1;
}

/* A first answer's key with its owner, and its request, as they are kept. */
struct spelt_answer {
	char key[2 * NONCE_KEY_SIZE + 1], request[2 * NONCE_KEY_SIZE + 1];
};

static void
spell_hash(struct bytes whose, struct bytes what, char *into)
{
	uint8_t hash[NONCE_KEY_SIZE];

	nonce_key(whose, what, hash);
	for (size_t i = 0; i < NONCE_KEY_SIZE; i++)
		snprintf(&into[2 * i], 3, "%02x", hash[i]);
}

static void
spell_answer(const struct first_answer *answer, struct spelt_answer *s)
{
	spell_hash(answer->keyid, answer->key, s->key);
	spell_hash(answer->keyid, answer->request, s->request);
}

static enum first_answer_found
shared_find_answer(struct ledger *l, struct first_answer *answer)
{
	struct postgresql *database = postgresql_of(l)->database;
	struct spelt_answer spelt;
	const char *const with[] = {spelt.key, spelt.request};

	spell_answer(answer, &spelt);
	switch (postgresql_ask(database, find_sql, with, 2)) {
	case 0:
		return FIRST_ANSWER_NONE;
	case 1:
		answer->seq = postgresql_number(database, 0, 1);
		answer->balance = postgresql_number(database, 0, 2);
		return postgresql_number(database, 0, 0) == 1
			   ? FIRST_ANSWER_SAME
			   : FIRST_ANSWER_OTHER_REQUEST;
	}
	return FIRST_ANSWER_UNAVAILABLE;
}

static int
shared_keep_answer(struct ledger *l, const struct first_answer *answer)
{
	struct spelt_answer spelt;
	struct spelt seq, balance;
	const char *const with[] = {spelt.key, spelt.request,
	    spell(&seq, answer->seq), spell(&balance, answer->balance)};

	spell_answer(answer, &spelt);
	return postgresql_ask(postgresql_of(l)->database, keep_sql, with, 4) ==
		       -1
		   ? -1
		   : 0;
}

/* Inside a transaction, whose lock keeps backends that start together apart. */
static int
make_tables(struct postgresql *database)
{
	if (postgresql_begin(database) == -1)
		return -1;
	for (size_t i = 0; schema[i] != NULL; i++)
		(void)postgresql_ask(database, schema[i], NULL, 0);
	for (size_t i = 0; nonce_rows_schema[i] != NULL; i++)
		(void)postgresql_ask(database, nonce_rows_schema[i], NULL, 0);
	return postgresql_commit(database) == POSTGRESQL_COMMITTED ? 0 : -1;
}

struct ledger *
ledger_postgresql_open(const struct ledger_postgresql_settings *settings)
{
	static const struct ledger_kind kind = {shared_begin, shared_commit,
	    shared_nonces, shared_open_account, shared_transfer, shared_balance,
	    shared_account_version, shared_find_answer, shared_keep_answer,
	    shared_close};
	long limit = settings->nonce_limit > 0 ? settings->nonce_limit
					       : NONCE_TABLE_LIMIT;
	struct ledger_postgresql *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		warn("ledger");
		return NULL;
	}
	l->ledger.kind = &kind;
	if ((l->database = postgresql_new(
		 settings->remotes, settings->count)) == NULL ||
	    make_tables(l->database) == -1 ||
	    (l->nonces = nonce_rows_new(l->database, limit)) == NULL) {
		shared_close(&l->ledger);
		return NULL;
	}
	return &l->ledger;
}
