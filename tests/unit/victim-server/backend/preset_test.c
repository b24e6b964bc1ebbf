/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/preset.h"

#include <string.h>

static int
find(const char *name)
{
	int i = 0;

	while (strcmp(preset_names[i], name) != 0)
		assert_non_null(preset_names[++i]);
	return i;
}

static struct guard_options
applied(const char *name)
{
	struct guard_options o = {0};

	assert_int_equal(preset_apply(find(name), &o), 0);
	return o;
}

static void
each_is_a_defence_and_is_described(void **state)
{
	(void)state;
	for (int i = 1; preset_names[i] != NULL; i++) {
		struct guard guard;
		struct guard_options o = applied(preset_names[i]);

		assert_int_equal(guard_read(&guard, &o), 0);
		assert_non_null(strstr(preset_describe(), preset_names[i]));
		assert_non_null(strstr(preset_describe(), o.check));
		assert_int_equal(
		    guard.policy.idempotency, i == find("idempotent"));
	}
}

static void
only_a_memory_of_its_own_ends_with_the_process(void **state)
{
	(void)state;
	assert_int_equal(applied("own-memory").nonce_store, STORE_MEMORY);
	assert_int_equal(applied("shared").nonce_store, STORE_SHARED);
	assert_int_equal(applied("persistent").nonce_store, STORE_FILE);
	assert_int_equal(applied("idempotent").nonce_store, STORE_FILE);
}

static void
without_one_the_options_stay_as_they_are(void **state)
{
	struct guard_options o = {.check = "nonce", .nonce_ttl = 7};

	(void)state;
	assert_int_equal(preset_apply(0, &o), 0);
	assert_string_equal(o.check, "nonce");
	assert_int_equal(o.nonce_ttl, 7);
}

static void
what_it_stands_for_cannot_be_given_too(void **state)
{
	const struct guard_options both[] = {
	    {.check = "none"}, {.nonce_store = STORE_MEMORY}, {.nonce_ttl = 5}};

	(void)state;
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		struct guard_options o = both[i];

		assert_int_equal(preset_apply(find("time"), &o), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_is_a_defence_and_is_described),
	    cmocka_unit_test(only_a_memory_of_its_own_ends_with_the_process),
	    cmocka_unit_test(without_one_the_options_stay_as_they_are),
	    cmocka_unit_test(what_it_stands_for_cannot_be_given_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
