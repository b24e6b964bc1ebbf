/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "confine/budget_lock.h"

#include <stdlib.h>

static void
a_budget_is_a_number_up_to_the_most(void **state)
{
	static const struct {
		const char *text;
		bool good;
		long number;
	} trials[] = {
	    {NULL, true, 100},
	    {"1", true, 1},
	    {"99", true, 99},
	    {"100", true, 100},
	    {"101", false, 0},
	    {"99999999999999999999", false, 0},
	    {"0", false, 0},
	    {"-1", false, 0},
	    {"+1", false, 0},
	    {" 1", false, 0},
	    {"1 ", false, 0},
	    {"1h", false, 0},
	    {"0x10", false, 0},
	    {"", false, 0},
	};
	long number;

	(void)state;
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		if (budget_read(trials[i].text, 100, &number) != trials[i].good)
			fail_msg("%s", trials[i].text);
		if (trials[i].good)
			assert_int_equal(number, trials[i].number);
	}
}

static void
the_last_copy_goes_out_and_one_more_does_not(void **state)
{
	(void)state;
	for (long i = 0; i < BUDGET_COPIES; i++)
		assert_int_equal(budget_lock_spend(), 0);
	assert_int_equal(budget_lock_spend(), -1);
	assert_int_equal(budget_lock_spend(), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_budget_is_a_number_up_to_the_most),
	    cmocka_unit_test(the_last_copy_goes_out_and_one_more_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
