/* SPDX-License-Identifier: MIT */
/* Long options from a table, and the dispatch over a program's commands. */
#include "option.h"

#include "exit_code.h"
#include "standard_streams.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef REPLAYLAB_VERSION
#define REPLAYLAB_VERSION "0.1.0"
#endif

static void
print_row(const struct option_row *row)
{
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", row->name,
	    row->argument == NULL ? "" : " ",
	    row->argument == NULL ? "" : row->argument);
	printf("  %-26s %s\n", left, row->help);
	if (row->kind != OPTION_IS_WORD)
		return;
	printf("  %-26s one of:", "");
	for (size_t i = 0; row->words[i] != NULL; i++)
		printf(" %s", row->words[i]);
	putchar('\n');
}

static void
print_help(const struct option_usage *usage)
{
	printf("usage: %s [options]%s%s\n\n%s\n\n", usage->command,
	    usage->operands == NULL ? "" : " ",
	    usage->operands == NULL ? "" : usage->operands, usage->does);
	for (const struct option_row *row = usage->rows; row->name; row++)
		print_row(row);
	if (usage->example != NULL)
		printf("\nexample: %s\n", usage->example);
}

static int
wrong(const struct option_usage *usage, const char *name, const char *why)
{
	warnx("%s: %s; see %s --help", name, why, usage->command);
	return -1;
}

static int
read_number(const struct option_usage *usage, const struct option_row *row,
    const char *value)
{
	char why[96], *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || number < row->least ||
	    number > row->most) {
		snprintf(why, sizeof(why),
		    "%.32s is not a number from %ld to %ld", value, row->least,
		    row->most);
		return wrong(usage, row->name, why);
	}
	*(long *)row->into = number;
	return 0;
}

static int
read_word(const struct option_usage *usage, const struct option_row *row,
    const char *value)
{
	char why[96];

	for (int i = 0; row->words[i] != NULL; i++) {
		if (strcmp(row->words[i], value) == 0) {
			*(int *)row->into = i;
			return 0;
		}
	}
	snprintf(why, sizeof(why), "%.48s is none of its words", value);
	return wrong(usage, row->name, why);
}

static int
read_value(const struct option_usage *usage, const struct option_row *row,
    const char *value)
{
	struct option_list *list;

	switch (row->kind) {
	case OPTION_IS_FLAG:
		*(bool *)row->into = true;
		return 0;
	case OPTION_IS_TEXT:
		*(const char **)row->into = value;
		return 0;
	case OPTION_IS_NUMBER:
		return read_number(usage, row, value);
	case OPTION_IS_WORD:
		return read_word(usage, row, value);
	case OPTION_IS_LIST:
		list = row->into;
		if (list->count == OPTION_LIST_MAX)
			return wrong(usage, row->name, "given too often");
		list->item[list->count++] = value;
		return 0;
	}
	return -1;
}

/* The row an argument names; *value is set if it came as --name=value. */
static const struct option_row *
find_row(
    const struct option_row *rows, const char *argument, const char **value)
{
	size_t length = strcspn(argument, "=");

	*value = argument[length] == '=' ? argument + length + 1 : NULL;
	for (; rows->name != NULL; rows++)
		if (strlen(rows->name) == length &&
		    strncmp(rows->name, argument, length) == 0)
			return rows;
	return NULL;
}

/* Read the option at argv[*at]; *at is left on its last word. */
static int
read_option(
    const struct option_usage *usage, char *argv[], int *at, uint64_t *given)
{
	const char *word = argv[*at], *value;
	const struct option_row *row = find_row(usage->rows, word + 2, &value);
	uint64_t mark;

	if (row == NULL)
		return wrong(usage, word, "no such option");
	if (row->kind == OPTION_IS_FLAG && value != NULL)
		return wrong(usage, word, "takes no value");
	if (row->kind != OPTION_IS_FLAG && value == NULL &&
	    (value = argv[++*at]) == NULL)
		return wrong(usage, row->name, "needs a value");
	mark = UINT64_C(1) << (row - usage->rows);
	if (row->kind != OPTION_IS_LIST && *given & mark)
		return wrong(usage, row->name, "given twice");
	*given |= mark;
	return read_value(usage, row, value);
}

static bool
asks(const char *word, const char *brief, const char *whole)
{
	return strcmp(word, brief) == 0 || strcmp(word, whole) == 0;
}

/*
 * Operands may stand between the options: they are moved behind them, in their
 * order.  Behind "--" everything is an operand.
 */
int
option_status(
    const struct option_usage *usage, int argc, char *argv[], int *first)
{
	char *operands[argc + 1];
	uint64_t given = 0;
	int at, held = 0;

	for (at = 1; at < argc && strcmp(argv[at], "--") != 0; at++) {
		if (asks(argv[at], "-h", "--help")) {
			print_help(usage);
			return EXIT_AS_EXPECTED;
		}
		if (strncmp(argv[at], "--", 2) != 0) {
			operands[held++] = argv[at];
			continue;
		}
		if (read_option(usage, argv, &at, &given) == -1)
			return EXIT_USAGE;
	}
	for (at++; at < argc; at++)
		operands[held++] = argv[at];
	if (held > 0 && (first == NULL || usage->operands == NULL)) {
		wrong(usage, operands[0], "one word too many");
		return EXIT_USAGE;
	}
	memcpy(argv + argc - held, operands, (size_t)held * sizeof(argv[0]));
	if (first != NULL)
		*first = argc - held;
	return -1;
}

static void
print_commands(
    const char *program, const char *does, const struct command *commands)
{
	printf("usage: %s COMMAND [options]\n\n%s\n\n", program, does);
	for (; commands->name != NULL; commands++)
		printf("  %-12s %s\n", commands->name, commands->does);
	printf("\n%s COMMAND --help tells its options; --version the versions "
	       "in use.\n",
	    program);
}

static int
dispatch(const char *program, const char *does, const struct command *commands,
    void (*versions)(void), int argc, char *argv[])
{
	if (argc < 2 || asks(argv[1], "-h", "--help")) {
		print_commands(program, does, commands);
		return argc < 2 ? EXIT_USAGE : EXIT_AS_EXPECTED;
	}
	if (asks(argv[1], "-V", "--version")) {
		printf("%s %s\n", program, REPLAYLAB_VERSION);
		if (versions != NULL)
			versions();
		return EXIT_AS_EXPECTED;
	}
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, argv[1]) == 0)
			return c->run(argc - 1, argv + 1);
	warnx("%s is no command; see %s --help", argv[1], program);
	return EXIT_USAGE;
}

int
command_run(const char *program, const char *does,
    const struct command *commands, void (*versions)(void), int argc,
    char *argv[])
{
	int status;

	if (standard_streams_open() == -1)
		return EXIT_INTERNAL;
	status = dispatch(program, does, commands, versions, argc, argv);
	return standard_streams_finish() == -1 ? EXIT_INTERNAL : status;
}
