/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/nonce_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
	char path[32];
	struct store *store;
	struct nonce_memory *memory;
};

static struct scene
open_scene(long limit)
{
	struct scene c = {.path = "/tmp/nonceXXXXXX"};

	close(mkstemp(c.path));
	assert_non_null(c.store = store_open(c.path, 0));
	assert_non_null(c.memory = nonce_table_new(c.store, limit));
	assert_int_equal(store_begin(c.store), 0);
	return c;
}

static void
close_scene(struct scene *c)
{
	assert_int_equal(store_commit(c->store), 0);
	nonce_memory_free(c->memory);
	store_close(c->store);
	unlink(c->path);
}

static enum nonce_answer
add(struct scene *c, uint8_t which, int64_t now, int64_t expires_at)
{
	uint8_t key[NONCE_KEY_SIZE] = {which};

	return nonce_memory_add_if_absent(c->memory, key, now, expires_at);
}

static void
a_nonce_is_fresh_once_and_then_seen(void **state)
{
	struct scene c = open_scene(10);

	(void)state;
	assert_int_equal(add(&c, 1, 100, 200), NONCE_FRESH);
	assert_int_equal(add(&c, 1, 100, 200), NONCE_SEEN);
	assert_int_equal(add(&c, 2, 100, 200), NONCE_FRESH);
	assert_int_equal(add(&c, 1, 200, 300), NONCE_SEEN);
	close_scene(&c);
}

static void
it_is_forgotten_one_second_after_it_expires(void **state)
{
	struct scene c = open_scene(10);

	(void)state;
	add(&c, 1, 100, 200);
	assert_int_equal(nonce_memory_horizon(c.memory), 0);
	assert_int_equal(add(&c, 1, 201, 300), NONCE_FRESH);
	assert_int_equal(nonce_memory_horizon(c.memory), 201);
	close_scene(&c);
}

static void
a_full_memory_forgets_nothing_to_make_room(void **state)
{
	struct scene c = open_scene(3);

	(void)state;
	for (uint8_t i = 0; i < 3; i++)
		assert_int_equal(add(&c, i, 100, 200), NONCE_FRESH);
	assert_int_equal(add(&c, 3, 100, 200), NONCE_FULL);
	assert_int_equal(add(&c, 3, 200, 300), NONCE_FULL);
	for (uint8_t i = 0; i < 3; i++)
		assert_int_equal(add(&c, i, 200, 300), NONCE_SEEN);
	assert_int_equal(add(&c, 3, 201, 300), NONCE_FRESH);
	close_scene(&c);
}

static void
what_expired_goes_in_small_steps_and_comes_back_as_room(void **state)
{
	struct scene c = open_scene(20);

	(void)state;
	for (uint8_t i = 0; i < 20; i++)
		assert_int_equal(add(&c, i, 100, 200), NONCE_FRESH);
	/* Each step gives room for four and takes one. */
	for (uint8_t i = 20; i < 40; i++)
		assert_int_equal(add(&c, i, 201, 400), NONCE_FRESH);
	assert_int_equal(add(&c, 40, 201, 400), NONCE_FULL);
	close_scene(&c);
}

static void
without_a_transaction_nobody_knows(void **state)
{
	struct scene c = open_scene(10);

	(void)state;
	assert_int_equal(store_commit(c.store), 0);
	assert_int_equal(add(&c, 1, 100, 200), NONCE_UNAVAILABLE);
	assert_int_equal(nonce_memory_horizon(c.memory), -1);
	assert_int_equal(store_begin(c.store), 0);
	close_scene(&c);
}

static void
the_border_between_key_id_and_nonce_counts(void **state)
{
	uint8_t a[NONCE_KEY_SIZE], b[NONCE_KEY_SIZE];

	(void)state;
	nonce_key(bytes_of("client"), bytes_of("2x"), a);
	nonce_key(bytes_of("client2"), bytes_of("x"), b);
	assert_memory_not_equal(a, b, NONCE_KEY_SIZE);
	nonce_key(bytes_of("client"), bytes_of("2x"), b);
	assert_memory_equal(a, b, NONCE_KEY_SIZE);
	nonce_key((struct bytes){0}, bytes_of("client2x"), b);
	assert_memory_not_equal(a, b, NONCE_KEY_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_nonce_is_fresh_once_and_then_seen),
	    cmocka_unit_test(it_is_forgotten_one_second_after_it_expires),
	    cmocka_unit_test(a_full_memory_forgets_nothing_to_make_room),
	    cmocka_unit_test(
		what_expired_goes_in_small_steps_and_comes_back_as_room),
	    cmocka_unit_test(without_a_transaction_nobody_knows),
	    cmocka_unit_test(the_border_between_key_id_and_nonce_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
