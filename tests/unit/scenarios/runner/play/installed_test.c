/* SPDX-License-Identifier: MIT */
#include "play/installed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/installed_test.XXXXXX";

static void
make(const char *name, mode_t mode)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fclose(file);
	assert_int_equal(chmod(name, mode), 0);
}

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	make("tool", 0755);
	make("notes", 0644);
	assert_int_equal(mkdir("drawer", 0755), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink("tool");
	unlink("notes");
	rmdir("drawer");
	return rmdir(folder);
}

static void
a_program_is_found_in_any_folder_of_the_path(void **state)
{
	char path[200];

	(void)state;
	setenv("PATH", folder, 1);
	assert_true(is_installed("tool"));
	snprintf(path, sizeof(path), "/nowhere:%s", folder);
	setenv("PATH", path, 1);
	assert_true(is_installed("tool"));
	snprintf(path, sizeof(path), "%s:/nowhere", folder);
	setenv("PATH", path, 1);
	assert_true(is_installed("tool"));
}

static void
an_empty_folder_is_the_working_directory(void **state)
{
	(void)state;
	setenv("PATH", "", 1);
	assert_true(is_installed("tool"));
	setenv("PATH", "/nowhere:", 1);
	assert_true(is_installed("tool"));
	setenv("PATH", ":/nowhere", 1);
	assert_true(is_installed("tool"));
	setenv("PATH", "/nowhere", 1);
	assert_false(is_installed("tool"));
}

static void
what_cannot_be_run_is_no_program(void **state)
{
	(void)state;
	setenv("PATH", folder, 1);
	assert_false(is_installed("notes"));
	assert_false(is_installed("drawer"));
	assert_false(is_installed("too"));
	assert_false(is_installed("tool2"));
	assert_false(is_installed("x' || true; '"));
}

static void
without_a_path_the_usual_folders_are_searched(void **state)
{
	(void)state;
	unsetenv("PATH");
	assert_true(is_installed("sh"));
	assert_false(is_installed("tool"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_program_is_found_in_any_folder_of_the_path),
	    cmocka_unit_test(an_empty_folder_is_the_working_directory),
	    cmocka_unit_test(what_cannot_be_run_is_no_program),
	    cmocka_unit_test(without_a_path_the_usual_folders_are_searched),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
