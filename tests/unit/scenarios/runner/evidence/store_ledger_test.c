/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "evidence/executions.h"
#include "evidence/store_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char rows[] = "1\tt-1\t100\t203.0.113.20\t1795683864528438999\n"
			   "3\tt-2\t7\t203.0.113.21\t1795683864528439000\n";

struct place {
	char folder[32], one[64], two[64];
};

static void
open_place(struct place *p)
{
	strcpy(p->folder, "/tmp/storeXXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->one, sizeof(p->one), "%s/ledger-store.sqlite", p->folder);
	snprintf(p->two, sizeof(p->two), "%s/ledger-store2.sqlite", p->folder);
}

static void
close_place(struct place *p)
{
	unlink(p->one);
	unlink(p->two);
	rmdir(p->folder);
}

static struct bytes
part(const char *text, size_t length)
{
	return (struct bytes){(const uint8_t *)text, length};
}

static void
what_psql_prints_is_read_as_executions(void **state)
{
	struct executions x;
	struct place p;

	(void)state;
	open_place(&p);
	assert_int_equal(store_ledger_begin(p.one), 0);
	for (int twice = 0; twice < 2; twice++)
		assert_int_equal(
		    store_ledger_write(p.one, part(rows, strlen(rows))), 0);
	assert_int_equal(executions_read(&x, p.folder), 0);
	assert_int_equal(x.count, 2);
	assert_int_equal(executions_of(&x, "t-1"), 1);
	assert_int_equal(executions_amount(&x, "t-2"), 7);
	assert_string_equal(x.rows[0].backend, "store");
	assert_string_equal(x.rows[1].src_ip, "203.0.113.21");
	assert_int_equal(x.rows[1].seq, 3);
	executions_clear(&x);
	close_place(&p);
}

/* Also where the end is missing: what psql began and did not finish. */
static void
every_shorter_prefix_is_whole_rows_or_refused(void **state)
{
	struct executions x;
	struct place p;

	(void)state;
	open_place(&p);
	for (size_t n = 0; n <= strlen(rows); n++) {
		bool whole = n == 0 || rows[n - 1] == '\n';

		assert_int_equal(
		    store_ledger_write(p.one, part(rows, n)), whole ? 0 : -1);
		if (!whole)
			continue;
		assert_int_equal(executions_read(&x, p.folder), 0);
		executions_clear(&x);
	}
	assert_int_equal(
	    store_ledger_write(p.one, part("1\tt-1\t100\n", 10)), -1);
	close_place(&p);
}

static void
a_file_that_was_never_written_is_no_ledger(void **state)
{
	struct executions x;
	struct place p;

	(void)state;
	open_place(&p);
	assert_int_equal(store_ledger_begin(p.one), 0);
	assert_int_equal(executions_read(&x, p.folder), -1);
	close_place(&p);
}

/* A replica has the same row; the same id at another time is another row. */
static void
a_row_and_its_replica_took_effect_once(void **state)
{
	static const char other[] =
	    "1\tt-1\t100\t203.0.113.20\t1795683864528438999\n"
	    "2\tt-1\t100\t203.0.113.66\t1795683864528439999\n";
	struct executions x;
	struct place p;

	(void)state;
	open_place(&p);
	assert_int_equal(
	    store_ledger_write(p.one, part(rows, strlen(rows))), 0);
	assert_int_equal(
	    store_ledger_write(p.two, part(other, strlen(other))), 0);
	assert_int_equal(executions_read(&x, p.folder), 0);
	assert_int_equal(x.count, 3);
	assert_int_equal(executions_of(&x, "t-1"), 2);
	executions_clear(&x);
	close_place(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_psql_prints_is_read_as_executions),
	    cmocka_unit_test(every_shorter_prefix_is_whole_rows_or_refused),
	    cmocka_unit_test(a_file_that_was_never_written_is_no_ledger),
	    cmocka_unit_test(a_row_and_its_replica_took_effect_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
