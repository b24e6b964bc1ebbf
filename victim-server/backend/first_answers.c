/* SPDX-License-Identifier: MIT */
/* First answers as one table beside the ledger's. */
#include "first_answers.h"

#include <err.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "backend/store.h"

#define DIGEST_SIZE 32

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS first_answer ("
    "keyid BLOB NOT NULL, key BLOB NOT NULL, request BLOB NOT NULL, "
    "seq INTEGER NOT NULL, balance INTEGER NOT NULL, "
    "PRIMARY KEY (keyid, key)) WITHOUT ROWID;";

enum statement { FIND, KEEP, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [FIND] = "SELECT request = ?3, seq, balance FROM first_answer "
	     "WHERE keyid = ?1 AND key = ?2",
    [KEEP] = "INSERT INTO first_answer (keyid, key, request, seq, balance) "
	     "VALUES (?1, ?2, ?3, ?4, ?5)",
};

struct first_answers {
	struct store *store;
	sqlite3_stmt *statement[STATEMENTS];
};

struct first_answers *
first_answers_new(struct store *store)
{
	struct first_answers *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		warn("first answers");
		return NULL;
	}
	a->store = store;
	if (store_script(store, schema) == -1)
		goto fail;
	for (int i = 0; i < STATEMENTS; i++)
		if ((a->statement[i] = store_prepare(store, sql[i])) == NULL)
			goto fail;
	return a;

fail:
	first_answers_free(a);
	return NULL;
}

void
first_answers_free(struct first_answers *a)
{
	for (int i = 0; a != NULL && i < STATEMENTS; i++)
		sqlite3_finalize(a->statement[i]);
	free(a);
}

static void
bind_blob(sqlite3_stmt *statement, int at, struct bytes b)
{
	sqlite3_bind_blob(statement, at, b.left == 0 ? (const void *)"" : b.at,
	    (int)b.left, SQLITE_TRANSIENT);
}

/* The request is kept as its SHA-256. */
static void
bind_answer(sqlite3_stmt *statement, const struct first_answer *answer)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(answer->request.at, answer->request.left, digest, NULL,
		EVP_sha256(), NULL) != 1)
		abort(); /* a digest of stale bytes would be worse */
	bind_blob(statement, 1, answer->keyid);
	bind_blob(statement, 2, answer->key);
	bind_blob(statement, 3, (struct bytes){digest, DIGEST_SIZE});
}

enum first_answer_found
first_answers_find(struct first_answers *a, struct first_answer *answer)
{
	sqlite3_stmt *get = a->statement[FIND];
	enum first_answer_found found = FIRST_ANSWER_UNAVAILABLE;
	int step;

	bind_answer(get, answer);
	step = store_step(a->store, get);
	if (step == SQLITE_DONE)
		found = FIRST_ANSWER_NONE;
	else if (step == SQLITE_ROW) {
		found = sqlite3_column_int(get, 0) == 1
			    ? FIRST_ANSWER_SAME
			    : FIRST_ANSWER_OTHER_REQUEST;
		answer->seq = sqlite3_column_int64(get, 1);
		answer->balance = sqlite3_column_int64(get, 2);
	}
	sqlite3_reset(get);
	return found;
}

int
first_answers_keep(struct first_answers *a, const struct first_answer *answer)
{
	sqlite3_stmt *put = a->statement[KEEP];

	bind_answer(put, answer);
	sqlite3_bind_int64(put, 4, answer->seq);
	sqlite3_bind_int64(put, 5, answer->balance);
	return store_run(a->store, put);
}
