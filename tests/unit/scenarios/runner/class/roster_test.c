/* SPDX-License-Identifier: MIT */
/* The names of a class: folders, containers and terminals will see them. */
#include "class/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct roster r;

static enum roster_verdict
parsed(const void *text, size_t size, unsigned int *line)
{
	r = (struct roster){0};
	return roster_parse(&r, (struct bytes){text, size}, line);
}

static enum roster_verdict
read_text(const char *text, unsigned int *line)
{
	return parsed(text, strlen(text), line);
}

static void
a_file_has_a_name_a_line_comments_and_blanks(void **state)
{
	unsigned int line;

	(void)state;
	assert_int_equal(
	    read_text("# a class\nalice\n\n  bob\t\r\n\tc.d_e-1", &line),
	    ROSTER_ADDED);
	assert_int_equal(r.count, 3);
	assert_string_equal(r.names[0], "alice");
	assert_string_equal(r.names[1], "bob");
	assert_string_equal(r.names[2], "c.d_e-1");
	assert_true(roster_has(&r, "bob"));
	assert_false(roster_has(&r, "bo"));
}

static void
what_is_no_name_is_refused_with_its_line(void **state)
{
	static const char *const bad[] = {"Alice", "..", ".", "-x", "_x", "a/b",
	    "a b", "a\x1b[2J", "\xc3\xa9ric", "a=b", "--rm"};
	char text[64];
	unsigned int line;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "ok\n%s\n", bad[i]);
		assert_int_equal(read_text(text, &line), ROSTER_NO_NAME);
		assert_int_equal(line, 2);
		assert_int_equal(r.count, 1);
	}
	assert_int_equal(parsed("a\0b\n", 4, &line), ROSTER_NO_NAME);
	r = (struct roster){0};
	assert_int_equal(roster_add(&r, ""), ROSTER_NO_NAME);
}

static void
a_name_has_31_bytes_and_not_one_more(void **state)
{
	char text[64];
	unsigned int line;

	(void)state;
	snprintf(text, sizeof(text), "%031d", 1);
	assert_int_equal(read_text(text, &line), ROSTER_ADDED);
	assert_string_equal(r.names[0], text);
	for (int length = 32; length < 60; length++) {
		snprintf(text, sizeof(text), "%0*d", length, 1);
		assert_int_equal(read_text(text, &line), ROSTER_NO_NAME);
	}
}

static void
a_name_is_there_once(void **state)
{
	unsigned int line;

	(void)state;
	assert_int_equal(read_text("a\nb\na\n", &line), ROSTER_TWICE);
	assert_int_equal(line, 3);
}

static void
a_class_has_an_end(void **state)
{
	(void)state;
	r = (struct roster){0};
	assert_int_equal(roster_number(&r, ROSTER_MAX), ROSTER_ADDED);
	assert_int_equal(r.count, ROSTER_MAX);
	assert_string_equal(r.names[0], "student0001");
	assert_int_equal(roster_add(&r, "one-more"), ROSTER_FULL);
	r = (struct roster){0};
	assert_int_equal(roster_number(&r, ROSTER_MAX + 1), ROSTER_FULL);
	r = (struct roster){0};
	assert_int_equal(roster_number(&r, 10), ROSTER_ADDED);
	assert_string_equal(r.names[9], "student10");
	assert_string_equal(r.names[0], "student01");
}

static void
every_shorter_prefix_has_a_prefix_of_the_names(void **state)
{
	static const char text[] = "# x\n alice \nbob\r\n\nc9\n";
	static const char *const names[] = {"alice", "bob", "c9"};
	unsigned int line;

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		assert_int_equal(parsed(text, n, &line), ROSTER_ADDED);
		assert_true(r.count <= 3);
		for (size_t i = 0; i < r.count; i++)
			assert_memory_equal(
			    r.names[i], names[i], strlen(r.names[i]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_has_a_name_a_line_comments_and_blanks),
	    cmocka_unit_test(what_is_no_name_is_refused_with_its_line),
	    cmocka_unit_test(a_name_has_31_bytes_and_not_one_more),
	    cmocka_unit_test(a_name_is_there_once),
	    cmocka_unit_test(a_class_has_an_end),
	    cmocka_unit_test(every_shorter_prefix_has_a_prefix_of_the_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
