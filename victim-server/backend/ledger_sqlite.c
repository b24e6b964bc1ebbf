/* SPDX-License-Identifier: MIT */
/* A ledger in one SQLite file: one store with its three tenants. */
#include "ledger_sqlite.h"

#include <err.h>
#include <stdlib.h>

#include "backend/nonce_table.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS transfer ("
    "seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, "
    "from_account TEXT NOT NULL, to_account TEXT NOT NULL, "
    "amount INTEGER NOT NULL, keyid TEXT, nonce TEXT, "
    "fingerprint TEXT NOT NULL, src_ip TEXT NOT NULL, "
    "src_port INTEGER NOT NULL, at INTEGER NOT NULL);";

static const char append_sql[] =
    "INSERT INTO transfer (id, from_account, to_account, amount, keyid, "
    "nonce, fingerprint, src_ip, src_port, at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/* Newest first: it ends at the account's last transfer. */
static const char version_sql[] =
    "SELECT seq FROM transfer WHERE from_account = ?1 OR to_account = ?1 "
    "ORDER BY seq DESC LIMIT 1";

struct ledger_sqlite {
	struct ledger ledger; /* first: a pointer to one is to both */
	struct store *store;
	struct bank *bank;
	struct nonce_memory *nonces;
	struct first_answers *first_answers;
	sqlite3_stmt *append, *version;
};

const char *
ledger_sqlite_version(void)
{
	return sqlite3_libversion();
}

static struct ledger_sqlite *
sqlite_of(struct ledger *l)
{
	return (struct ledger_sqlite *)l;
}

static void
sqlite_close(struct ledger *ledger)
{
	struct ledger_sqlite *l = sqlite_of(ledger);

	nonce_memory_free(l->nonces);
	first_answers_free(l->first_answers);
	bank_free(l->bank);
	sqlite3_finalize(l->append);
	sqlite3_finalize(l->version);
	store_close(l->store);
	free(l);
}

static int
sqlite_begin(struct ledger *l)
{
	return store_begin(sqlite_of(l)->store);
}

static enum ledger_end
sqlite_commit(struct ledger *l)
{
	return store_commit(sqlite_of(l)->store) == 0 ? LEDGER_BOOKED
						      : LEDGER_NOT_BOOKED;
}

static struct nonce_memory *
sqlite_nonces(struct ledger *l)
{
	return sqlite_of(l)->nonces;
}

static int
sqlite_open_account(struct ledger *l, const struct account *a)
{
	return bank_open_account(sqlite_of(l)->bank, a);
}

static enum bank_answer
sqlite_balance(struct ledger *l, const char *name, int64_t *balance)
{
	return bank_balance(sqlite_of(l)->bank, name, balance);
}

static void
bind_window(sqlite3_stmt *statement, int at, struct bytes window)
{
	if (window.left > 0)
		sqlite3_bind_text(statement, at, (const char *)window.at,
		    (int)window.left, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, at);
}

static int
append(struct ledger_sqlite *l, const struct transfer *t,
    const struct origin *origin)
{
	sqlite3_stmt *row = l->append;

	sqlite3_bind_text(row, 1, t->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(row, 2, t->from, -1, SQLITE_STATIC);
	sqlite3_bind_text(row, 3, t->to, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 4, t->amount);
	bind_window(row, 5, origin->keyid);
	bind_window(row, 6, origin->nonce);
	sqlite3_bind_text(row, 7, origin->fingerprint, -1, SQLITE_STATIC);
	sqlite3_bind_text(row, 8, origin->src_ip, -1, SQLITE_STATIC);
	sqlite3_bind_int64(row, 9, origin->src_port);
	sqlite3_bind_int64(row, 10, origin->at);
	return store_run(l->store, row);
}

/* BANK_DONE: go on. */
static enum bank_answer
sqlite_transfer(struct ledger *ledger, const struct transfer *t,
    const struct origin *origin, struct receipt *receipt)
{
	struct ledger_sqlite *l = sqlite_of(ledger);
	enum bank_answer moved = bank_move(l->bank, t, &receipt->balance);

	if (moved != BANK_DONE)
		return moved;
	if (append(l, t, origin) == -1)
		return BANK_UNAVAILABLE;
	receipt->seq = store_last_rowid(l->store);
	return BANK_DONE;
}

static int64_t
sqlite_account_version(struct ledger *ledger, const char *name)
{
	struct ledger_sqlite *l = sqlite_of(ledger);
	int64_t version = -1;
	int step;

	sqlite3_bind_text(l->version, 1, name, -1, SQLITE_TRANSIENT);
	if ((step = store_step(l->store, l->version)) == SQLITE_ROW)
		version = sqlite3_column_int64(l->version, 0);
	else if (step == SQLITE_DONE)
		version = 0;
	sqlite3_reset(l->version);
	return version;
}

static enum first_answer_found
sqlite_find_answer(struct ledger *l, struct first_answer *answer)
{
	return first_answers_find(sqlite_of(l)->first_answers, answer);
}

static int
sqlite_keep_answer(struct ledger *l, const struct first_answer *answer)
{
	return first_answers_keep(sqlite_of(l)->first_answers, answer);
}

struct ledger *
ledger_sqlite_open(const struct ledger_sqlite_settings *settings)
{
	static const struct ledger_kind kind = {sqlite_begin, sqlite_commit,
	    sqlite_nonces, sqlite_open_account, sqlite_transfer, sqlite_balance,
	    sqlite_account_version, sqlite_find_answer, sqlite_keep_answer,
	    sqlite_close};
	long limit = settings->nonce_limit > 0 ? settings->nonce_limit
					       : NONCE_TABLE_LIMIT;
	struct ledger_sqlite *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		warn("ledger");
		return NULL;
	}
	l->ledger.kind = &kind;
	if ((l->store = store_open(settings->path, settings->page_limit)) ==
		NULL ||
	    store_begin(l->store) == -1 ||
	    store_script(l->store, schema) == -1 ||
	    (l->append = store_prepare(l->store, append_sql)) == NULL ||
	    (l->version = store_prepare(l->store, version_sql)) == NULL ||
	    (l->first_answers = first_answers_new(l->store)) == NULL ||
	    (l->bank = bank_new(l->store)) == NULL ||
	    (l->nonces = nonce_table_new(l->store, limit)) == NULL ||
	    store_commit(l->store) == -1) { /* all tables at once */
		sqlite_close(&l->ledger);
		return NULL;
	}
	return &l->ledger;
}
