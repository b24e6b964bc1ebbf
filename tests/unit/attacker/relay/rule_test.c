/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/rule.h"

#include <stdio.h>

static void
words_name_a_record_or_a_request_by_number_or_the_next(void **state)
{
	static const struct {
		const char *words;
		enum unit_kind kind;
		enum side side;
		uint64_t number;
	} good[] = {
	    {"client:1", UNIT_RECORD, SIDE_CLIENT, 1},
	    {"server:18446744073709551615", UNIT_RECORD, SIDE_SERVER,
		UINT64_MAX},
	    {"client:next", UNIT_RECORD, SIDE_CLIENT, 0},
	    {"server:next", UNIT_RECORD, SIDE_SERVER, 0},
	    {"request 2", UNIT_REQUEST, SIDE_CLIENT, 2},
	    {"request next", UNIT_REQUEST, SIDE_CLIENT, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct rules r = {0};

		assert_true(rules_add(&r, RULE_DROP, good[i].words, 0));
		assert_int_equal(r.rule[0].kind, good[i].kind);
		assert_int_equal(r.rule[0].side, good[i].side);
		assert_true(r.rule[0].number == good[i].number);
	}
}

static void
words_that_name_none_are_refused(void **state)
{
	static const char *const bad[] = {"", "client", "client:", "client:0",
	    "client:-1", "client:last", "server:1x", "request", "request ",
	    "request 0", "request last", "request client:1", "gateway:1",
	    "client:nextx", "client:18446744073709551616", "next", "1",
	    "client:next+", "client:next+-1", "client:next+1x", "client:next 1",
	    "client:next+1000000001", "client:5+1"};
	struct rules r = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(rules_add(&r, RULE_DROP, bad[i], 0));
	assert_int_equal(r.count, 0);
}

static void
one_rule_too_many_is_refused(void **state)
{
	struct rules r = {0};

	(void)state;
	for (int i = 0; i < RULES_MAX; i++)
		assert_true(rules_add(&r, RULE_HOLD, "client:1", 0));
	assert_false(rules_add(&r, RULE_HOLD, "client:1", 0));
}

static struct unit_piece
record(uint64_t number)
{
	return (struct unit_piece){
	    .is_unit = true, .begins = true, .number = number};
}

static void
no_rule_acts_before_the_position_is_proved(void **state)
{
	struct unit_piece fifth = record(5);
	struct rules r = {0};

	(void)state;
	assert_true(rules_add(&r, RULE_DROP, "client:5", 0));
	assert_null(rules_match(&r, 1, SIDE_CLIENT, &fifth));
	r.allowed = true;
	assert_non_null(rules_match(&r, 1, SIDE_CLIENT, &fifth));
}

static void
a_rule_acts_on_its_unit_only_and_once(void **state)
{
	struct rules r = {.allowed = true};
	struct unit_piece request = record(5);

	(void)state;
	request.kind = UNIT_REQUEST;
	assert_true(rules_add(&r, RULE_SWAP, "server:5", 2));
	for (uint64_t n = 1; n < 9; n++) {
		struct unit_piece unit = record(n);

		assert_null(rules_match(&r, 2, SIDE_CLIENT, &unit));
		assert_null(rules_match(&r, 1, SIDE_SERVER, &unit));
		assert_null(rules_match(&r, 3, SIDE_SERVER, &unit));
		assert_null(rules_match(&r, 2, SIDE_SERVER, &request));
		assert_true((rules_match(&r, 2, SIDE_SERVER, &unit) != NULL) ==
			    (n == 5));
		assert_null(rules_match(&r, 2, SIDE_SERVER, &unit));
	}
}

static void
next_waits_until_it_is_armed(void **state)
{
	struct rules r = {.allowed = true};
	struct unit_piece any = record(77);

	(void)state;
	assert_true(rules_add(&r, RULE_CUT, "client:next", 0));
	assert_true(rules_wait_for_arming(&r));
	assert_null(rules_match(&r, 1, SIDE_CLIENT, &any));
	assert_int_equal(rules_arm(&r), 1);
	assert_int_equal(rules_arm(&r), 0);
	assert_false(rules_wait_for_arming(&r));
	assert_null(rules_match(&r, 1, SIDE_SERVER, &any));
	assert_ptr_equal(rules_match(&r, 1, SIDE_CLIENT, &any), &r.rule[0]);
	assert_null(rules_match(&r, 1, SIDE_CLIENT, &any));
}

static void
ahead_counts_from_the_first_unit_seen_once_armed(void **state)
{
	struct rules r = {.allowed = true};

	(void)state;
	assert_true(rules_add(&r, RULE_DROP, "client:next+2", 0));
	assert_true(rules_add(&r, RULE_DUPLICATE, "client:next+3", 0));
	assert_true(rules_add(&r, RULE_SWAP, "client:next", 0));
	assert_int_equal(rules_arm(&r), 3);
	for (uint64_t n = 70; n < 80; n++) {
		struct unit_piece unit = record(n);
		const struct rule *expected = n == 70   ? &r.rule[2]
					      : n == 72 ? &r.rule[0]
					      : n == 73 ? &r.rule[1]
							: NULL;

		assert_ptr_equal(
		    rules_match(&r, 4, SIDE_CLIENT, &unit), expected);
		/* Another conversation's records do not count. */
		assert_null(rules_match(&r, 5, SIDE_CLIENT, &unit));
	}
}

static void
every_action_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < RULE_ACTIONS; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    rule_action_name((enum rule_action)i),
			    rule_action_name((enum rule_action)j));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		words_name_a_record_or_a_request_by_number_or_the_next),
	    cmocka_unit_test(words_that_name_none_are_refused),
	    cmocka_unit_test(one_rule_too_many_is_refused),
	    cmocka_unit_test(no_rule_acts_before_the_position_is_proved),
	    cmocka_unit_test(a_rule_acts_on_its_unit_only_and_once),
	    cmocka_unit_test(next_waits_until_it_is_armed),
	    cmocka_unit_test(ahead_counts_from_the_first_unit_seen_once_armed),
	    cmocka_unit_test(every_action_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
