/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/nonce_buckets.h"

#include <string.h>

#define LONGEST 600

static struct nonce_memory *
open_memory(long capacity, bool evict_oldest)
{
	struct nonce_memory *m = nonce_buckets_new(
	    &(struct nonce_buckets_settings){.capacity = capacity,
		.longest = LONGEST,
		.evict_oldest = evict_oldest});

	assert_non_null(m);
	return m;
}

static enum nonce_answer
add(struct nonce_memory *m, uint32_t which, int64_t now, int64_t expires_at)
{
	uint8_t key[NONCE_KEY_SIZE] = {0};

	memcpy(key, &which, sizeof(which));
	return nonce_memory_add_if_absent(m, key, now, expires_at);
}

static enum nonce_answer
look(struct nonce_memory *m, uint32_t which, int64_t now)
{
	uint8_t key[NONCE_KEY_SIZE] = {0};

	memcpy(key, &which, sizeof(which));
	return nonce_memory_look(m, key, now);
}

static void
a_nonce_is_fresh_once_and_then_seen_until_it_expires(void **state)
{
	struct nonce_memory *m = open_memory(10, false);

	(void)state;
	assert_int_equal(look(m, 1, 1000), NONCE_FRESH);
	assert_int_equal(add(m, 1, 1000, 1600), NONCE_FRESH);
	assert_int_equal(look(m, 1, 1000), NONCE_SEEN);
	assert_int_equal(look(m, 2, 1000), NONCE_FRESH);
	for (int64_t now = 1000; now <= 1600; now++)
		assert_int_equal(add(m, 1, now, now + LONGEST), NONCE_SEEN);
	/* Buckets are ten seconds wide here. */
	assert_int_equal(nonce_memory_horizon(m), 0);
	assert_int_equal(add(m, 1, 1610, 2210), NONCE_FRESH);
	assert_int_equal(nonce_memory_horizon(m), 1610);
	nonce_memory_free(m);
}

static void
a_full_memory_refuses_and_forgets_nothing(void **state)
{
	struct nonce_memory *m = open_memory(3, false);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(add(m, i, 1000, 1600), NONCE_FRESH);
	assert_int_equal(add(m, 3, 1000, 1600), NONCE_FULL);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(add(m, i, 1600, 2200), NONCE_SEEN);
	assert_int_equal(add(m, 3, 1610, 2210), NONCE_FRESH);
	nonce_memory_free(m);
}

static void
one_that_evicts_has_forgotten_the_oldest(void **state)
{
	struct nonce_memory *m = open_memory(3, true);

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(add(m, i, 1000, 1600 + i), NONCE_FRESH);
	assert_int_equal(look(m, 0, 1000), NONCE_FRESH);
	for (uint32_t i = 1; i < 4; i++)
		assert_int_equal(look(m, i, 1000), NONCE_SEEN);
	nonce_memory_free(m);
}

/* The last bytes of a key say whose it is. */
static void
one_owner_fills_his_share_and_no_more(void **state)
{
	struct nonce_memory *m =
	    nonce_buckets_new(&(struct nonce_buckets_settings){
		.capacity = 10, .longest = LONGEST, .share = 3});
	uint8_t key[NONCE_KEY_SIZE] = {0};

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(add(m, i, 1000, 1600), NONCE_FRESH);
	assert_int_equal(add(m, 3, 1000, 1600), NONCE_FULL);
	assert_int_equal(add(m, 0, 1000, 1600), NONCE_SEEN);
	key[NONCE_KEY_SIZE - 1] = 1;
	assert_int_equal(
	    nonce_memory_add_if_absent(m, key, 1000, 1600), NONCE_FRESH);
	assert_int_equal(nonce_memory_look(m, key, 1000), NONCE_SEEN);
	assert_int_equal(add(m, 3, 1610, 2210), NONCE_FRESH);
	nonce_memory_free(m);
}

