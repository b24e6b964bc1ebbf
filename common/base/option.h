/* SPDX-License-Identifier: MIT */
#ifndef OPTION_H
#define OPTION_H

#include <stddef.h>

/*
 * Long options, read from a table that also prints the help.
 *
 *	static struct settings s;
 *	const struct option_row rows[] = {
 *	    OPTION_TEXT("from", &s.from, "NAME", "account to take from"),
 *	    OPTION_NUMBER("amount", &s.amount, 1, 1000000, "what to move"),
 *	    OPTION_END,
 *	};
 *	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
 *		return status;
 *
 * Values are borrowed from argv.  Both `--name value` and `--name=value` are
 * read.  An option given twice is a mistake, except for a list.  Operands may
 * stand anywhere; behind "--" everything is one.
 */

/* Every value of an option that may be given several times. */
#define OPTION_LIST_MAX 16
struct option_list {
	const char *item[OPTION_LIST_MAX];
	size_t count;
};

enum option_kind {
	OPTION_IS_FLAG,
	OPTION_IS_TEXT,
	OPTION_IS_NUMBER,
	OPTION_IS_LIST,
	OPTION_IS_WORD
};

struct option_row {
	const char *name; /* without the dashes */
	enum option_kind kind;
	void *into;           /* bool, const char *, long, option_list, int */
	const char *argument; /* what the help calls the value */
	const char *help;
	long least, most;         /* numbers */
	const char *const *words; /* OPTION_IS_WORD: the index goes to *into */
};

#define OPTION_FLAG(n, into, help)                                             \
	{                                                                      \
		n, OPTION_IS_FLAG, into, NULL, help, 0, 0, NULL                \
	}
#define OPTION_TEXT(n, into, argument, help)                                   \
	{                                                                      \
		n, OPTION_IS_TEXT, into, argument, help, 0, 0, NULL            \
	}
#define OPTION_NUMBER(n, into, least, most, help)                              \
	{                                                                      \
		n, OPTION_IS_NUMBER, into, "N", help, least, most, NULL        \
	}
#define OPTION_LIST(n, into, argument, help)                                   \
	{                                                                      \
		n, OPTION_IS_LIST, into, argument, help, 0, 0, NULL            \
	}
/* One of a NULL-ended list of words, as its index (int). */
#define OPTION_WORD(n, into, argument, words, help)                            \
	{                                                                      \
		n, OPTION_IS_WORD, into, argument, help, 0, 0, words           \
	}
#define OPTION_END                                                             \
	{                                                                      \
		NULL, OPTION_IS_FLAG, NULL, NULL, NULL, 0, 0, NULL             \
	}

struct option_usage {
	const char *command;  /* "victim-client transfer" */
	const char *does;     /* one line */
	const char *operands; /* "[HOST]", or NULL if there are none */
	const struct option_row *rows;
	const char *example;
};

/*
 * For a main: -1 to go on, the operands then stand from argv[*first] on; or
 * the exit status to return, after --help (0), or after one line that said
 * what was wrong (2).  `first` may be NULL where there are no operands.
 */
int option_status(
    const struct option_usage *usage, int argc, char *argv[], int *first);

/*
 * A program of several commands: its table and its dispatch.
 * The last row has no name.
 */
struct command {
	const char *name;
	int (*run)(int argc, char *argv[]);
	const char *does;
};

/*
 * Run the command argv[1] names and return its exit status.  Answers --help
 * and --version (-h, -V); `versions` adds lines on the libraries it runs with,
 * or NULL.  What could not be printed is a failure, whatever the command says.
 */
int command_run(const char *program, const char *does,
    const struct command *commands, void (*versions)(void), int argc,
    char *argv[]);

#endif
