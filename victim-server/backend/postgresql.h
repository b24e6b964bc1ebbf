/* SPDX-License-Identifier: MIT */
#ifndef POSTGRESQL_H
#define POSTGRESQL_H

#include "backend/remote.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A PostgreSQL database that several backends share, written by one of them at
 * a time: what store.h is for a file.
 *
 *	postgresql_new ->
 *	(postgresql_begin -> postgresql_ask ... -> postgresql_commit) ... ->
 *	postgresql_free
 *
 * It connects when it must, to the first of its servers that can be written.  A
 * transaction has one deadline for all its waiting, and so has connecting; what
 * fails in it fails all of it.  A transaction takes the database's one lock
 * first, so that two backends with the same nonces in another order do not wait
 * for each other; the server ends who holds it and falls silent.
 */
struct postgresql;

#define POSTGRESQL_PORT 5432
#define POSTGRESQL_DEADLINE_MS 2000

/* False: this program was built without libpq. */
bool postgresql_is_built(void);

/* 0, or -1 after a warning: libpq is not installed. */
int postgresql_load(void);

/* Does not connect yet.  Borrows the remotes.  NULL after a warning. */
struct postgresql *postgresql_new(const struct remote *remotes, size_t count);
void postgresql_free(struct postgresql *p); /* NULL is allowed */

/* Goes on with the transaction that is open, if one is. */
int postgresql_begin(struct postgresql *p);

/*
 * One statement, its parameters as text; NULL is SQL's.  How many rows came,
 * or -1, also without a transaction.
 */
int postgresql_ask(struct postgresql *p, const char *sql,
    const char *const parameters[], int count);

/* Of the answer to the last one: a field of its first row, or of another. */
int64_t postgresql_number(const struct postgresql *p, int row, int column);
const char *postgresql_text(const struct postgresql *p, int row, int column);

enum postgresql_end {
	POSTGRESQL_COMMITTED,
	POSTGRESQL_ROLLED_BACK,
	POSTGRESQL_IN_DOUBT, /* COMMIT was sent and never answered */
};

/* Ends the transaction in any case. */
enum postgresql_end postgresql_commit(struct postgresql *p);

#endif
