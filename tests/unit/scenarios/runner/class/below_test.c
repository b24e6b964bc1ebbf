/* SPDX-License-Identifier: MIT */
/* What lies below a stranger's folder is opened, and nothing else. */
#include "class/below.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/below-XXXXXX";
static int fd;

static void
shell(const char *command)
{
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(system(command), 0);
}

static int
begin(void **state)
{
	(void)state;
	strcpy(strrchr(folder, '-'), "-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY);
	shell("printf 12345 >five; mkdir in; printf x >in/one");
	return fd == -1;
}

static int
end(void **state)
{
	char command[64];

	(void)state;
	close(fd);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") == -1 || system(command) != 0;
}

static enum below_verdict
verdict_on(const char *path, size_t most)
{
	struct buffer text = {0};
	enum below_verdict v = below_read(fd, path, most, &text);

	buffer_clear(&text);
	return v;
}

static void
a_file_is_read_up_to_its_limit(void **state)
{
	struct buffer text = {0};

	(void)state;
	assert_int_equal(below_read(fd, "five", 5, &text), BELOW_READ);
	assert_string_equal(buffer_text(&text), "12345");
	buffer_clear(&text);
	assert_int_equal(verdict_on("five", 4), BELOW_TOO_LONG);
	assert_int_equal(verdict_on("in/one", 1), BELOW_READ);
	assert_int_equal(verdict_on("none", 1), BELOW_MISSING);
	assert_int_equal(verdict_on("five/none", 1), BELOW_MISSING);
}

static void
no_link_is_followed(void **state)
{
	(void)state;
	shell("ln -s five link; ln -s in way; ln -s /etc/passwd out");
	assert_int_equal(verdict_on("link", 9), BELOW_LINK);
	assert_int_equal(verdict_on("way/one", 9), BELOW_LINK);
	assert_int_equal(verdict_on("out", 99999), BELOW_LINK);
}

static void
nothing_leads_out(void **state)
{
	(void)state;
	assert_int_equal(verdict_on("../five", 9), BELOW_UNREADABLE);
	assert_int_equal(verdict_on("/etc/passwd", 99999), BELOW_UNREADABLE);
	assert_int_equal(verdict_on("in/../five", 9), BELOW_READ);
}

static void
what_is_no_file_is_not_waited_for(void **state)
{
	(void)state;
	shell("mkfifo pipe");
	assert_int_equal(verdict_on("pipe", 9), BELOW_NO_FILE);
	assert_int_equal(verdict_on("in", 9), BELOW_NO_FILE);
}

static void
names_come_in_their_order_and_not_too_many(void **state)
{
	static char names[3][BELOW_NAME_MAX];

	(void)state;
	shell("touch .hidden z a");
	assert_int_equal(
	    below_list(below_open(fd, ".", O_RDONLY | O_DIRECTORY), names, 2),
	    2);
	shell("rm -f z five");
	assert_int_equal(
	    below_list(below_open(fd, ".", O_RDONLY | O_DIRECTORY), names, 3),
	    2);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "in");
	assert_int_equal(below_list(-1, names, 3), 0);
}

static void
a_name_may_be_shown(void **state)
{
	(void)state;
	assert_true(below_is_name("R1.tls13", 9));
	assert_false(below_is_name("R1.tls13", 8));
	assert_false(below_is_name("", 8));
	assert_false(below_is_name("-R1", 8));
	assert_false(below_is_name("=1+1", 8));
	assert_false(below_is_name("a b", 8));
	assert_false(below_is_name("a\x1b[2J", 16));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_file_is_read_up_to_its_limit, begin, end),
	    cmocka_unit_test_setup_teardown(no_link_is_followed, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_leads_out, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_is_no_file_is_not_waited_for, begin, end),
	    cmocka_unit_test_setup_teardown(
		names_come_in_their_order_and_not_too_many, begin, end),
	    cmocka_unit_test(a_name_may_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
