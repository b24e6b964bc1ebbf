/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/offset_map.h"

#define FIRST (UINT32_MAX - 20) /* the numbers wrap in the middle */

static void
what_passes_is_where_it_was_plus_what_was_put_in_before(void **state)
{
	struct offset_map m = {0};

	(void)state;
	offset_map_start(&m, FIRST);
	offset_map_pass(&m, 10);
	offset_map_insert(&m, 5);
	offset_map_pass(&m, 100);
	for (uint32_t n = 0; n < 10; n++)
		assert_int_equal(offset_map_edited(&m, FIRST + n), FIRST + n);
	for (uint32_t n = 10; n < 110; n++)
		assert_int_equal(
		    offset_map_edited(&m, FIRST + n), FIRST + n + 5);
	offset_map_clear(&m);
}

static void
an_acknowledgement_in_what_was_put_in_covers_what_stood_before(void **state)
{
	struct offset_map m = {0};

	(void)state;
	offset_map_start(&m, FIRST);
	offset_map_pass(&m, 10);
	offset_map_insert(&m, 5);
	offset_map_pass(&m, 100);
	for (uint32_t n = 0; n <= 10; n++)
		assert_int_equal(
		    offset_map_acknowledged(&m, FIRST + n), FIRST + n);
	for (uint32_t n = 10; n <= 15; n++)
		assert_int_equal(
		    offset_map_acknowledged(&m, FIRST + n), FIRST + 10);
	for (uint32_t n = 15; n <= 115; n++)
		assert_int_equal(
		    offset_map_acknowledged(&m, FIRST + n), FIRST + n - 5);
	offset_map_clear(&m);
}

static void
what_was_taken_out_counts_once_all_before_it_is_acknowledged(void **state)
{
	struct offset_map m = {0};

	(void)state;
	offset_map_start(&m, FIRST);
	offset_map_pass(&m, 10);
	offset_map_remove(&m, 30);
	assert_int_equal(offset_map_acknowledged(&m, FIRST + 9), FIRST + 9);
	assert_int_equal(offset_map_acknowledged(&m, FIRST + 10), FIRST + 40);
	offset_map_pass(&m, 10);
	assert_int_equal(offset_map_acknowledged(&m, FIRST + 11), FIRST + 41);
	assert_int_equal(offset_map_edited(&m, FIRST + 12), FIRST + 10);
	assert_int_equal(offset_map_edited(&m, FIRST + 41), FIRST + 11);
	offset_map_clear(&m);
}

static void
what_was_shuffled_counts_only_together(void **state)
{
	struct offset_map m = {0};

	(void)state;
	offset_map_start(&m, FIRST);
	offset_map_shuffle(&m, 30);
	offset_map_pass(&m, 10);
	for (uint32_t n = 0; n < 30; n++) {
		assert_int_equal(offset_map_acknowledged(&m, FIRST + n), FIRST);
		assert_int_equal(offset_map_edited(&m, FIRST + n), FIRST);
	}
	assert_int_equal(offset_map_acknowledged(&m, FIRST + 30), FIRST + 30);
	offset_map_clear(&m);
}

static void
a_selected_range_never_claims_a_byte_it_has_not(void **state)
{
	struct offset_map m = {0};
	uint32_t left, right;

	(void)state;
	offset_map_start(&m, FIRST);
	offset_map_pass(&m, 10);
	offset_map_shuffle(&m, 10);
	offset_map_insert(&m, 4);
	offset_map_pass(&m, 10);
	left = FIRST + 15;
	right = FIRST + 30;
	assert_true(offset_map_selected(&m, &left, &right));
	assert_int_equal(left, FIRST + 20);
	assert_int_equal(right, FIRST + 26);
	left = FIRST + 11;
	right = FIRST + 19;
	assert_false(offset_map_selected(&m, &left, &right));
	left = FIRST + 20;
	right = FIRST + 24;
	assert_false(offset_map_selected(&m, &left, &right));
	offset_map_clear(&m);
}

/* The same questions before and after forgetting have the same answers. */
static void
forgetting_changes_no_answer_about_what_is_left(void **state)
{
	(void)state;
	for (uint32_t had = 0; had <= 54; had++) {
		struct offset_map m = {0};
		uint32_t before[64];

		offset_map_start(&m, FIRST);
		offset_map_pass(&m, 10);
		offset_map_insert(&m, 4);
		offset_map_remove(&m, 7);
		offset_map_pass(&m, 10);
		offset_map_shuffle(&m, 20);
		offset_map_pass(&m, 10);
		for (uint32_t n = had; n <= 54; n++)
			before[n] = offset_map_acknowledged(&m, FIRST + n);
		offset_map_forget(&m, FIRST + had);
		for (uint32_t n = had; n <= 54; n++)
			assert_int_equal(
			    offset_map_acknowledged(&m, FIRST + n), before[n]);
		assert_int_equal(
		    offset_map_edited(&m, m.original_end), m.edited_end);
		offset_map_clear(&m);
	}
}

static void
what_passes_for_ever_takes_no_memory(void **state)
{
	struct offset_map m = {0};

	(void)state;
	offset_map_start(&m, FIRST);
	for (int i = 0; i < 100000; i++) {
		offset_map_pass(&m, 60000);
		offset_map_forget(&m, m.edited_end);
	}
	assert_true(m.count <= 1);
	assert_true(m.capacity <= 8);
	assert_int_equal(m.original_end, FIRST + 100000u * 60000u);
	offset_map_clear(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		what_passes_is_where_it_was_plus_what_was_put_in_before),
	    cmocka_unit_test(
		an_acknowledgement_in_what_was_put_in_covers_what_stood_before),
	    cmocka_unit_test(
		what_was_taken_out_counts_once_all_before_it_is_acknowledged),
	    cmocka_unit_test(what_was_shuffled_counts_only_together),
	    cmocka_unit_test(a_selected_range_never_claims_a_byte_it_has_not),
	    cmocka_unit_test(forgetting_changes_no_answer_about_what_is_left),
	    cmocka_unit_test(what_passes_for_ever_takes_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
