/* SPDX-License-Identifier: MIT */
/* Reading the ledgers, which the backends may still hold open. */
#include "executions.h"

#include "ground/network.h"

#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
copy_column(sqlite3_stmt *row, int column, char *into, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	snprintf(into, size, "%s", text == NULL ? "" : text);
}

/*
 * A database and its replica have the same row, at the same nanosecond: it took
 * effect once.
 */
static bool
is_there(const struct executions *x, const struct execution *row)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->rows[i].seq == row->seq && x->rows[i].at == row->at &&
		    strcmp(x->rows[i].id, row->id) == 0)
			return true;
	return false;
}

static int
add_row(struct executions *x, const char *backend, sqlite3_stmt *row)
{
	struct execution *rows =
	    realloc(x->rows, (x->count + 1) * sizeof(rows[0]));
	struct execution *added;

	if (rows == NULL) {
		warn("ledger of %s", backend);
		return -1;
	}
	x->rows = rows;
	added = &rows[x->count];
	*added = (struct execution){0};
	added->seq = sqlite3_column_int64(row, 0);
	copy_column(row, 1, added->id, sizeof(added->id));
	added->amount = sqlite3_column_int64(row, 2);
	copy_column(row, 3, added->src_ip, sizeof(added->src_ip));
	added->at = sqlite3_column_int64(row, 4);
	snprintf(added->backend, sizeof(added->backend), "%s", backend);
	x->count += !is_there(x, added);
	return 0;
}

/* All rows of an open ledger: an SQLite status, SQLITE_DONE if all is well. */
static int
read_rows(
    struct executions *x, const char *backend, sqlite3 *ledger, size_t most)
{
	static const char query[] = "SELECT seq, id, amount, src_ip, at "
				    "FROM transfer ORDER BY seq";
	sqlite3_stmt *row = NULL;
	int step = sqlite3_prepare_v2(ledger, query, -1, &row, NULL);

	while (step == SQLITE_OK || step == SQLITE_ROW) {
		step = sqlite3_step(row);
		if (step == SQLITE_ROW && x->count == most)
			step = SQLITE_TOOBIG;
		if (step == SQLITE_ROW && add_row(x, backend, row) == -1)
			step = SQLITE_NOMEM;
	}
	sqlite3_finalize(row);
	return step;
}

static int
read_ledger(struct executions *x, const char *backend, const char *path)
{
	sqlite3 *ledger = NULL;
	int outcome = -1;

	if (sqlite3_open_v2(path, &ledger, SQLITE_OPEN_READWRITE, NULL) ==
		SQLITE_OK &&
	    sqlite3_busy_timeout(ledger, 5000) == SQLITE_OK &&
	    read_rows(x, backend, ledger, SIZE_MAX) == SQLITE_DONE)
		outcome = 0;
	if (outcome == -1)
		warnx("%s: %s", path, sqlite3_errmsg(ledger));
	sqlite3_close(ledger);
	return outcome;
}

int
executions_read(struct executions *x, const char *folder)
{
	const struct manifest *m = &network_manifest;
	char path[4096];

	*x = (struct executions){0};
	for (size_t h = 0; h < m->host_count; h++) {
		snprintf(path, sizeof(path), "%s/ledger-%s.sqlite", folder,
		    m->hosts[h].name);
		if (access(path, F_OK) == 0 &&
		    read_ledger(x, m->hosts[h].name, path) == -1) {
			executions_clear(x);
			return -1;
		}
	}
	return 0;
}

/* A schema can hold views, and columns that compute: the first may do nothing,
 * the others call what is harmless, and nothing grows. */
static int
confine(void *user, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	(void)user;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return action == SQLITE_SELECT || action == SQLITE_READ ? SQLITE_OK
								: SQLITE_DENY;
}

static int
be_wary(sqlite3 *ledger)
{
	sqlite3_limit(ledger, SQLITE_LIMIT_LENGTH, EXECUTIONS_TEXT_MAX);
	sqlite3_limit(ledger, SQLITE_LIMIT_VDBE_OP, 10000);
	if (sqlite3_db_config(
		ledger, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(ledger, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) !=
		SQLITE_OK ||
	    sqlite3_db_config(ledger, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) !=
		SQLITE_OK)
		return SQLITE_ERROR;
	return sqlite3_set_authorizer(ledger, confine, NULL);
}

/*
 * A file that says it has a write-ahead log cannot be read from memory: but
 * whoever closed it last has put all into the file itself (file format 2.1,
 * "Read and write version numbers").
 */
static void
forget_log(uint8_t header[20])
{
	if (header[18] == 2 && header[19] == 2)
		header[18] = header[19] = 1;
}

int
executions_add(struct executions *x, const char *backend, struct bytes database)
{
	uint8_t *copy;
	sqlite3 *ledger = NULL;
	int status = SQLITE_NOTADB;

	if (database.left < 512 ||
	    (copy = sqlite3_malloc64(database.left)) == NULL)
		return -1;
	memcpy(copy, database.at, database.left);
	forget_log(copy);
	if (sqlite3_open_v2(":memory:", &ledger, SQLITE_OPEN_READWRITE, NULL) ==
		SQLITE_OK &&
	    sqlite3_deserialize(ledger, "main", copy,
		(sqlite3_int64)database.left, (sqlite3_int64)database.left,
		SQLITE_DESERIALIZE_READONLY) == SQLITE_OK &&
	    be_wary(ledger) == SQLITE_OK)
		status = read_rows(x, backend, ledger, EXECUTIONS_MAX);
	sqlite3_close(ledger);
	sqlite3_free(copy);
	return status == SQLITE_DONE ? 0 : -1;
}

void
executions_clear(struct executions *x)
{
	free(x->rows);
	*x = (struct executions){0};
}

long
executions_of(const struct executions *x, const char *id)
{
	long times = 0;

	for (size_t i = 0; i < x->count; i++)
		times += strcmp(x->rows[i].id, id) == 0;
	return times;
}

int64_t
executions_amount(const struct executions *x, const char *id)
{
	for (size_t i = x->count; i-- > 0;)
		if (strcmp(x->rows[i].id, id) == 0)
			return x->rows[i].amount;
	return 0;
}
