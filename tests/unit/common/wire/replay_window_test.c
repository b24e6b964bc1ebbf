/* SPDX-License-Identifier: MIT */
/* The window as a truth table; tests/fuzz/replay_window.c has it and a set. */
#include "replay_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LAST UINT64_MAX
#define LAST_48 ((UINT64_C(1) << 48) - 1) /* RFC 6347 section 4.1 */

static struct replay_window w;

/* Look, and then let it have come. */
static enum replay_verdict
come(uint64_t number)
{
	enum replay_verdict verdict = replay_window_look(&w, number);

	replay_window_update(&w, number);
	return verdict;
}

static void
the_truth_table(void **state)
{
	static const struct {
		uint64_t number;
		enum replay_verdict verdict;
	} table[] = {
	    {100, REPLAY_FRESH}, /* the first, whatever its number */
	    {100, REPLAY_SEEN},
	    {99, REPLAY_FRESH}, /* late, inside */
	    {99, REPLAY_SEEN},
	    {101, REPLAY_FRESH},
	    {38, REPLAY_FRESH}, /* the leftmost of 64 */
	    {38, REPLAY_SEEN},
	    {37, REPLAY_TOO_OLD}, /* and one past it */
	    {0, REPLAY_TOO_OLD},
	    {102, REPLAY_FRESH},  /* one step on ... */
	    {38, REPLAY_TOO_OLD}, /* ... and it was leftmost */
	    {39, REPLAY_FRESH},
	    {300, REPLAY_FRESH}, /* farther than the window is long */
	    {102, REPLAY_TOO_OLD},
	    {236, REPLAY_TOO_OLD},
	    {237, REPLAY_FRESH},
	    {299, REPLAY_FRESH},
	    {300, REPLAY_SEEN},
	};

	(void)state;
	replay_window_init(&w, 64);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(come(table[i].number), table[i].verdict);
}

static void
looking_changes_nothing(void **state)
{
	struct replay_window before;

	(void)state;
	replay_window_init(&w, 64);
	come(5);
	before = w;
	assert_int_equal(replay_window_look(&w, LAST), REPLAY_FRESH);
	assert_int_equal(replay_window_look(&w, 5), REPLAY_SEEN);
	assert_memory_equal(&w, &before, sizeof(w));
}

static void
the_first_number_is_nought(void **state)
{
	(void)state;
	replay_window_init(&w, 64);
	assert_int_equal(come(0), REPLAY_FRESH);
	assert_int_equal(come(0), REPLAY_SEEN);
	assert_int_equal(come(1), REPLAY_FRESH);
}

static void
each_size_has_its_own_edge(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= REPLAY_WINDOW_MAX; size++) {
		replay_window_init(&w, size);
		come(5000);
		assert_int_equal(
		    replay_window_look(&w, 5000 - size), REPLAY_TOO_OLD);
		if (size > 1)
			assert_int_equal(
			    replay_window_look(&w, 5001 - size), REPLAY_FRESH);
		/* At the edge it is still remembered. */
		come(5000 + size - 1);
		assert_int_equal(replay_window_look(&w, 5000), REPLAY_SEEN);
		come(5000 + size);
		assert_int_equal(replay_window_look(&w, 5000), REPLAY_TOO_OLD);
	}
}

/* Each leap leaves no bit of an earlier round of the ring. */
static void
the_ring_goes_round_and_forgets(void **state)
{
	(void)state;
	for (uint64_t leap = 1; leap < 3 * 64 * REPLAY_WINDOW_BLOCKS;
	     leap += 61) {
		replay_window_init(&w, REPLAY_WINDOW_MAX);
		for (uint64_t n = 0; n < REPLAY_WINDOW_MAX; n++)
			come(n);
		come(REPLAY_WINDOW_MAX - 1 + leap);
		for (uint64_t back = 1; back < REPLAY_WINDOW_MAX; back++)
			assert_int_equal(
			    replay_window_look(
				&w, REPLAY_WINDOW_MAX - 1 + leap - back),
			    back < leap ? REPLAY_FRESH : REPLAY_SEEN);
	}
}

/* The highest numbers there are: nothing wraps, nothing is good again. */
static void
at_the_last_number_nothing_starts_again(void **state)
{
	static const uint64_t last[] = {LAST_48, LAST};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		replay_window_init(&w, 64);
		come(last[i] - 1);
		assert_int_equal(come(last[i]), REPLAY_FRESH);
		assert_int_equal(come(last[i]), REPLAY_SEEN);
		assert_int_equal(come(last[i] - 1), REPLAY_SEEN);
		assert_int_equal(come(last[i] - 63), REPLAY_FRESH);
		assert_int_equal(come(last[i] - 64), REPLAY_TOO_OLD);
		assert_int_equal(come(0), REPLAY_TOO_OLD);
	}
}

/* A new epoch has new keys, so its numbers start again in a new window. */
static void
a_new_epoch_is_a_new_window(void **state)
{
	(void)state;
	replay_window_init(&w, 64);
	come(1000);
	replay_window_init(&w, 64);
	assert_int_equal(come(0), REPLAY_FRESH);
	assert_int_equal(come(1000), REPLAY_FRESH);
	assert_int_equal(come(0), REPLAY_TOO_OLD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_truth_table),
	    cmocka_unit_test(looking_changes_nothing),
	    cmocka_unit_test(the_first_number_is_nought),
	    cmocka_unit_test(each_size_has_its_own_edge),
	    cmocka_unit_test(the_ring_goes_round_and_forgets),
	    cmocka_unit_test(at_the_last_number_nothing_starts_again),
	    cmocka_unit_test(a_new_epoch_is_a_new_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
