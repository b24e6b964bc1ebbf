/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/bank.h"

#include <stdio.h>
#include <string.h>

static const char good[] =
    "{\"id\":\"t-1\",\"from\":\"alice\",\"to\":\"bob\",\"amount\":100}";

static void
a_transfer_is_read(void **state)
{
	struct transfer t;

	(void)state;
	assert_true(transfer_read(bytes_of(good), &t));
	assert_string_equal(t.id, "t-1");
	assert_string_equal(t.from, "alice");
	assert_string_equal(t.to, "bob");
	assert_int_equal(t.amount, 100);
	assert_true(transfer_read(
	    bytes_of(" {\"to\":\"bob\",\"from\":\"alice\",\"amount\":1e2,"
		     "\"id\":\"t-1\"}\r\n"),
	    &t));
	assert_int_equal(t.amount, 100);
}

static const char query[] = "id=t-1&from=alice&to=bob&amount=1000000000000";

static void
a_query_is_read_as_well(void **state)
{
	struct transfer t;

	(void)state;
	assert_true(transfer_read_query(bytes_of(query), &t));
	assert_string_equal(t.id, "t-1");
	assert_string_equal(t.from, "alice");
	assert_string_equal(t.to, "bob");
	assert_int_equal(t.amount, BANK_AMOUNT_MAX);
	assert_true(
	    transfer_read_query(bytes_of("amount=0012&to=b&id=t&from=a"), &t));
	assert_int_equal(t.amount, 12);
}

/* Up to the first digit of the amount; then each is an amount. */
static void
every_shorter_query_is_refused(void **state)
{
	const char *amount = strstr(query, "=1") + 2;
	struct transfer t;

	(void)state;
	for (const char *end = query; end < amount; end++)
		assert_false(
		    transfer_read_query((struct bytes){(const uint8_t *)query,
					    (size_t)(end - query)},
			&t));
}

static void
what_is_not_exactly_a_query_is_refused(void **state)
{
	static const char *const wrong[] = {
	    "id=t&from=a&to=b&amount=1&",
	    "&id=t&from=a&to=b&amount=1",
	    "id=t&from=a&to=b&amount=1&amount=1",
	    "id=t&id=t&from=a&to=b&amount=1",
	    "id=t&from=a&to=b&amount=1&x=1",
	    "id=t&from=a&to=a&amount=1",
	    "id=&from=a&to=b&amount=1",
	    "id=t%31&from=a&to=b&amount=1",
	    "id=t&from=a&to=b&amount=",
	    "id=t&from=a&to=b&amount=0",
	    "id=t&from=a&to=b&amount=-1",
	    "id=t&from=a&to=b&amount=1x",
	    "id=t&from=a&to=b&amount=1000000000001",
	    "id=t&from=a&to=b&amount=18446744073709551617",
	    "id=t&from=a&to=b",
	    "id&from=a&to=b&amount=1",
	};
	struct transfer t;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(transfer_read_query(bytes_of(wrong[i]), &t));
}

static void
every_shorter_prefix_is_refused(void **state)
{
	struct transfer t;

	(void)state;
	for (size_t n = 0; n < sizeof(good) - 1; n++)
		assert_false(transfer_read(
		    (struct bytes){(const uint8_t *)good, n}, &t));
}

static void
what_is_not_exactly_a_transfer_is_refused(void **state)
{
#define FROM_TO "\"from\":\"alice\",\"to\":\"bob\""
	static const char *const wrong[] = {
	    "[]",
	    "null",
	    "{" FROM_TO ",\"amount\":1}",
	    "{\"id\":\"\"," FROM_TO ",\"amount\":1}",
	    "{\"id\":\"a b\"," FROM_TO ",\"amount\":1}",
	    "{\"id\":1," FROM_TO ",\"amount\":1}",
	    "{\"id\":\"t\\u0000x\"," FROM_TO ",\"amount\":1}",
	    "{\"id\\u0000x\":\"t\"," FROM_TO ",\"amount\":1}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":\"1\"}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":0}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":-1}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":1.5}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":1e400}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":1000000000001}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":1,\"more\":1}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":1,\"amount\":2}",
	    "{\"ID\":\"t\"," FROM_TO ",\"amount\":1}",
	    "{\"id\":\"t\"," FROM_TO ",\"amount\":1}x",
	    "{\"id\":\"t\",\"from\":\"bob\",\"to\":\"bob\",\"amount\":1}",
	};
	struct transfer t;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (transfer_read(bytes_of(wrong[i]), &t))
			fail_msg("read %s", wrong[i]);
}

static void
a_name_has_at_most_64_letters(void **state)
{
	char name[BANK_TEXT_SIZE + 1], into[BANK_TEXT_SIZE];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_true(
	    account_name_read((struct bytes){(const uint8_t *)name, 64}, into));
	assert_int_equal(strlen(into), 64);
	assert_false(
	    account_name_read((struct bytes){(const uint8_t *)name, 65}, into));
	assert_false(account_name_read(bytes_of(""), into));
	assert_false(account_name_read(bytes_of("a/b"), into));
	assert_false(account_name_read(
	    (struct bytes){(const uint8_t *)"a\0b", 3}, into));
}

static void
an_account_is_a_name_and_what_it_holds(void **state)
{
	static const char *const wrong[] = {"", "alice", "alice=", "=1",
	    "alice=-1", "alice=1x", "alice=1000000000001", "al ice=1"};
	struct account a;

	(void)state;
	assert_true(account_read("alice=0", &a));
	assert_int_equal(a.balance, 0);
	assert_true(account_read("bob=1000000000000", &a));
	assert_string_equal(a.name, "bob");
	assert_int_equal(a.balance, BANK_AMOUNT_MAX);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(account_read(wrong[i], &a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_transfer_is_read),
	    cmocka_unit_test(a_query_is_read_as_well),
	    cmocka_unit_test(every_shorter_query_is_refused),
	    cmocka_unit_test(what_is_not_exactly_a_query_is_refused),
	    cmocka_unit_test(every_shorter_prefix_is_refused),
	    cmocka_unit_test(what_is_not_exactly_a_transfer_is_refused),
	    cmocka_unit_test(a_name_has_at_most_64_letters),
	    cmocka_unit_test(an_account_is_a_name_and_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
