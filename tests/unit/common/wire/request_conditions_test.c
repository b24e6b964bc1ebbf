/* SPDX-License-Identifier: MIT */
/* Idempotency-Key and If-Match, as a request carries them. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "entity_tag.h"
#include "idempotency_key.h"

#include <string.h>

/* A request with that field, once or twice. */
static struct http_message
with_field(const char *name, struct bytes value, size_t count)
{
	struct http_message m = {.kind = HTTP_REQUEST, .field_count = count};

	for (size_t i = 0; i < count; i++)
		m.fields[i] = (struct http_field){bytes_of(name), value};
	return m;
}

static enum idempotency_key_verdict
read_key(struct bytes value, size_t count, struct bytes *key)
{
	struct http_message m = with_field("idempotency-key", value, count);

	return idempotency_key_read(&m, key);
}

static enum if_match_verdict
judge(struct bytes value, size_t count)
{
	struct http_message m = with_field("If-Match", value, count);

	return if_match_judge(&m, bytes_of("v7"));
}

static void
a_key_is_one_string(void **state)
{
	static const char *const malformed[] = {"", "k", "\"\"", "1",
	    ":aa==:", "\"a\", \"b\"", "\"a\"b", "?1", "(\"a\")"};
	struct bytes key;

	(void)state;
	assert_int_equal(
	    read_key(bytes_of("\"k-1\""), 1, &key), IDEMPOTENCY_KEY_READ);
	assert_true(bytes_equal_text(key, "k-1"));
	assert_int_equal(
	    read_key(bytes_of(""), 0, &key), IDEMPOTENCY_KEY_ABSENT);
	assert_int_equal(
	    read_key(bytes_of("\"k-1\""), 2, &key), IDEMPOTENCY_KEY_MALFORMED);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_int_equal(read_key(bytes_of(malformed[i]), 1, &key),
		    IDEMPOTENCY_KEY_MALFORMED);
}

static void
every_shorter_prefix_of_a_key_is_malformed(void **state)
{
	static const char text[] = "\"8e03978e-40d5\"";
	struct bytes key;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++)
		assert_int_equal(
		    read_key((struct bytes){(const uint8_t *)text, n}, 1, &key),
		    IDEMPOTENCY_KEY_MALFORMED);
}

static void
a_key_has_a_limit(void **state)
{
	char text[IDEMPOTENCY_KEY_MAX + 4];
	struct bytes key, in = {(const uint8_t *)text, 0};

	(void)state;
	memset(text, 'k', sizeof(text));
	text[0] = text[IDEMPOTENCY_KEY_MAX + 1] = '"';
	in.left = IDEMPOTENCY_KEY_MAX + 2;
	assert_int_equal(read_key(in, 1, &key), IDEMPOTENCY_KEY_READ);
	text[IDEMPOTENCY_KEY_MAX + 1] = 'k';
	text[IDEMPOTENCY_KEY_MAX + 2] = '"';
	in.left++;
	assert_int_equal(read_key(in, 1, &key), IDEMPOTENCY_KEY_MALFORMED);
}

static void
a_condition_holds_for_the_current_state_only(void **state)
{
	static const struct {
		const char *value;
		enum if_match_verdict expected;
	} table[] = {
	    {"\"v7\"", IF_MATCH_HOLDS},
	    {"*", IF_MATCH_HOLDS},
	    {"\"v6\", \"v7\"", IF_MATCH_HOLDS},
	    {"\"v7\" ,\"v8\"", IF_MATCH_HOLDS},
	    {"\"a,b\", \"v7\"", IF_MATCH_HOLDS},
	    {"\"v6\"", IF_MATCH_FAILS},
	    {"\"\"", IF_MATCH_FAILS},
	    {"W/\"v7\"", IF_MATCH_FAILS}, /* RFC 9110 section 8.8.3.2 */
	    {"v7", IF_MATCH_MALFORMED},
	    {"\"v7", IF_MATCH_MALFORMED},
	    {"\"v7\" \"v8\"", IF_MATCH_MALFORMED},
	    {"\"v7\",", IF_MATCH_MALFORMED},
	    {"\"v7\"x", IF_MATCH_MALFORMED},
	    {"\"v 7\"", IF_MATCH_MALFORMED},
	    {"*, \"v7\"", IF_MATCH_MALFORMED},
	    {"w/\"v7\"", IF_MATCH_MALFORMED},
	    {"", IF_MATCH_MALFORMED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(
		    judge(bytes_of(table[i].value), 1), table[i].expected);
	assert_int_equal(judge(bytes_of("\"v7\""), 0), IF_MATCH_ABSENT);
	assert_int_equal(judge(bytes_of("\"v7\""), 2), IF_MATCH_MALFORMED);
}

static void
every_shorter_prefix_of_a_condition_is_malformed(void **state)
{
	static const char text[] = "W/\"v7\"";

	(void)state;
	for (size_t n = 0; n < strlen(text); n++)
		assert_int_equal(
		    judge((struct bytes){(const uint8_t *)text, n}, 1),
		    IF_MATCH_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_is_one_string),
	    cmocka_unit_test(every_shorter_prefix_of_a_key_is_malformed),
	    cmocka_unit_test(a_key_has_a_limit),
	    cmocka_unit_test(a_condition_holds_for_the_current_state_only),
	    cmocka_unit_test(every_shorter_prefix_of_a_condition_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
