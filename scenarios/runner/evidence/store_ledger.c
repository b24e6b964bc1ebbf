/* SPDX-License-Identifier: MIT */
/* From psql's lines to an SQLite file. */
#include "store_ledger.h"

#include <err.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#define COLUMNS 5

static const char schema[] =
    "BEGIN; DROP TABLE IF EXISTS transfer; CREATE TABLE transfer ("
    "seq INTEGER PRIMARY KEY, id TEXT NOT NULL, amount INTEGER NOT NULL, "
    "src_ip TEXT NOT NULL, at INTEGER NOT NULL)";
static const char insert[] = "INSERT INTO transfer VALUES (?1, ?2, ?3, ?4, ?5)";

int
store_ledger_begin(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd == -1) {
		warn("%s", path);
		return -1;
	}
	return close(fd);
}

/* SQLite makes numbers of what stands in a column of numbers. */
static int
write_row(sqlite3_stmt *row, struct bytes line)
{
	struct bytes field;
	int step;

	for (int i = 1; i <= COLUMNS; i++) {
		if (i == COLUMNS)
			field = line;
		else if (!bytes_take_until(&line, '\t', &field))
			return -1;
		sqlite3_bind_text(row, i, (const char *)field.at,
		    (int)field.left, SQLITE_TRANSIENT);
	}
	step = sqlite3_step(row);
	sqlite3_reset(row);
	return step == SQLITE_DONE ? 0 : -1;
}

int
store_ledger_write(const char *path, struct bytes rows)
{
	sqlite3 *ledger = NULL;
	sqlite3_stmt *row = NULL;
	struct bytes line;
	int outcome = -1;

	if (sqlite3_open(path, &ledger) != SQLITE_OK ||
	    sqlite3_exec(ledger, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(ledger, insert, -1, &row, NULL) != SQLITE_OK)
		goto out;
	while (bytes_take_until(&rows, '\n', &line))
		if (write_row(row, line) == -1)
			goto out;
	sqlite3_finalize(row);
	row = NULL;
	if (rows.left == 0 &&
	    sqlite3_exec(ledger, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		outcome = 0;
out:
	if (outcome == -1)
		warnx("%s: %s", path,
		    sqlite3_errcode(ledger) == SQLITE_OK ||
			    sqlite3_errcode(ledger) == SQLITE_DONE
			? "these are no whole rows"
			: sqlite3_errmsg(ledger));
	sqlite3_finalize(row);
	sqlite3_close(ledger);
	return outcome;
}
