/* SPDX-License-Identifier: MIT */
/* Plays are found wherever they lie below a folder, and links lead nowhere. */
#include "grade/grade_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/grade-folder-XXXXXX";

static void
shell(const char *command)
{
	assert_int_equal(system(command), 0);
}

static int
begin(void **state)
{
	(void)state;
	strcpy(strrchr(top, '-'), "-XXXXXX");
	if (mkdtemp(top) == NULL || chdir(top) == -1)
		return -1;
	shell("for play in ann/runs/20261126-100000-1/R1.tls13 "
	      "ann/runs/20261126-110000-2/S6 'bob/his work/x/S6'; do "
	      "mkdir -p \"$play\" && touch \"$play/result.json\"; done; "
	      "ln -s 20261126-110000-2 ann/runs/latest; "
	      "ln -s ../ann bob/hers; ln -s ../../ann/runs bob/runs");
	return 0;
}

static int
end(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return chdir("/") == -1 || system(command) != 0;
}

static void
has(const char *path, const char *student, size_t count, const char *play,
    const char *run)
{
	struct grade_folder f;
	char name[BELOW_NAME_MAX], above[BELOW_NAME_MAX];
	int fd;

	assert_int_equal(grade_folder_open(&f, path), 0);
	assert_string_equal(f.student, student);
	assert_int_equal(f.count, count);
	if (count > 0) {
		grade_folder_names(&f, count - 1, name, above);
		assert_string_equal(name, play);
		assert_string_equal(above, run);
		assert_true((fd = grade_folder_play(&f, count - 1)) != -1);
		close(fd);
	}
	grade_folder_close(&f);
}

static void
plays_are_found_from_wherever_one_begins(void **state)
{
	(void)state;
	has("ann", "ann", 2, "S6", "20261126-110000-2");
	has("ann/", "ann", 2, "S6", "20261126-110000-2");
	has("ann/runs", "ann", 2, "S6", "20261126-110000-2");
	has("ann/runs/20261126-100000-1", "ann", 1, "R1.tls13",
	    "20261126-100000-1");
	has("ann/runs/20261126-100000-1/R1.tls13", "ann", 1, "R1.tls13",
	    "20261126-100000-1");
	has("bob", "bob", 1, "S6", "x");
	assert_int_equal(chdir("ann/runs"), 0);
	has(".", "ann", 2, "S6", "20261126-110000-2");
	assert_int_equal(chdir(top), 0);
}

static void
a_link_may_lead_to_a_neighbour_only(void **state)
{
	struct grade_folder f;

	(void)state;
	has("ann/runs/latest", "ann", 1, "S6", "latest");
	assert_int_equal(grade_folder_open(&f, "bob/hers"), -1);
	assert_int_equal(grade_folder_open(&f, "bob/runs"), -1);
	assert_int_equal(grade_folder_open(&f, "none"), -1);
	grade_folder_close(&f);
}

static void
what_lies_too_deep_is_not_looked_for(void **state)
{
	(void)state;
	shell("mkdir -p cy/1/2/3/4/5/6/7; touch cy/1/2/3/4/5/6/result.json");
	has("cy", "cy", 1, "6", "5");
	shell("mv cy/1/2/3/4/5/6/result.json cy/1/2/3/4/5/6/7");
	has("cy", "cy", 0, "", "");
}

static void
a_student_is_not_called_as_the_labs_folders_are(void **state)
{
	char name[BELOW_NAME_MAX];

	(void)state;
	grade_folder_student("/class/ann/runs/20261126-100000-1", name);
	assert_string_equal(name, "ann");
	grade_folder_student("20261126-ann", name);
	assert_string_equal(name, "20261126-ann");
	grade_folder_student("/", name);
	assert_string_equal(name, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		plays_are_found_from_wherever_one_begins, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_link_may_lead_to_a_neighbour_only, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_lies_too_deep_is_not_looked_for, begin, end),
	    cmocka_unit_test(a_student_is_not_called_as_the_labs_folders_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
