/* SPDX-License-Identifier: MIT */
/* The SQLite file and its transactions. */
#include "store.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 2000 /* another process may be writing */

struct store {
	sqlite3 *db;
	const char *what; /* "ledger": the option that names it */
	char *path;
	bool open;   /* a transaction is */
	bool failed; /* and this one cannot be committed */
};

static int
complain(const struct store *s)
{
	warnx("%s %s: %s", s->what, s->path, sqlite3_errmsg(s->db));
	return -1;
}

/* Not every file system can do WAL: then SQLite says which mode it is in. */
static int
set_journal(struct store *s)
{
	sqlite3_stmt *answer = NULL;
	const char *mode = NULL;
	int outcome = -1;

	if (sqlite3_prepare_v2(s->db, "PRAGMA journal_mode = WAL", -1, &answer,
		NULL) == SQLITE_OK &&
	    sqlite3_step(answer) == SQLITE_ROW)
		mode = (const char *)sqlite3_column_text(answer, 0);
	if (mode == NULL)
		complain(s);
	else if (strcmp(mode, "wal") != 0)
		warnx("%s %s: no write-ahead log is possible there; "
		      "choose another place with --%s",
		    s->what, s->path, s->what);
	else
		outcome = 0;
	sqlite3_finalize(answer);
	return outcome;
}

static int
set_up(struct store *s, long page_limit)
{
	char limit[64];

	if (sqlite3_busy_timeout(s->db, BUSY_MS) != SQLITE_OK)
		return complain(s);
	if (set_journal(s) == -1 ||
	    store_script(s, "PRAGMA synchronous = FULL") == -1)
		return -1;
	if (page_limit == 0)
		return 0;
	snprintf(
	    limit, sizeof(limit), "PRAGMA max_page_count = %ld", page_limit);
	return store_script(s, limit);
}

struct store *
store_open(const char *path, long page_limit)
{
	return store_open_for("ledger", path, page_limit);
}

struct store *
store_open_for(const char *what, const char *path, long page_limit)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->path = strdup(path)) == NULL) {
		warn("%s %s", what, path);
		store_close(s);
		return NULL;
	}
	s->what = what;
	if (sqlite3_open_v2(path, &s->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		NULL) != SQLITE_OK) {
		complain(s);
		store_close(s);
		return NULL;
	}
	if (set_up(s, page_limit) == -1) {
		store_close(s);
		return NULL;
	}
	return s;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	sqlite3_close(s->db);
	free(s->path);
	free(s);
}

int
store_script(struct store *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK
		   ? 0
		   : complain(s);
}

sqlite3_stmt *
store_prepare(struct store *s, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
		&statement, NULL) != SQLITE_OK)
		complain(s);
	return statement;
}

int
store_begin(struct store *s)
{
	if (s->open)
		return 0;
	if (store_script(s, "BEGIN IMMEDIATE") == -1)
		return -1;
	s->open = true;
	s->failed = false;
	return 0;
}

/*
 * SQLite may have rolled back by itself when a step failed (full disk): a step
 * after that would stand alone and commit at once.  Hence `failed`.
 */
int
store_step(struct store *s, sqlite3_stmt *statement)
{
	int step;

	if (!s->open || s->failed)
		return -1;
	step = sqlite3_step(statement);
	if (step == SQLITE_ROW || step == SQLITE_DONE)
		return step;
	s->failed = true;
	complain(s);
	sqlite3_reset(statement);
	return -1;
}

int
store_run(struct store *s, sqlite3_stmt *statement)
{
	int step = store_step(s, statement);

	sqlite3_reset(statement);
	return step == SQLITE_DONE ? 0 : -1;
}

int
store_commit(struct store *s)
{
	bool good = s->open && !s->failed && store_script(s, "COMMIT") == 0;

	if (!good && !sqlite3_get_autocommit(s->db))
		store_script(s, "ROLLBACK");
	s->open = false;
	return good ? 0 : -1;
}

int
store_changes(const struct store *s)
{
	return sqlite3_changes(s->db);
}

sqlite3_int64
store_last_rowid(const struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}
