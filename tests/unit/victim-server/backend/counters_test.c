/* SPDX-License-Identifier: MIT */
/* Numbers that must grow. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/counters.h"

#include <stdio.h>

static int
open_counters(void **state)
{
	return (*state = counters_new()) == NULL ? -1 : 0;
}

static int
close_counters(void **state)
{
	counters_free(*state);
	return 0;
}

static enum counter_verdict
advance(void **state, const char *keyid, const char *number)
{
	return counters_advance(*state, bytes_of(keyid), bytes_of(number));
}

static void
only_a_higher_number_is_good(void **state)
{
	assert_int_equal(advance(state, "a", "1"), COUNTER_HIGHER);
	assert_int_equal(advance(state, "a", "1"), COUNTER_NOT_HIGHER);
	assert_int_equal(advance(state, "a", "9"), COUNTER_HIGHER);
	assert_int_equal(advance(state, "a", "8"), COUNTER_NOT_HIGHER);
	assert_int_equal(advance(state, "a", "10"), COUNTER_HIGHER);
	assert_int_equal(
	    advance(state, "a", "999999999999999999"), COUNTER_HIGHER);
}

static void
each_key_id_counts_for_itself(void **state)
{
	assert_int_equal(advance(state, "a", "7"), COUNTER_HIGHER);
	assert_int_equal(advance(state, "b", "1"), COUNTER_HIGHER);
	assert_int_equal(advance(state, "", "1"), COUNTER_HIGHER);
	assert_int_equal(advance(state, "b", "1"), COUNTER_NOT_HIGHER);
}

static void
what_is_no_number_is_malformed(void **state)
{
	static const char *const words[] = {"", "0", "01", "-1", "+1", "1 ",
	    " 1", "1a", "1.5", "0x1", "1000000000000000000"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(
		    advance(state, "a", words[i]), COUNTER_MALFORMED);
	assert_int_equal(advance(state, "a", "1"), COUNTER_HIGHER);
}

static void
one_key_id_too_many_is_refused(void **state)
{
	char keyid[16];

	for (int i = 0; i < COUNTERS_KEYS; i++) {
		snprintf(keyid, sizeof(keyid), "k%d", i);
		assert_int_equal(advance(state, keyid, "1"), COUNTER_HIGHER);
	}
	assert_int_equal(advance(state, "another", "1"), COUNTER_FULL);
	assert_int_equal(advance(state, "k0", "2"), COUNTER_HIGHER);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_counters, close_counters)
	const struct CMUnitTest tests[] = {
	    TEST(only_a_higher_number_is_good),
	    TEST(each_key_id_counts_for_itself),
	    TEST(what_is_no_number_is_malformed),
	    TEST(one_key_id_too_many_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
