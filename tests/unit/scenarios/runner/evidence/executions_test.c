/* SPDX-License-Identifier: MIT */
/* A ledger that others hand in is read, and nothing in it is carried out. */
#include "evidence/executions.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TABLE                                                                  \
	"CREATE TABLE transfer (seq INTEGER PRIMARY KEY, id TEXT, "            \
	"amount INTEGER, src_ip TEXT, at INTEGER);"
#define ROW "INSERT INTO transfer VALUES (1, 't-1', 100, '203.0.113.30', 5);"

struct file {
	uint8_t *bytes;
	sqlite3_int64 size;
};

static struct file
make(const char *script)
{
	sqlite3 *db;
	struct file f;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, script, NULL, NULL, NULL), SQLITE_OK);
	f.bytes = sqlite3_serialize(db, "main", &f.size, 0);
	assert_non_null(f.bytes);
	sqlite3_close(db);
	return f;
}

/* What it says of such a ledger; the rows go to x. */
static int
add(struct executions *x, const char *script)
{
	struct file f = make(script);
	int outcome = executions_add(
	    x, "backend1", (struct bytes){f.bytes, (size_t)f.size});

	sqlite3_free(f.bytes);
	return outcome;
}

static void
refuses(const char *script)
{
	struct executions x = {0};

	assert_int_equal(add(&x, script), -1);
	executions_clear(&x);
}

static void
rows_are_read(void **state)
{
	struct executions x = {0};

	(void)state;
	assert_int_equal(add(&x, TABLE ROW), 0);
	assert_int_equal(x.count, 1);
	assert_string_equal(x.rows[0].id, "t-1");
	assert_string_equal(x.rows[0].backend, "backend1");
	assert_int_equal(x.rows[0].amount, 100);
	assert_int_equal(executions_of(&x, "t-1"), 1);
	executions_clear(&x);
}

static void
one_that_had_a_write_ahead_log_is_read(void **state)
{
	struct executions x = {0};
	struct file f = make(TABLE ROW);

	(void)state;
	f.bytes[18] = f.bytes[19] = 2;
	assert_int_equal(executions_add(&x, "backend1",
			     (struct bytes){f.bytes, (size_t)f.size}),
	    0);
	assert_int_equal(x.count, 1);
	executions_clear(&x);
	sqlite3_free(f.bytes);
}

static void
every_shorter_prefix_is_no_ledger_or_has_fewer_rows(void **state)
{
	struct file f = make(TABLE ROW);

	(void)state;
	for (size_t n = 0; n < (size_t)f.size; n++) {
		struct executions x = {0};

		(void)executions_add(
		    &x, "backend1", (struct bytes){f.bytes, n});
		assert_true(x.count <= 1);
		executions_clear(&x);
	}
	sqlite3_free(f.bytes);
}

static void
a_view_is_refused(void **state)
{
	(void)state;
	refuses("CREATE TABLE other (a)");
	refuses("CREATE VIEW transfer AS SELECT 1 AS seq, 't-1' AS id, "
		"100 AS amount, '' AS src_ip, 5 AS at");
	refuses("CREATE VIEW transfer AS WITH RECURSIVE n(seq) AS (SELECT 1 "
		"UNION ALL SELECT seq + 1 FROM n) SELECT seq, 't' AS id, 1 AS "
		"amount, '' AS src_ip, 5 AS at FROM n");
}

static void
a_column_that_is_made_as_it_is_read_is_held_to_the_limits(void **state)
{
	struct executions x = {0};

	(void)state;
	assert_int_equal(
	    add(&x, "CREATE TABLE transfer (seq INTEGER PRIMARY KEY, id TEXT "
		    "AS (printf('%.*c', 100000000, 'x')), amount INTEGER, "
		    "src_ip TEXT, at INTEGER); INSERT INTO transfer (seq, "
		    "amount, src_ip, at) VALUES (1, 1, '', 5)"),
	    0);
	assert_string_equal(x.rows[0].id, "");
	executions_clear(&x);
}

static void
there_are_limits(void **state)
{
	char script[512];
	struct executions x = {0};
	static const char many[] =
	    TABLE "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		  "FROM n WHERE i < %d) INSERT INTO transfer SELECT i, 't', "
		  "1, '', i FROM n";

	(void)state;
	snprintf(script, sizeof(script), many, EXECUTIONS_MAX);
	assert_int_equal(add(&x, script), 0);
	assert_int_equal(x.count, EXECUTIONS_MAX);
	executions_clear(&x);
	snprintf(script, sizeof(script), many, EXECUTIONS_MAX + 1);
	refuses(script);
	snprintf(script, sizeof(script),
	    TABLE "INSERT INTO transfer VALUES (1, printf('%%.*c', %d, 'x'), "
		  "1, '', 5)",
	    EXECUTIONS_TEXT_MAX + 1);
	refuses(script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows_are_read),
	    cmocka_unit_test(one_that_had_a_write_ahead_log_is_read),
	    cmocka_unit_test(
		every_shorter_prefix_is_no_ledger_or_has_fewer_rows),
	    cmocka_unit_test(a_view_is_refused),
	    cmocka_unit_test(
		a_column_that_is_made_as_it_is_read_is_held_to_the_limits),
	    cmocka_unit_test(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
