/* SPDX-License-Identifier: MIT */
#ifndef STORE_H
#define STORE_H

#include <sqlite3.h>

/*
 * One SQLite file, written in one transaction at a time.
 *
 *	store_open -> store_prepare ... ->
 *	(store_begin -> store_step ... -> store_commit) ... -> store_close
 *
 * A step that fails fails its whole transaction: every later step of it
 * fails too, and so does its commit, which rolls back.  So nothing after a
 * commit that returned 0 was only half done.  SQLite syncs the journal before
 * it returns (WAL, synchronous FULL).
 */
struct store;

/* page_limit 0: as large as the disk; for tests of a full one. */
struct store *store_open(const char *path, long page_limit);

/* The same for another purpose: the name of the option, for warnings. */
struct store *store_open_for(
    const char *what, const char *path, long page_limit);
void store_close(struct store *s); /* NULL is allowed */

/* Statements outside of any transaction, such as a schema. */
int store_script(struct store *s, const char *sql);

/* Text is borrowed for good.  Finalize before store_close. */
sqlite3_stmt *store_prepare(struct store *s, const char *sql);

/* Goes on with the transaction that is open, if one is. */
int store_begin(struct store *s);

/* SQLITE_ROW, SQLITE_DONE, or -1; without a transaction -1. */
int store_step(struct store *s, sqlite3_stmt *statement);

/* Step a statement that gives no rows, and make it ready again. */
int store_run(struct store *s, sqlite3_stmt *statement);

/* Ends the transaction in any case; -1: nothing of it was done. */
int store_commit(struct store *s);

/* Rows that the last statement changed. */
int store_changes(const struct store *s);

/* The number of the row that was added last. */
sqlite3_int64 store_last_rowid(const struct store *s);

#endif
