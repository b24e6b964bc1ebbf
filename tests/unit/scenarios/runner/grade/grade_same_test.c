/* SPDX-License-Identifier: MIT */
/* Whoever shares a mark with another student is told apart from who does not.
 */
#include "grade/grade_same.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct grade_row rows[4];

static int
begin(void **state)
{
	static const char *const students[] = {"ann", "bob", "cy", "cy"};

	(void)state;
	memset(rows, 0, sizeof(rows));
	for (size_t i = 0; i < 4; i++) {
		rows[i].folder = i < 3 ? i : 2;
		rows[i].student = students[i];
		strcpy(rows[i].grade.story, i == 3 ? "R1" : "S6");
	}
	return 0;
}

static const char *
note(size_t i)
{
	return rows[i].grade.notes.text;
}

static void
both_are_told(void **state)
{
	(void)state;
	grade_mark(&rows[0].grade.marks, GRADE_MARK_RANDOM, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[1].grade.marks, GRADE_MARK_RANDOM, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[2].grade.marks, GRADE_MARK_RANDOM, "bbbbbbbbbbbbbbbb");
	grade_same(rows, 4);
	assert_string_equal(
	    note(0), "same: same evidence as bob/S6 (TLS secrets)");
	assert_string_equal(
	    note(1), "same: same evidence as ann/S6 (TLS secrets)");
	assert_string_equal(note(2), "");
}

static void
a_students_own_plays_may_share(void **state)
{
	(void)state;
	grade_mark(&rows[2].grade.marks, GRADE_MARK_CA, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[3].grade.marks, GRADE_MARK_CA, "aaaaaaaaaaaaaaaa");
	grade_same(rows, 4);
	assert_string_equal(note(2), "");
	assert_string_equal(note(3), "");
}

static void
one_play_is_not_two_stories(void **state)
{
	(void)state;
	grade_mark(&rows[2].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[3].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_same(rows, 4);
	assert_string_equal(note(2), "same: same evidence as cy/R1 (events)");
	assert_string_equal(note(3), "same: same evidence as cy/S6 (events)");
	/* Handed in twice it is still one. */
	assert_int_equal(begin(state), 0);
	strcpy(rows[3].grade.story, "S6");
	grade_mark(&rows[2].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[3].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_same(rows, 4);
	assert_string_equal(note(2), "");
	assert_string_equal(note(3), "");
}

static void
the_surest_mark_and_the_same_story_come_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		grade_mark(
		    &rows[i].grade.marks, GRADE_MARK_CA, "aaaaaaaaaaaaaaaa");
	strcpy(rows[1].grade.story, "R1");
	grade_mark(&rows[2].grade.marks, GRADE_MARK_EVENT, "cccccccccccccccc");
	grade_mark(&rows[0].grade.marks, GRADE_MARK_EVENT, "cccccccccccccccc");
	grade_same(rows, 4);
	assert_string_equal(note(0), "same: same evidence as cy/S6 (events)");
	assert_string_equal(note(1), "same: same evidence as cy/R1 (CA)");
	assert_string_equal(note(2), "same: same evidence as ann/S6 (events)");
	assert_string_equal(note(3), "same: same evidence as bob/R1 (CA)");
}

static void
who_was_copied_is_not_suspected_of_all_else(void **state)
{
	(void)state;
	for (size_t i = 1; i < 4; i++)
		grade_mark(
		    &rows[i].grade.marks, GRADE_MARK_CA, "aaaaaaaaaaaaaaaa");
	grade_same(rows, 4);
	assert_string_equal(note(1), "same: same evidence as cy/S6 (CA)");
	assert_string_equal(note(2), "same: same evidence as bob/S6 (CA)");
	assert_string_equal(note(3), "");
}

static void
however_many_notes_there_are_this_one_is_told(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * GRADE_NOTES_MAX; i++)
		grade_note(&rows[0].grade.notes, "events", "%d", i);
	grade_mark(&rows[0].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[1].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_same(rows, 4);
	assert_non_null(strstr(note(0), "same evidence as bob/S6"));
}

static void
the_same_kind_of_mark_is_meant(void **state)
{
	(void)state;
	grade_mark(&rows[0].grade.marks, GRADE_MARK_CA, "aaaaaaaaaaaaaaaa");
	grade_mark(&rows[1].grade.marks, GRADE_MARK_EVENT, "aaaaaaaaaaaaaaaa");
	grade_same(rows, 4);
	assert_string_equal(note(0), "");
	grade_same(rows, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(both_are_told, begin),
	    cmocka_unit_test_setup(a_students_own_plays_may_share, begin),
	    cmocka_unit_test_setup(one_play_is_not_two_stories, begin),
	    cmocka_unit_test_setup(
		the_surest_mark_and_the_same_story_come_first, begin),
	    cmocka_unit_test_setup(
		who_was_copied_is_not_suspected_of_all_else, begin),
	    cmocka_unit_test_setup(
		however_many_notes_there_are_this_one_is_told, begin),
	    cmocka_unit_test_setup(the_same_kind_of_mark_is_meant, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
