/* SPDX-License-Identifier: MIT */
/* The tables of a class: whose lab runs, and what was played. */
#include "class.h"

#include "class_container.h"
#include "class_results.h"
#include "exit_code.h"
#include "json.h"
#include "story/library.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those who have a folder in the class's, by name. */
static int
read_members(const struct class *c, struct roster *r)
{
	struct dirent **entries;
	int count = scandir(c->folder, &entries, NULL, alphasort);

	*r = (struct roster){0};
	if (count == -1) {
		warn("%s", c->folder);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_type == DT_DIR)
			(void)roster_add(r, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static void
list_row(const struct class *c, const char *name, bool runs)
{
	static struct class_results results;
	struct buffer out = {0};

	if (class_results_read(&results, c->folder, name) == -1)
		results.plays = 0;
	if (!c->json) {
		printf("%-20s %-8s %5ld\n", name, runs ? "runs" : "ended",
		    results.plays);
		return;
	}
	json_open(&out, '{');
	json_member_text(&out, "student", name);
	json_member_bool(&out, "runs", runs);
	json_member_number(&out, "plays", results.plays);
	json_close(&out, '}');
	puts(buffer_text(&out));
	buffer_clear(&out);
}

int
class_list(const struct class *c)
{
	static struct roster running, members;

	if (read_members(c, &members) == -1)
		return EXIT_USAGE;
	if (class_container_list(c, false, &running) == -1)
		return EXIT_INTERNAL;
	if (!c->json)
		printf("%-20s %-8s %5s\n", "student", "lab", "plays");
	for (size_t i = 0; i < members.count; i++)
		list_row(c, members.names[i],
		    roster_has(&running, members.names[i]));
	return EXIT_AS_EXPECTED;
}

static void
collect_row(
    const struct class *c, const char *name, const struct class_result *row)
{
	struct buffer out = {0};

	if (c->csv) {
		printf("%s,%s,%s,%s,%ld,%s\n", name, row->story, row->verdict,
		    row->stopped_by, row->plays, row->run);
		return;
	}
	if (!c->json) {
		printf("%-20s %-12s %-8s %-20s %5ld  %s\n", name, row->story,
		    row->verdict, row->stopped_by, row->plays, row->run);
		return;
	}
	json_open(&out, '{');
	json_member_text(&out, "student", name);
	json_member_text(&out, "story", row->story);
	json_member_text(&out, "result", row->verdict);
	json_member_text(&out, "stopped_by", row->stopped_by);
	json_member_number(&out, "plays", row->plays);
	json_member_text(&out, "run", row->run);
	json_close(&out, '}');
	puts(buffer_text(&out));
	buffer_clear(&out);
}

/* The rows of a story, or one that says it was not played. */
static void
collect_story(const struct class *c, const char *name,
    const struct class_results *results, const char *story)
{
	struct class_result none = {
	    .verdict = "-", .stopped_by = "-", .run = "-"};
	bool found = false;

	for (size_t i = 0; i < results->count; i++)
		if (library_asks_for(story, results->rows[i].story)) {
			found = true;
			collect_row(c, name, &results->rows[i]);
		}
	snprintf(none.story, sizeof(none.story), "%s", story);
	if (!found)
		collect_row(c, name, &none);
}

static void
collect_student(const struct class *c, const char *name,
    const struct class_results *results)
{
	for (size_t i = 0; i < results->count && c->stories.count == 0; i++)
		collect_row(c, name, &results->rows[i]);
	for (size_t i = 0; i < c->stories.count; i++)
		collect_story(c, name, results, c->stories.item[i]);
}

int
class_collect(const struct class *c)
{
	static struct class_results results;
	static struct roster members;
	int outcome = EXIT_AS_EXPECTED;

	if (c->roster.count > 0)
		members = c->roster;
	else if (read_members(c, &members) == -1)
		return EXIT_USAGE;
	if (c->csv)
		puts("student,story,result,stopped_by,plays,run");
	else if (!c->json)
		printf("%-20s %-12s %-8s %-20s %5s  %s\n", "student", "story",
		    "result", "stopped by", "plays", "run");
	for (size_t i = 0; i < members.count; i++) {
		if (class_results_read(&results, c->folder, members.names[i]) ==
		    0)
			collect_student(c, members.names[i], &results);
		else
			outcome = EXIT_DIFFERS;
	}
	return outcome;
}
