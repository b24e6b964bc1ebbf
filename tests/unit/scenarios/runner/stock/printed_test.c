/* SPDX-License-Identifier: MIT */
/* What a child prints, however it comes. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "stock/printed.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX 8192

static int child; /* the end that it prints to */
static struct printed printed;
static struct buffer heard;

static void
hear(void *user, struct bytes line)
{
	assert_ptr_equal(user, &heard);
	buffer_add_bytes(&heard, line);
	buffer_add_text(&heard, "|");
}

static int
begin(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	printed = (struct printed){.fd = ends[0]};
	child = ends[1];
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close(child);
	close(printed.fd);
	printed_clear(&printed);
	buffer_clear(&heard);
	return 0;
}

static void
print(const char *text, size_t length)
{
	assert_int_equal(write(child, text, length), length);
	printed_take(&printed, hear, &heard);
}

static void
lines_are_told_once_they_have_ended(void **state)
{
	static const char text[] = "one\n\nthree\nbegun";

	(void)state;
	print(text, strlen(text));
	assert_string_equal(buffer_text(&heard), "one||three|");
	print(" and ended\n", strlen(" and ended\n"));
	assert_string_equal(buffer_text(&heard), "one||three|begun and ended|");
}

static void
lines_come_byte_by_byte_too(void **state)
{
	static const char text[] = "one\n\nthree\nbegun";

	(void)state;
	for (size_t i = 0; i < strlen(text); i++)
		print(text + i, 1);
	assert_string_equal(buffer_text(&heard), "one||three|");
}

static void
what_is_begun_is_kept_up_to_a_limit(void **state)
{
	char text[LINE_BYTES_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	print(text, LINE_BYTES_MAX);
	print("b\n", 2);
	assert_int_equal(buffer_bytes(&heard).left, LINE_BYTES_MAX + 2);
	buffer_reset(&heard);
	print(text, LINE_BYTES_MAX + 1);
	print("b\n", 2);
	assert_string_equal(buffer_text(&heard), "b|");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		lines_are_told_once_they_have_ended, begin, end),
	    cmocka_unit_test_setup_teardown(
		lines_come_byte_by_byte_too, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_is_begun_is_kept_up_to_a_limit, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
