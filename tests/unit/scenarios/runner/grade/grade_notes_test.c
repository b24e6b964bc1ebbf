/* SPDX-License-Identifier: MIT */
/* Notes are plain and few, marks the lowest, and the last word is fair. */
#include "grade/grade.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
a_note_is_a_word_and_a_plain_line(void **state)
{
	struct grade_notes n = {0};

	(void)state;
	grade_note(&n, "copy", "copy %d\x1b[2J\n\xc3\xa4", 2);
	grade_note(&n, "claim", "two");
	assert_string_equal(n.text, "copy: copy 2?[2J???; claim: two");
}

static void
there_are_not_too_many(void **state)
{
	struct grade_notes n = {0};
	char line[400];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 3 * GRADE_NOTES_MAX; i++)
		grade_note(&n, "events", "%s", line);
	assert_true(strlen(n.text) < sizeof(n.text) - 1);
	assert_non_null(strstr(n.text, "x; and more"));
	assert_null(strstr(strstr(n.text, "and more") + 1, "and more"));
}

static void
marks_are_the_lowest_in_order_and_each_once(void **state)
{
	struct grade_marks m = {0};
	char name[FINGERPRINT_SIZE];

	(void)state;
	for (int i = 3 * GRADE_MARKS_MAX; i-- > 0;) {
		snprintf(name, sizeof(name), "%016d", i);
		grade_mark(&m, GRADE_MARK_EVENT, name);
		grade_mark(&m, GRADE_MARK_EVENT, name);
	}
	assert_int_equal(m.count[GRADE_MARK_EVENT], GRADE_MARKS_MAX);
	for (int i = 0; i < GRADE_MARKS_MAX; i++) {
		snprintf(name, sizeof(name), "%016d", i);
		assert_string_equal(m.names[GRADE_MARK_EVENT][i], name);
	}
	assert_int_equal(m.count[GRADE_MARK_CA], 0);
}

static const char *
last_word(const char *claimed, const char *judged, bool noted, bool *agrees)
{
	static struct grade g;

	g = (struct grade){0};
	strcpy(g.claimed, claimed);
	strcpy(g.judged, judged);
	if (noted)
		grade_note(&g.notes, "copy", "none");
	grade_conclude(&g);
	*agrees = grade_agrees(&g);
	return g.judged;
}

static void
the_last_word(void **state)
{
	bool agrees;

	(void)state;
	assert_string_equal(last_word("PASS", "PASS", false, &agrees), "PASS");
	assert_true(agrees);
	assert_string_equal(last_word("PASS", "PASS", true, &agrees), "DOUBT");
	assert_false(agrees);
	assert_string_equal(last_word("PASS", "FAIL", true, &agrees), "FAIL");
	assert_false(agrees);
	assert_string_equal(last_word("-", "PASS", true, &agrees), "DOUBT");
	assert_false(agrees);
	assert_string_equal(last_word("FAIL", "FAIL", true, &agrees), "FAIL");
	assert_true(agrees);
	assert_string_equal(last_word("SKIP", "-", false, &agrees), "-");
	assert_true(agrees);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_note_is_a_word_and_a_plain_line),
	    cmocka_unit_test(there_are_not_too_many),
	    cmocka_unit_test(marks_are_the_lowest_in_order_and_each_once),
	    cmocka_unit_test(the_last_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
