/* SPDX-License-Identifier: MIT */
/* The truth table of locks 1 and 2. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "confine/namespace_lock.h"

static const struct namespace_id machine = {4, USER_NAMESPACE_INITIAL};
static const struct namespace_id lab = {4, 4026532100};
static const struct namespace_id other = {4, 4026532101};
static const struct namespace_id elsewhere = {5, 4026532100};

static void
only_a_network_of_our_own_namespace_is_a_labs(void **state)
{
	static const struct {
		const struct namespace_id *own, *owner;
		enum namespace_verdict verdict;
	} rows[] = {
	    {&lab, &lab, NAMESPACE_OF_A_LAB},
	    {&machine, &machine, NAMESPACE_INITIAL},
	    {&machine, &lab, NAMESPACE_INITIAL},
	    {&lab, &machine, NAMESPACE_OWNER_INITIAL},
	    {&lab, &other, NAMESPACE_OWNER_OTHER},
	    {&other, &lab, NAMESPACE_OWNER_OTHER},
	    {&lab, &elsewhere, NAMESPACE_OWNER_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(namespace_judge(rows[i].own, rows[i].owner),
		    rows[i].verdict);
}

static void
our_own_namespace_alone_decides_lock_1(void **state)
{
	(void)state;
	assert_int_equal(namespace_judge_own(&machine), NAMESPACE_INITIAL);
	assert_int_equal(namespace_judge_own(&lab), NAMESPACE_OF_A_LAB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_a_network_of_our_own_namespace_is_a_labs),
	    cmocka_unit_test(our_own_namespace_alone_decides_lock_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
