/* SPDX-License-Identifier: MIT */
/* When an event was: the one field that has a grammar of its own. */
#include "report/fact.h"

#include "lab_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
a_moment_is_read_as_it_was_written(void **state)
{
	static const int64_t moments[] = {1, NANOSECONDS - 1, NANOSECONDS,
	    INT64_C(1795680137574905438), INT64_C(4102444799999999999)};
	char text[RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
		assert_int_equal(
		    fact_moment(rfc3339(moments[i], text)), moments[i]);
}

static void
every_shorter_moment_is_none(void **state)
{
	static const char whole[] = "2026-11-26T08:42:17.574905438Z";
	char cut[sizeof(whole)];

	(void)state;
	/* Without its Z it is still one: nothing else can follow. */
	for (size_t n = 0; n + 2 < sizeof(whole); n++) {
		memcpy(cut, whole, n);
		cut[n] = '\0';
		assert_int_equal(fact_moment(cut), 0);
	}
	assert_int_equal(fact_moment("9999-99-99T99:99:99.999999999Z"), 0);
	assert_int_equal(fact_moment("yesterday"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_moment_is_read_as_it_was_written),
	    cmocka_unit_test(every_shorter_moment_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
