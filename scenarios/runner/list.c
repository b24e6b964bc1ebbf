/* SPDX-License-Identifier: MIT */
/* replaylab list and show: what scenarios there are, and what they say. */
#include "commands.h"

#include "exit_code.h"
#include "json.h"
#include "option.h"
#include "story/by_hand.h"
#include "story/library.h"
#include "story/scenario_command.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

static void
list_row(const struct scenario *s)
{
	char over[160] = "";
	size_t length = 0;

	for (size_t i = 0; i < s->value_count; i++)
		length += (size_t)snprintf(over + length, sizeof(over) - length,
		    "%s%s", i == 0 ? "" : " ", s->values[i]);
	printf("%-5s %-62s %s\n", s->id, s->title, over);
}

static void
list_json(struct buffer *out, const struct library *l, size_t entry)
{
	const struct scenario *s = l->entries[entry].scenario;

	json_open(out, '{');
	json_member_text(out, "id", s->id);
	json_member_text(out, "title", s->title);
	json_member_text(out, "clause", s->clause);
	json_member_number(out, "minutes", s->minutes);
	json_member_text(out, "file", l->entries[entry].path);
	json_key(out, "tags");
	json_open(out, '[');
	for (size_t i = 0; i < s->tag_count; i++)
		json_text(out, s->tags[i]);
	json_close(out, ']');
	json_key(out, "values");
	json_open(out, '[');
	for (size_t i = 0; i < s->value_count; i++)
		json_text(out, s->values[i]);
	json_close(out, ']');
	json_close(out, '}');
}

/* -1 after a line: a word asks for nothing. */
static int
check_words(const struct library *l, int count, char *words[])
{
	for (int w = 0; w < count; w++) {
		size_t i = 0;

		while (i < l->count && !library_matches(l, i, words[w]))
			i++;
		if (i < l->count)
			continue;
		warnx("no scenario and no tag is called %s; replaylab list "
		      "names the scenarios",
		    words[w]);
		return -1;
	}
	return 0;
}

int
list_main(int argc, char *argv[])
{
	const char *where = NULL;
	bool json = false;
	int first, status;
	struct library l;
	struct buffer out = {0};
	const struct option_usage usage = {
	    .command = "replaylab list",
	    .does = "Name the scenarios, all or those of a tag.",
	    .operands = "[NAME|TAG]...",
	    .rows =
		(const struct option_row[]){
		    OPTION_FLAG("json", &json, "as JSON"),
		    OPTION_TEXT(
			"scenarios", &where, "DIR", "read scenarios from here"),
		    OPTION_END,
		},
	    .example = "replaylab list headline",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if (library_open(&l, where) == -1)
		return EXIT_USAGE;
	if (check_words(&l, argc - first, &argv[first]) == -1) {
		library_close(&l);
		return EXIT_USAGE;
	}
	json_open(&out, '[');
	for (size_t i = 0; i < l.count; i++) {
		bool wanted = first == argc;

		for (int w = first; w < argc; w++)
			wanted = wanted || library_matches(&l, i, argv[w]);
		if (wanted && json)
			list_json(&out, &l, i);
		else if (wanted)
			list_row(l.entries[i].scenario);
	}
	json_close(&out, ']');
	if (json)
		puts(buffer_text(&out));
	buffer_clear(&out);
	library_close(&l);
	return EXIT_AS_EXPECTED;
}

static void
show_scenario(const struct scenario *s)
{
	struct buffer commands = {0};

	printf("%s  %s\n", s->id, s->title);
	printf("clause   %s\n", s->clause);
	if (s->minutes > 0)
		printf("minutes  %ld\n", s->minutes);
	if (s->value_count > 0)
		printf("over     %s:", s->over);
	for (size_t i = 0; i < s->value_count; i++)
		printf(
		    " %s%s", s->values[i], i + 1 == s->value_count ? "\n" : "");
	putchar('\n');
	for (size_t i = 0; i < s->story_count; i++)
		printf("  %s\n", s->story[i]);
	printf("%sBy hand (replaylab shell HOST, then shell HOST --join):\n",
	    s->story_count > 0 ? "\n" : "");
	by_hand(&commands, s, NULL);
	fputs(buffer_text(&commands), stdout);
	buffer_clear(&commands);
}

int
show_main(int argc, char *argv[])
{
	const char *where = NULL;
	int first, shown = 0, status;
	struct library l;
	const struct option_usage usage = {
	    .command = "replaylab show",
	    .does = "Tell a scenario's story, its clauses and its commands.",
	    .operands = "NAME",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT(
			"scenarios", &where, "DIR", "read scenarios from here"),
		    OPTION_END,
		},
	    .example = "replaylab show R1",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if (first == argc) {
		warnx("show which scenario?  replaylab list names them");
		return EXIT_USAGE;
	}
	if (library_open(&l, where) == -1)
		return EXIT_USAGE;
	for (size_t i = 0; i < l.count; i++) {
		if (!library_matches(&l, i, argv[first]))
			continue;
		if (shown++ > 0)
			putchar('\n');
		show_scenario(l.entries[i].scenario);
	}
	library_close(&l);
	if (shown == 0)
		warnx("no scenario is called %s; replaylab list names them",
		    argv[first]);
	return shown == 0 ? EXIT_USAGE : EXIT_AS_EXPECTED;
}
