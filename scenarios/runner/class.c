/* SPDX-License-Identifier: MIT */
/* replaylab class: many labs on one machine, and what they came to. */
#include "class/class.h"

#include "class/class_container.h"
#include "commands.h"
#include "evidence/read_file.h"
#include "exit_code.h"
#include "option.h"
#include "story/library.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROSTER_FILE_MAX (1 << 20)
#define WORDS_MAX 1100 /* a class, named */

struct settings {
	struct class class;
	const char *folder, *students, *cpus, *seccomp;
	int engine;
};

static const char *const engines[] = {"podman", "docker", NULL};

/* A file's names, or so many. */
static int
read_students(const char *students, struct roster *r)
{
	struct buffer text = {0};
	enum roster_verdict v;
	unsigned int line = 0;

	if (students[strspn(students, "0123456789")] == '\0') {
		unsigned long count = strtoul(students, NULL, 10);

		v = roster_number(r,
		    count > ROSTER_MAX ? ROSTER_MAX + 1 : (unsigned int)count);
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
start(const struct class *c)
{
	if (c->roster.count == 0) {
		warnx("whose labs?  Name them, or give --students");
		return EXIT_USAGE;
	}
	return class_start(c);
}

static const struct verb {
	const char *name;
	int (*run)(const struct class *c);
} verbs[] = {
    {"start", start},
    {"list", class_list},
    {"enter", NULL}, /* which needs a command, too */
    {"collect", class_collect},
    {"stop", class_stop},
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

/* FNV-1a. */
static uint32_t
hash(const char *text)
{
	uint32_t sum = 2166136261;

	for (; *text != '\0'; text++)
		sum = (sum ^ (uint8_t)*text) * 16777619;
	return sum;
}

/* Engines divide a volume's words at colons. */
static int
refuse_colons(const char *path)
{
	if (strchr(path, ':') == NULL)
		return 0;
	warnx("%s: no colon may be in the path of a class", path);
	return -1;
}

/* An absolute path, of a folder that is made if it is needed. */
static int
find_folder(struct settings *s, bool make)
{
	char whole[PATH_MAX];

	if (refuse_colons(s->folder) == -1)
		return -1;
	if (make && mkdir(s->folder, 0755) == -1 && errno != EEXIST) {
		warn("%s", s->folder);
		return -1;
	}
	if (!make && access(s->folder, F_OK) == -1 && errno == ENOENT) {
		warnx("%s: there is no class; name one with --class DIR, or "
		      "make one with class start",
		    s->folder);
		return -1;
	}
	if (realpath(s->folder, whole) == NULL ||
	    strlen(whole) >= sizeof(s->class.folder) ||
	    strcmp(whole, "/") == 0) {
		warn("%s", s->folder);
		return -1;
	}
	if (refuse_colons(whole) == -1)
		return -1;
	strcpy(s->class.folder, whole);
	s->class.number = hash(whole);
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
		if (verb->run == NULL)
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

/*
 * Without root the homes belong to other users, whom only podman maps to ours:
 * go on inside that.  Returns if there is no such need, or no podman.
 */
static void
enter_mapping(const struct settings *s, char *argv[])
{
	char self[PATH_MAX];
	const char *words[WORDS_MAX + 4] = {"podman", "unshare", self};

	if (geteuid() == 0 || strcmp(s->class.engine, "podman") != 0)
		return;
	snprintf(self, sizeof(self), "%s/replaylab", library_programs());
	memcpy(words + 3, argv, WORDS_MAX * sizeof(*argv));
	execvp(words[0], (char **)words);
}

int
class_main(int argc, char *argv[])
{
	char *asked[WORDS_MAX] = {NULL}; /* reading moves them */
	static struct settings s = {
	    .class = {.image = "replaylab",
		.limits = {.memory_mib = 256, .processes = 256}},
	    .folder = "class",
	    .cpus = "1",
	};
	const struct verb *verb;
	int first, status;
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
		    OPTION_LIST("story", &s.class.stories, "NAME",
			"collect: this one, also where it was not played"),
		    OPTION_FLAG("json", &s.class.json,
			"list, collect: as JSON, one a line"),
		    OPTION_FLAG("csv", &s.class.csv, "collect: as CSV"),
		    OPTION_END,
		},
	    .example = "replaylab class start --students 30",
	};

	if (argc >= WORDS_MAX) {
		warnx("more than %d words", WORDS_MAX - 1);
		return EXIT_USAGE;
	}
	memcpy(asked, argv, (size_t)argc * sizeof(*asked));
	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	s.class.engine = engines[s.engine];
	if ((verb = find_verb(argv[first])) == NULL || read_cpus(&s) == -1 ||
	    read_names(&s, verb, argv + first + 1) == -1)
		return EXIT_USAGE;
	if (verb->run == class_list || verb->run == class_collect)
		enter_mapping(&s, asked);
	if ((verb->run == start && find_profile(&s) == -1) ||
	    find_folder(&s, verb->run == start) == -1)
		return EXIT_USAGE;
	if (verb->run != NULL)
		return verb->run(&s.class);
	if (argv[first + 1] == NULL) {
		warnx("whose lab?");
		return EXIT_USAGE;
	}
	return class_container_enter(
	    &s.class, s.class.roster.names[0], argv + first + 2);
}
