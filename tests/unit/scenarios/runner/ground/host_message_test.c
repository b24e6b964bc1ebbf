/* SPDX-License-Identifier: MIT */
#include "ground/host_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One of each kind. */
static const struct host_message samples[] = {
    {.kind = HOST_HELLO, .number = HOST_PROTOCOL, .name = "client"},
    {.kind = HOST_RUN,
	.words = {"victim-client", "transfer", "", NULL},
	.settings = {"REPLAYLAB_DIR=/replaylab", NULL}},
    {.kind = HOST_STARTED, .pid = 7, .why = 0},
    {.kind = HOST_SIGNAL, .pid = 7, .number = 15},
    {.kind = HOST_ENDED, .pid = 0x01020304, .number = 9, .exit_code = 0},
    {.kind = HOST_FIND, .name = "nginx"},
    {.kind = HOST_FOUND, .number = 1},
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void
assert_texts(const char *const a[], const char *const b[])
{
	size_t i = 0;

	for (; a[i] != NULL && b[i] != NULL; i++)
		assert_string_equal(a[i], b[i]);
	assert_ptr_equal(a[i], b[i]);
}

static void
what_is_written_is_read_again(void **state)
{
	struct host_message m;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct buffer out = {0};

		assert_true(host_message_write(&samples[i], &out));
		assert_true(host_message_read(buffer_bytes(&out), &m));
		assert_int_equal(m.kind, samples[i].kind);
		assert_int_equal(m.number, samples[i].number);
		assert_int_equal(m.exit_code, samples[i].exit_code);
		assert_int_equal(m.pid, samples[i].pid);
		assert_int_equal(m.why, samples[i].why);
		if (samples[i].name != NULL)
			assert_string_equal(m.name, samples[i].name);
		assert_texts(m.words, samples[i].words);
		assert_texts(m.settings, samples[i].settings);
		buffer_clear(&out);
	}
}

static void
every_shorter_prefix_and_one_byte_more_are_refused(void **state)
{
	struct host_message m;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct buffer out = {0};
		struct bytes all;

		assert_true(host_message_write(&samples[i], &out));
		buffer_add_u8(&out, 0);
		all = buffer_bytes(&out);
		for (size_t n = 0; n <= all.left; n++) {
			/* A copy of that size, so that a tool sees one past. */
			uint8_t *exact = malloc(n == 0 ? 1 : n);

			memcpy(exact, all.at, n);
			assert_int_equal(
			    host_message_read((struct bytes){exact, n}, &m),
			    n == all.left - 1);
			free(exact);
		}
		buffer_clear(&out);
	}
}

static void
a_text_ends_with_its_only_nul(void **state)
{
	static const uint8_t none[] = {HOST_FIND, 0, 0};
	static const uint8_t without[] = {HOST_FIND, 0, 1, 'a'};
	static const uint8_t two[] = {HOST_FIND, 0, 3, 'a', 0, 0};
	static const uint8_t one[] = {HOST_FIND, 0, 2, 'a', 0};
	struct host_message m;

	(void)state;
	assert_false(host_message_read((struct bytes){none, 3}, &m));
	assert_false(host_message_read((struct bytes){without, 4}, &m));
	assert_false(host_message_read((struct bytes){two, 6}, &m));
	assert_true(host_message_read((struct bytes){one, 5}, &m));
}

/* kind, count of words, the words, count of settings */
static bool
reads_run(uint8_t words, uint8_t settings)
{
	struct buffer out = {0};
	struct host_message m;
	bool good;

	buffer_add_u8(&out, HOST_RUN);
	buffer_add_u8(&out, words);
	for (size_t i = 0; i < words; i++)
		buffer_add(&out, "\0\2a", 4);
	buffer_add_u8(&out, settings);
	for (size_t i = 0; i < settings; i++)
		buffer_add(&out, "\0\2b", 4);
	good = host_message_read(buffer_bytes(&out), &m);
	if (good)
		assert_null(m.words[words]);
	buffer_clear(&out);
	return good;
}

static void
each_limit_and_one_past_it(void **state)
{
	(void)state;
	assert_false(reads_run(0, 0)); /* no program */
	assert_true(reads_run(1, 0));
	assert_true(reads_run(HOST_WORDS_MAX, HOST_SETTINGS_MAX));
	assert_false(reads_run(HOST_WORDS_MAX + 1, 0));
	assert_false(reads_run(1, HOST_SETTINGS_MAX + 1));
}

static void
a_message_has_a_longest(void **state)
{
	static char text[UINT16_MAX];
	struct host_message m = {.kind = HOST_FIND, .name = text};
	struct buffer out = {0};

	(void)state;
	/* kind, length, text, NUL */
	memset(text, 'a', UINT16_MAX - 1);
	assert_false(host_message_write(&m, &out) &&
		     buffer_bytes(&out).left > HOST_MESSAGE_MAX);
	buffer_reset(&out);
	text[HOST_MESSAGE_MAX - 4] = '\0';
	assert_true(host_message_write(&m, &out));
	assert_int_equal(buffer_bytes(&out).left, HOST_MESSAGE_MAX);
	assert_true(host_message_read(buffer_bytes(&out), &m));
	buffer_clear(&out);
}

static void
unknown_kinds_are_refused(void **state)
{
	struct host_message m;

	(void)state;
	for (unsigned int kind = 0; kind < 256; kind++) {
		uint8_t one = (uint8_t)kind;

		assert_false(host_message_read((struct bytes){&one, 1}, &m));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read_again),
	    cmocka_unit_test(
		every_shorter_prefix_and_one_byte_more_are_refused),
	    cmocka_unit_test(a_text_ends_with_its_only_nul),
	    cmocka_unit_test(each_limit_and_one_past_it),
	    cmocka_unit_test(a_message_has_a_longest),
	    cmocka_unit_test(unknown_kinds_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
