/* SPDX-License-Identifier: MIT */
/* replaylab class: many labs on one machine, and what they came to. */
#include "class.h"

#include "class_results.h"
#include "commands.h"
#include "exit_code.h"
#include "json.h"
#include "library.h"
#include "option.h"
#include "read_file.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROSTER_FILE_MAX (1 << 20)

struct settings {
	struct class class;
	const char *folder, *students, *cpus, *seccomp;
	struct option_list stories;
	bool json, csv;
	int engine;
};

static const char *const engines[] = {"podman", "docker", NULL};

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

/* A file's names, or so many. */
static int
read_students(const char *students, struct roster *r)
{
	struct buffer text = {0};
	enum roster_verdict v;
	unsigned int line = 0;

	if (students[strspn(students, "0123456789")] == '\0') {
		v = roster_number(r, (unsigned int)strtoul(students, NULL, 10));
	} else {
		if (read_file(students, ROSTER_FILE_MAX, &text) == -1)
			return -1;
		v = roster_parse(r, buffer_bytes(&text), &line);
		buffer_clear(&text);
	}
	if (v == ROSTER_ADDED)
		return 0;
	if (line > 0)
		warnx("%s:%u: %s", students, line, roster_verdict_text(v));
	else
		warnx("%s: %s", students, roster_verdict_text(v));
	return -1;
}

static int
start(struct settings *s, char *names[])
{
	(void)names;
	if (s->class.roster.count == 0) {
		warnx("whose labs?  Name them, or give --students");
		return EXIT_USAGE;
	}
	return class_start(&s->class);
}

static int
stop(struct settings *s, char *names[])
{
	(void)names;
	return class_stop(&s->class);
}

static int
enter(struct settings *s, char *words[])
{
	if (s->class.roster.count == 0) {
		warnx("whose lab?");
		return EXIT_USAGE;
	}
	return class_enter(&s->class, s->class.roster.names[0], words + 1);
}

