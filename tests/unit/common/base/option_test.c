/* SPDX-License-Identifier: MIT */
/* Options: what is read, and the one line for every mistake. */
#include "option.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "exit_code.h"

#define GO_ON (-1) /* no exit status yet */

static struct settings {
	const char *from;
	long amount;
	bool step;
	struct option_list ids;
	int suite;
} settings;

static const char *const suites[] = {"tls12-gcm", "tls13", NULL};

static const struct option_row rows[] = {
    OPTION_TEXT("from", &settings.from, "NAME", "account to take from"),
    OPTION_NUMBER("amount", &settings.amount, 1, 1000, "what to move"),
    OPTION_FLAG("step", &settings.step, "wait for a line in between"),
    OPTION_LIST("id", &settings.ids, "ID", "transfer id"),
    OPTION_WORD("suite", &settings.suite, "WORD", suites, "cipher suite"),
    OPTION_END,
};

static const struct option_usage bare = {
    "client transfer", "Move money.", NULL, rows, "client transfer"};
static const struct option_usage with_operands = {
    "client transfer", "Move money.", "[HOST]", rows, NULL};

/* Words separated by single spaces, as a shell would hand them over. */
static int
read_line(const struct option_usage *usage, const char *line, int *first)
{
	static char text[4096];
	char *argv[128] = {"client"};
	int argc = 1;

	settings = (struct settings){.suite = -1};
	snprintf(text, sizeof(text), "%s", line);
	for (char *word = strtok(text, " "); word != NULL;
	     word = strtok(NULL, " "))
		argv[argc++] = word;
	return option_status(usage, argc, argv, first);
}

static void
options_are_read_in_both_spellings(void **state)
{
	(void)state;
	assert_int_equal(read_line(&bare, "", NULL), GO_ON);
	assert_int_equal(read_line(&bare,
			     "--from alice --amount=100 --step --id a "
			     "--id=b --suite tls13",
			     NULL),
	    GO_ON);
	assert_string_equal(settings.from, "alice");
	assert_int_equal(settings.amount, 100);
	assert_true(settings.step);
	assert_int_equal(settings.ids.count, 2);
	assert_string_equal(settings.ids.item[1], "b");
	assert_int_equal(settings.suite, 1);
}

static void
a_value_may_be_empty_or_look_like_an_option(void **state)
{
	(void)state;
	assert_int_equal(read_line(&bare, "--from=", NULL), GO_ON);
	assert_string_equal(settings.from, "");
	assert_int_equal(read_line(&bare, "--from=a=b", NULL), GO_ON);
	assert_string_equal(settings.from, "a=b");
	assert_int_equal(read_line(&bare, "--from --step", NULL), GO_ON);
	assert_string_equal(settings.from, "--step");
	assert_false(settings.step);
}

static void
every_mistake_is_wrong(void **state)
{
	static const char *const wrong[] = {
	    "--unknown",
	    "--fro a",
	    "--fromm a",
	    "--from",
	    "--step=yes",
	    "--step --step",
	    "--from a --from b",
	    "--amount 0",
	    "--amount 1001",
	    "--amount -1",
	    "--amount 1x",
	    "--amount=",
	    "--amount 99999999999999999999",
	    "--suite tls1",
	    "--suite=",
	    "operand",
	    "-s",
	    "-- operand",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (read_line(&bare, wrong[i], NULL) != EXIT_USAGE)
			fail_msg("%s was read", wrong[i]);
}

static void
numbers_up_to_their_limits_are_read(void **state)
{
	(void)state;
	assert_int_equal(read_line(&bare, "--amount 1", NULL), GO_ON);
	assert_int_equal(read_line(&bare, "--amount 1000", NULL), GO_ON);
	assert_int_equal(settings.amount, 1000);
}

static void
a_list_up_to_its_limit_is_read_and_one_more_is_wrong(void **state)
{
	char line[1024] = "";

	(void)state;
	for (int i = 0; i < OPTION_LIST_MAX; i++)
		strcat(line, "--id x ");
	assert_int_equal(read_line(&bare, line, NULL), GO_ON);
	assert_int_equal(settings.ids.count, OPTION_LIST_MAX);
	strcat(line, "--id x");
	assert_int_equal(read_line(&bare, line, NULL), EXIT_USAGE);
}

static void
operands_start_after_the_options(void **state)
{
	int first = 0;

	(void)state;
	assert_int_equal(
	    read_line(&with_operands, "--step host", &first), GO_ON);
	assert_int_equal(first, 2);
	assert_int_equal(read_line(&with_operands, "-- --step", &first), GO_ON);
	assert_int_equal(first, 2);
	assert_false(settings.step);
	assert_int_equal(read_line(&with_operands, "", &first), GO_ON);
	assert_int_equal(first, 1);
}

static void
help_is_an_answer(void **state)
{
	(void)state;
	assert_int_equal(
	    read_line(&bare, "--step --help", NULL), EXIT_AS_EXPECTED);
	assert_int_equal(read_line(&bare, "--step -h", NULL), EXIT_AS_EXPECTED);
}

static int ran;

static int
transfer_main(int argc, char *argv[])
{
	ran = argc;
	return strcmp(argv[0], "transfer") == 0 ? 42 : 43;
}

static void
a_command_gets_its_own_arguments(void **state)
{
	static const struct command commands[] = {
	    {"transfer", transfer_main, "move money"}, {NULL, NULL, NULL}};
	static const struct {
		char *argv[4];
		int argc, status;
	} lines[] = {
	    {{"client", "transfer", "--step", NULL}, 3, 42},
	    {{"client", NULL}, 1, EXIT_USAGE},
	    {{"client", "--help", NULL}, 2, EXIT_AS_EXPECTED},
	    {{"client", "--version", NULL}, 2, EXIT_AS_EXPECTED},
	    {{"client", "-h", NULL}, 2, EXIT_AS_EXPECTED},
	    {{"client", "-V", NULL}, 2, EXIT_AS_EXPECTED},
	    {{"client", "-v", NULL}, 2, EXIT_USAGE},
	    {{"client", "trans", NULL}, 2, EXIT_USAGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(
		    command_run("client", "A client.", commands, NULL,
			lines[i].argc, (char **)lines[i].argv),
		    lines[i].status);
	assert_int_equal(ran, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_are_read_in_both_spellings),
	    cmocka_unit_test(a_value_may_be_empty_or_look_like_an_option),
	    cmocka_unit_test(every_mistake_is_wrong),
	    cmocka_unit_test(numbers_up_to_their_limits_are_read),
	    cmocka_unit_test(
		a_list_up_to_its_limit_is_read_and_one_more_is_wrong),
	    cmocka_unit_test(operands_start_after_the_options),
	    cmocka_unit_test(help_is_an_answer),
	    cmocka_unit_test(a_command_gets_its_own_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
