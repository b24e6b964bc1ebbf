/* SPDX-License-Identifier: MIT */
/* What --until says, and when it is reached. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "until.h"

static void
a_number_and_a_unit_are_read(void **state)
{
	static const struct {
		const char *text;
		enum until_unit unit;
		uint64_t count;
	} good[] = {
	    {NULL, UNTIL_STOPPED, 0},
	    {"1 request", UNTIL_REQUESTS, 1},
	    {"2 requests", UNTIL_REQUESTS, 2},
	    {"20 records", UNTIL_RECORDS, 20},
	    {"1 frame", UNTIL_FRAMES, 1},
	    {"18446744073709551615 edits", UNTIL_EDITS, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct until u;

		assert_true(until_read(good[i].text, UNTIL_EDITS, &u));
		assert_int_equal(u.unit, good[i].unit);
		assert_int_equal(u.count, good[i].count);
	}
}

static void
anything_else_is_refused(void **state)
{
	static const char *const bad[] = {"", "1", "1 ", "request", " request",
	    "0 requests", "-1 requests", "x 1 request", "1  request",
	    "1request", "1 reques", "1 requestss", "1 request ", "1 bytes",
	    "1 s"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct until u;

		if (until_read(bad[i], UNTIL_EDITS, &u))
			fail_msg("\"%s\" was read", bad[i]);
	}
}

static void
a_unit_behind_the_last_is_refused(void **state)
{
	struct until u;

	(void)state;
	assert_true(until_read("1 frame", UNTIL_FRAMES, &u));
	assert_false(until_read("1 edit", UNTIL_FRAMES, &u));
}

static void
it_is_reached_by_its_own_unit_alone(void **state)
{
	const uint64_t seen[UNTIL_UNITS] = {
	    [UNTIL_REQUESTS] = 3, [UNTIL_FRAMES] = 9};
	struct until u = {UNTIL_REQUESTS, 3};

	(void)state;
	assert_true(until_is_reached(&u, seen));
	u.count = 4;
	assert_false(until_is_reached(&u, seen));
	u = (struct until){UNTIL_RECORDS, 1};
	assert_false(until_is_reached(&u, seen));
	u = (struct until){UNTIL_STOPPED, 0};
	assert_false(until_is_reached(&u, seen));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_number_and_a_unit_are_read),
	    cmocka_unit_test(anything_else_is_refused),
	    cmocka_unit_test(a_unit_behind_the_last_is_refused),
	    cmocka_unit_test(it_is_reached_by_its_own_unit_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