static void
list_row(const struct settings *s, const char *name, bool runs)
{
	static struct class_results results;
	struct buffer out = {0};

	if (class_results_read(&results, s->class.folder, name) == -1)
		results.plays = 0;
	if (!s->json) {
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

static int
list(struct settings *s, char *names[])
{
	static struct roster running, members;

	(void)names;
	if (read_members(&s->class, &members) == -1)
		return EXIT_USAGE;
	if (class_running(&s->class, false, &running) == -1)
		return EXIT_INTERNAL;
	if (!s->json)
		printf("%-20s %-8s %5s\n", "student", "lab", "plays");
	for (size_t i = 0; i < members.count; i++)
		list_row(s, members.names[i],
		    roster_has(&running, members.names[i]));
	return EXIT_AS_EXPECTED;
}

static void
collect_row(
    const struct settings *s, const char *name, const struct class_result *row)
{
	struct buffer out = {0};

	if (s->csv) {
		printf("%s,%s,%s,%s,%ld,%s\n", name, row->story, row->verdict,
		    row->stopped_by, row->plays, row->run);
		return;
	}
	if (!s->json) {
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

/* R1 asks for R1 and for R1.tls13. */
static bool
is_of(const char *play, const char *story)
{
	size_t length = strlen(story);

	return strncmp(play, story, length) == 0 &&
	       (play[length] == '\0' || play[length] == '.');
}

/* With stories: those, and a row without a verdict for one not played. */
static void
collect_student(const struct settings *s, const char *name,
    const struct class_results *results)
{
	for (size_t i = 0; i < results->count && s->stories.count == 0; i++)
		collect_row(s, name, &results->rows[i]);
	for (size_t w = 0; w < s->stories.count; w++) {
		struct class_result none = {
		    .verdict = "-", .stopped_by = "-", .run = "-"};
		bool found = false;

		for (size_t i = 0; i < results->count; i++) {
			if (!is_of(results->rows[i].story, s->stories.item[w]))
				continue;
			found = true;
			collect_row(s, name, &results->rows[i]);
		}
		snprintf(
		    none.story, sizeof(none.story), "%s", s->stories.item[w]);
		if (!found)
			collect_row(s, name, &none);
	}
}

static int
collect(struct settings *s, char *names[])
{
	static struct class_results results;
	static struct roster members;
	int outcome = EXIT_AS_EXPECTED;

	(void)names;
	if (s->class.roster.count > 0)
		members = s->class.roster;
	else if (read_members(&s->class, &members) == -1)
		return EXIT_USAGE;
	if (s->csv)
		puts("student,story,result,stopped_by,plays,run");
	else if (!s->json)
		printf("%-20s %-12s %-8s %-20s %5s  %s\n", "student", "story",
		    "result", "stopped by", "plays", "run");
	for (size_t i = 0; i < members.count; i++) {
		if (class_results_read(
			&results, s->class.folder, members.names[i]) == 0)
			collect_student(s, members.names[i], &results);
		else
			outcome = EXIT_DIFFERS;
	}
	return outcome;
}

static const struct verb {
	const char *name;
	int (*run)(struct settings *s, char *names[]);
} verbs[] = {
    {"start", start},
    {"list", list},
    {"enter", enter},
    {"collect", collect},
    {"stop", stop},
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (name != NULL && strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	warnx("class start, list, enter, collect or stop?");
	return NULL;
}

/* An absolute path, of a folder that is made if it is needed. */
static int
find_folder(struct settings *s, bool make)
{
	char whole[PATH_MAX];

	if (make && mkdir(s->folder, 0755) == -1 && errno != EEXIST) {
		warn("%s", s->folder);
		return -1;
	}
	if (realpath(s->folder, whole) == NULL ||
	    strlen(whole) >= sizeof(s->class.folder) ||
	    strcmp(whole, "/") == 0) {
		warn("%s", s->folder);
		return -1;
	}
	strcpy(s->class.folder, whole);
	/* The engine's helpers leave notes where they are started. */
	return chdir(whole);
}

/* The names behind the verb; behind enter's one there is a command. */
static int
read_names(struct settings *s, const struct verb *verb, char *names[])
{
	struct roster *r = &s->class.roster;

	if (s->students != NULL && read_students(s->students, r) == -1)
		return -1;
	for (; *names != NULL; names++) {
		enum roster_verdict v = roster_add(r, *names);

		if (v != ROSTER_ADDED) {
			warnx("%s: %s", *names, roster_verdict_text(v));
			return -1;
		}
		if (verb->run == enter)
			break;
	}
	return 0;
}

/* The profile that was given, or the one that belongs to this program. */
static int
find_profile(struct settings *s)
{
	static char whole[PATH_MAX];
	char own[PATH_MAX];

	snprintf(
	    own, sizeof(own), "%s/containers/seccomp.json", library_home());
	if (realpath(s->seccomp == NULL ? own : s->seccomp, whole) == NULL) {
		warn("%s", s->seccomp == NULL ? own : s->seccomp);
		return -1;
	}
	s->class.seccomp = whole;
	return 0;
}

static int
read_cpus(struct settings *s)
{
	char *end;

	s->class.limits.cpus = strtod(s->cpus, &end);
	if (*end == '\0' && s->class.limits.cpus >= 0.05 &&
	    s->class.limits.cpus <= 64)
		return 0;
	warnx("--cpus %s: from 0.05 to 64", s->cpus);
	return -1;
}

int
class_main(int argc, char *argv[])
{
	static struct settings s = {
	    .class = {.image = "replaylab",
		.limits = {.memory_mib = 256, .processes = 256}},
	    .folder = "class",
	    .cpus = "1",
	};
	const struct verb *verb;
	int first;
	const struct option_usage usage = {
	    .command = "replaylab class",
	    .does = "A lab for each student, in a container with limits and "
		    "without a network, and\na table of what they played.",
	    .operands = "start|list|enter|collect|stop [NAME]... [-- "
			"COMMAND...]",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT("students", &s.students, "FILE|N",
			"whose: a file of names, one a line, or so many"),
		    OPTION_TEXT("class", &s.folder, "DIR",
			"their homes are in here (default: class)"),
		    OPTION_TEXT("cpus", &s.cpus, "N",
			"processors for each lab (default: 1)"),
		    OPTION_NUMBER("memory", &s.class.limits.memory_mib, 32,
			1048576, "MiB for each lab (default: 256)"),
		    OPTION_NUMBER("processes", &s.class.limits.processes, 32,
			32768, "for each lab (default: 256)"),
		    OPTION_FLAG("unlimited", &s.class.unlimited,
			"start even where these limits cannot be set"),
		    OPTION_WORD("engine", &s.engine, "NAME", engines,
			"what makes the containers (default: podman)"),
		    OPTION_TEXT("image", &s.class.image, "NAME",
			"the lab's image (default: replaylab)"),
		    OPTION_TEXT("seccomp", &s.seccomp, "FILE",
			"for the containers (default: the lab's own)"),
		    OPTION_LIST("story", &s.stories, "NAME",
			"collect: this one, also where it was not played"),
		    OPTION_FLAG(
			"json", &s.json, "list, collect: as JSON, one a line"),
		    OPTION_FLAG("csv", &s.csv, "collect: as CSV"),
		    OPTION_END,
		},
	    .example = "replaylab class start --students 30",
	};

	switch (option_read(&usage, argc, argv, &first)) {
	case OPTIONS_READ:
		break;
	case OPTIONS_HELPED:
		return EXIT_AS_EXPECTED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	s.class.engine = engines[s.engine];
	if ((verb = find_verb(argv[first])) == NULL || read_cpus(&s) == -1 ||
	    read_names(&s, verb, argv + first + 1) == -1 ||
	    (verb->run == start && find_profile(&s) == -1) ||
	    find_folder(&s, verb->run == start) == -1)
		return EXIT_USAGE;
	return verb->run(&s, argv + first + 1);
}
