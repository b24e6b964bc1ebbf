/* SPDX-License-Identifier: MIT */
/* Reading the ledgers, which the backends may still hold open. */
#include "executions.h"

#include "network.h"

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

static int
read_ledger(struct executions *x, const char *backend, const char *path)
{
	static const char query[] = "SELECT seq, id, amount, src_ip, at "
				    "FROM transfer ORDER BY seq";
	sqlite3 *ledger = NULL;
	sqlite3_stmt *row = NULL;
	int outcome = -1, step;

	if (sqlite3_open_v2(path, &ledger, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK ||
	    sqlite3_busy_timeout(ledger, 5000) != SQLITE_OK ||
	    sqlite3_prepare_v2(ledger, query, -1, &row, NULL) != SQLITE_OK)
		goto out;
	while ((step = sqlite3_step(row)) == SQLITE_ROW)
		if (add_row(x, backend, row) == -1)
			goto out;
	if (step == SQLITE_DONE)
		outcome = 0;
out:
	if (outcome == -1)
		warnx("%s: %s", path, sqlite3_errmsg(ledger));
	sqlite3_finalize(row);
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
