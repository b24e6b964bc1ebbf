/* SPDX-License-Identifier: MIT */
/* Limits as the kernel has them: what is not surely set is missing. */
#include "class/lab_limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct lab_limits wanted = {256, 200, 0.5};

/* NULL: nothing. */
static void
assert_missing(const char *what, const char *printed)
{
	struct buffer found = {0};
	unsigned int count = lab_limits_missing(&wanted, printed, &found);

	assert_string_equal(buffer_text(&found), what == NULL ? "" : what);
	assert_int_equal(count == 0, what == NULL);
	buffer_clear(&found);
}

#define ALL "memory, processes, processor time"

static void
limits_that_are_set_are_found_in_both_versions(void **state)
{
	(void)state;
	assert_missing(NULL, "268435456\n200\n50000 100000\n");
	assert_missing(NULL, "1048576\n32\n25000 100000\n");
	assert_missing(NULL, "268435456\n200\n50000 100000");
}

static void
a_looser_limit_is_none(void **state)
{
	(void)state;
	assert_missing("memory", "268435457\n200\n50000 100000\n");
	assert_missing("processes", "268435456\n201\n50000 100000\n");
	assert_missing("processor time", "268435456\n200\n50002 100000\n");
}

static void
what_the_kernel_calls_none_is_missing(void **state)
{
	(void)state;
	assert_missing("memory", "max\n200\n50000 100000\n");
	assert_missing("memory", "9223372036854771712\n200\n50000 100000\n");
	assert_missing("processes", "268435456\nmax\n50000 100000\n");
	assert_missing("processor time", "268435456\n200\nmax 100000\n");
	assert_missing("processor time", "268435456\n200\n-1 100000\n");
	assert_missing("processor time", "268435456\n200\n50000 0\n");
	assert_missing("processor time", "268435456\n200\n50000\n");
}

/* Control groups that are not there print empty lines. */
static void
a_line_never_borrows_from_the_next(void **state)
{
	(void)state;
	assert_missing(ALL, "");
	assert_missing(ALL, "\n\n\n");
	assert_missing("memory", "\n200\n50000 100000\n");
	assert_missing("processes", "268435456\n\n50000 100000\n");
	assert_missing("processor time", "268435456\n200\n\n50000 100000\n");
	assert_missing("memory", "nan\n200\n50000 100000\n");
}

static void
every_shorter_prefix_misses_something(void **state)
{
	const char *whole = "268435456\n200\n50000 100000\n";
	struct buffer found = {0};
	char part[64];

	(void)state;
	/* A number is whole where a line ends, or the text does. */
	for (size_t n = 0; n < strlen("268435456\n200\n50000 "); n++) {
		memcpy(part, whole, n);
		part[n] = '\0';
		assert_true(lab_limits_missing(&wanted, part, &found) > 0);
	}
	buffer_clear(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits_that_are_set_are_found_in_both_versions),
	    cmocka_unit_test(a_looser_limit_is_none),
	    cmocka_unit_test(what_the_kernel_calls_none_is_missing),
	    cmocka_unit_test(a_line_never_borrows_from_the_next),
	    cmocka_unit_test(every_shorter_prefix_misses_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