static void
a_clock_set_back_keeps_what_comes_then_and_there(void **state)
{
	struct nonce_memory *m = open_memory(10, false);

	(void)state;
	add(m, 1, 5000, 5600);
	assert_int_equal(add(m, 2, 1000, 1600), NONCE_FRESH);
	assert_int_equal(look(m, 1, 1000), NONCE_SEEN);
	assert_int_equal(look(m, 2, 1600), NONCE_SEEN);
	/* It is among the oldest there are, so it goes when those do. */
	assert_int_equal(look(m, 2, 4989), NONCE_SEEN);
	nonce_memory_free(m);
}

static void
a_clock_that_jumps_ahead_empties_it_and_it_works_on(void **state)
{
	struct nonce_memory *m = open_memory(1000, false);

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(
		    add(m, i, 1000, 1000 + i % LONGEST), NONCE_FRESH);
	assert_int_equal(add(m, 5000, 900000, 900600), NONCE_FRESH);
	for (uint32_t i = 0; i < 999; i++)
		assert_int_equal(add(m, i, 900000, 900600), NONCE_FRESH);
	assert_int_equal(add(m, 6000, 900000, 900600), NONCE_FULL);
	assert_int_equal(look(m, 5000, 900600), NONCE_SEEN);
	nonce_memory_free(m);
}

static void
longer_than_was_agreed_is_not_promised(void **state)
{
	struct nonce_memory *m = open_memory(10, false);

	(void)state;
	assert_int_equal(
	    add(m, 1, 1000, 1000 + 2 * LONGEST), NONCE_UNAVAILABLE);
	assert_int_equal(look(m, 1, 1000), NONCE_FRESH);
	nonce_memory_free(m);
}

static void
the_horizon_it_begins_with_stands(void **state)
{
	struct nonce_memory *m =
	    nonce_buckets_new(&(struct nonce_buckets_settings){
		.capacity = 1, .longest = LONGEST, .horizon = 7777});

	(void)state;
	assert_int_equal(nonce_memory_horizon(m), 7777);
	assert_int_equal(add(m, 1, 1000, 1600), NONCE_FRESH);
	assert_int_equal(nonce_memory_horizon(m), 7777);
	nonce_memory_free(m);
}

/* What was added and has not expired is always seen; room comes back. */
static void
over_a_long_time_it_never_forgets_too_early(void **state)
{
	enum { MANY = 20000, ROOM = 1000 };
	static int64_t expires[MANY];
	struct nonce_memory *m = open_memory(ROOM, false);
	int64_t now = 100000;
	uint32_t seed = 1;
	long full = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		int64_t ttl = 1 + (seed = seed * 1103515245 + 12345) % LONGEST;
		uint32_t back;

		now += seed >> 30 == 0;
		if (add(m, i, now, now + ttl) == NONCE_FRESH)
			expires[i] = now + ttl;
		else
			full++;
		back = seed >> 8 & 1023;
		if (back <= i && expires[i - back] >= now)
			assert_int_equal(look(m, i - back, now), NONCE_SEEN);
	}
	assert_true(full > 0 && full < MANY);
	assert_int_equal(add(m, MANY, now + 10000, now + 10100), NONCE_FRESH);
	nonce_memory_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_nonce_is_fresh_once_and_then_seen_until_it_expires),
	    cmocka_unit_test(a_full_memory_refuses_and_forgets_nothing),
	    cmocka_unit_test(one_that_evicts_has_forgotten_the_oldest),
	    cmocka_unit_test(one_owner_fills_his_share_and_no_more),
	    cmocka_unit_test(a_clock_set_back_keeps_what_comes_then_and_there),
	    cmocka_unit_test(
		a_clock_that_jumps_ahead_empties_it_and_it_works_on),
	    cmocka_unit_test(longer_than_was_agreed_is_not_promised),
	    cmocka_unit_test(the_horizon_it_begins_with_stands),
	    cmocka_unit_test(over_a_long_time_it_never_forgets_too_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
