/* SPDX-License-Identifier: MIT */
/* The accounts, a table of the ledger. */
#include "bank.h"

#include <stdlib.h>
#include <string.h>

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS account ("
    "name TEXT PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0));";

enum statement { OPEN, GET, CHANGE, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [OPEN] = "INSERT OR IGNORE INTO account (name, balance) VALUES (?1, ?2)",
    [GET] = "SELECT balance FROM account WHERE name = ?1",
    [CHANGE] = "UPDATE account SET balance = balance + ?2 WHERE name = ?1",
};

struct bank {
	struct store *store;
	sqlite3_stmt *statement[STATEMENTS];
};

struct bank *
bank_new(struct store *store)
{
	struct bank *b = calloc(1, sizeof(*b));

	if (b == NULL || store_script(store, schema) == -1) {
		bank_free(b);
		return NULL;
	}
	b->store = store;
	for (int i = 0; i < STATEMENTS; i++) {
		if ((b->statement[i] = store_prepare(store, sql[i])) == NULL) {
			bank_free(b);
			return NULL;
		}
	}
	return b;
}

void
bank_free(struct bank *b)
{
	if (b == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(b->statement[i]);
	free(b);
}

static sqlite3_stmt *
bind_name(struct bank *b, enum statement which, const char *name)
{
	sqlite3_bind_text(b->statement[which], 1, name, -1, SQLITE_STATIC);
	return b->statement[which];
}

int
bank_open_account(struct bank *b, const struct account *a)
{
	sqlite3_stmt *insert = bind_name(b, OPEN, a->name);

	sqlite3_bind_int64(insert, 2, a->balance);
	return store_run(b->store, insert);
}

enum bank_answer
bank_balance(struct bank *b, const char *name, int64_t *balance)
{
	sqlite3_stmt *get = bind_name(b, GET, name);
	int step = store_step(b->store, get);

	if (step == SQLITE_ROW)
		*balance = sqlite3_column_int64(get, 0);
	sqlite3_reset(get);
	if (step == -1)
		return BANK_UNAVAILABLE;
	return step == SQLITE_ROW ? BANK_DONE : BANK_UNKNOWN_ACCOUNT;
}

static int
change(struct bank *b, const char *name, int64_t by)
{
	sqlite3_stmt *update = bind_name(b, CHANGE, name);

	sqlite3_bind_int64(update, 2, by);
	return store_run(b->store, update);
}

enum bank_answer
bank_move(struct bank *b, const struct transfer *t, int64_t *balance)
{
	enum bank_answer found;
	int64_t from, to;

	if ((found = bank_balance(b, t->from, &from)) != BANK_DONE)
		return found;
	if (from < t->amount) {
		found = bank_balance(b, t->to, &to);
		return found == BANK_DONE ? BANK_INSUFFICIENT_FUNDS : found;
	}
	if (change(b, t->to, t->amount) == -1)
		return BANK_UNAVAILABLE;
	if (store_changes(b->store) == 0)
		return BANK_UNKNOWN_ACCOUNT;
	if (change(b, t->from, -t->amount) == -1)
		return BANK_UNAVAILABLE;
	*balance = from - t->amount;
	return BANK_DONE;
}
