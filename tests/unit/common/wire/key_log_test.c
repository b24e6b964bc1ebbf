/* SPDX-License-Identifier: MIT */
#include "key_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RANDOM                                                                 \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET "a0b1c2d3"
#define LINE "CLIENT_RANDOM " RANDOM " " SECRET

static enum key_log_verdict
read_text(const char *text, struct key_log_line *line)
{
	return key_log_line_read(bytes_of(text), line);
}

static void
a_line_is_label_random_and_secret(void **state)
{
	struct key_log_line line;

	(void)state;
	assert_int_equal(read_text(LINE, &line), KEY_LOG_LINE);
	assert_int_equal(line.label, KEY_LOG_CLIENT_RANDOM);
	assert_int_equal(line.random[0], 0);
	assert_int_equal(line.random[31], 0x1f);
	assert_int_equal(line.size, 4);
	assert_memory_equal(line.secret, "\xa0\xb1\xc2\xd3", 4);
	assert_int_equal(
	    read_text("SERVER_TRAFFIC_SECRET_0 " RANDOM " AbcD", &line),
	    KEY_LOG_LINE);
	assert_int_equal(line.label, KEY_LOG_SERVER_TRAFFIC);
	assert_memory_equal(line.secret, "\xab\xcd", 2);
	assert_int_equal(read_text(LINE "\r", &line), KEY_LOG_LINE);
	assert_int_equal(line.size, 4);
}

static void
no_shorter_prefix_is_the_line(void **state)
{
	struct key_log_line line;
	size_t length = strlen(LINE);
	enum key_log_verdict verdict;

	(void)state;
	for (size_t n = 0; n < length; n++) {
		struct bytes prefix = bytes_of(LINE);

		prefix.left = n;
		verdict = key_log_line_read(prefix, &line);
		if (n == 0) /* an empty line */
			assert_int_equal(verdict, KEY_LOG_OTHER);
		else if (verdict == KEY_LOG_LINE) /* a shorter secret */
			assert_true(n > length - strlen(SECRET) &&
				    line.size == 4 - (length - n) / 2);
		else
			assert_int_equal(verdict, KEY_LOG_MALFORMED);
	}
}

static void
what_is_no_secret_of_records_is_passed_over(void **state)
{
	static const char *const other[] = {"", "\r", "# a comment",
	    "EXPORTER_SECRET " RANDOM " " SECRET, "RSA 0011223344556677 0303",
	    "client_random " RANDOM " " SECRET};
	struct key_log_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_int_equal(read_text(other[i], &line), KEY_LOG_OTHER);
}

static void
a_line_of_another_form_is_malformed(void **state)
{
	static const char *const bad[] = {"CLIENT_RANDOM",
	    "CLIENT_RANDOM " RANDOM, "CLIENT_RANDOM " RANDOM " ",
	    "CLIENT_RANDOM  " RANDOM " " SECRET, LINE "0", LINE " ",
	    "CLIENT_RANDOM " RANDOM "20 " SECRET, "CLIENT_RANDOM 00 " SECRET,
	    "CLIENT_RANDOM g0" RANDOM " " SECRET, LINE "0g"};
	struct key_log_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(bad[i], &line), KEY_LOG_MALFORMED);
	assert_int_equal(
	    key_log_line_read(
		(struct bytes){(const uint8_t *)LINE "0\0", strlen(LINE) + 2},
		&line),
	    KEY_LOG_MALFORMED);
}

/* A secret may be as long as the longest hash, and no byte longer. */
static void
a_secret_has_a_limit(void **state)
{
	char text[512] = "CLIENT_RANDOM " RANDOM " ";
	struct key_log_line line;

	(void)state;
	for (int i = 0; i < KEY_LOG_SECRET_MAX; i++)
		strcat(text, "ff");
	assert_int_equal(read_text(text, &line), KEY_LOG_LINE);
	assert_int_equal(line.size, KEY_LOG_SECRET_MAX);
	strcat(text, "ff");
	assert_int_equal(read_text(text, &line), KEY_LOG_MALFORMED);
}

static void
two_logs_of_one_connection_are_kept_once(void **state)
{
	struct key_log log = {0};
	const struct key_log_line *first, *second;
	uint8_t random[KEY_LOG_RANDOM_SIZE];
	struct bytes name = {random, sizeof(random)};

	(void)state;
	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (uint8_t)i;
	key_log_add(&log, bytes_of("# one\n" LINE "\n" LINE));
	key_log_add(&log, bytes_of(LINE "\r\n"));
	assert_int_equal(log.count, 1);
	assert_false(key_log_is_ambiguous(&log, &log.lines[0]));
	key_log_add(&log, bytes_of(LINE "00\nnonsense\n"));
	assert_int_equal(log.count, 2);
	first = key_log_next(&log, NULL, KEY_LOG_CLIENT_RANDOM, name);
	second = key_log_next(&log, first, KEY_LOG_CLIENT_RANDOM, name);
	assert_ptr_equal(first, &log.lines[0]);
	assert_ptr_equal(second, &log.lines[1]);
	assert_null(key_log_next(&log, second, KEY_LOG_CLIENT_RANDOM, name));
	assert_null(key_log_next(&log, NULL, KEY_LOG_CLIENT_EARLY, name));
	assert_true(key_log_is_ambiguous(&log, second));
	key_log_clear(&log);
}

static void
no_more_lines_are_kept_than_the_limit(void **state)
{
	struct key_log log = {0};
	char text[128];

	(void)state;
	for (int i = 0; i <= KEY_LOG_LINES_MAX; i++) {
		snprintf(text, sizeof(text), LINE "%04x\n", i);
		key_log_add(&log, bytes_of(text));
	}
	assert_int_equal(log.count, KEY_LOG_LINES_MAX);
	key_log_clear(&log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_is_label_random_and_secret),
	    cmocka_unit_test(no_shorter_prefix_is_the_line),
	    cmocka_unit_test(what_is_no_secret_of_records_is_passed_over),
	    cmocka_unit_test(a_line_of_another_form_is_malformed),
	    cmocka_unit_test(a_secret_has_a_limit),
	    cmocka_unit_test(two_logs_of_one_connection_are_kept_once),
	    cmocka_unit_test(no_more_lines_are_kept_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
