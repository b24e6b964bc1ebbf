/* SPDX-License-Identifier: MIT */
/* Finding and reading scenario files. */
#include "library.h"

#include "evidence/read_file.h"

#include <err.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCENARIO_FILE_MAX 65536

const char *
library_programs(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length <= 0)
		return "/usr/bin";
	path[length] = '\0';
	*strrchr(path, '/') = '\0';
	return path;
}

/*
 * A build folder has a folder of that name as well, but no `lab` beside it.
 * An installed copy keeps its scenarios where `make install` put them.
 */
static bool
is_home(const char *above, char *path, size_t size)
{
	snprintf(path, size, "%s/lab", above);
	if (access(path, X_OK) == 0) {
		snprintf(path, size, "%s", above);
		return true;
	}
	snprintf(path, size, "%s/share/replaylab", above);
	return access(path, X_OK) == 0;
}

const char *
library_home(void)
{
	static char path[PATH_MAX + 32];
	char above[PATH_MAX];
	char *slash;

	snprintf(above, sizeof(above), "%s", library_programs());
	while ((slash = strrchr(above, '/')) != NULL) {
		*slash = '\0';
		if (is_home(above, path, sizeof(path)))
			return path;
	}
	return ".";
}

/* The scenarios that belong to this program. */
static const char *
find_folder(void)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/scenarios", library_home());
	return path;
}

static int
add_file(struct library *l, const char *path)
{
	struct buffer text = {0};
	struct scenario_error error;
	struct scenario *scenario = NULL;

	if (l->count == LIBRARY_MAX)
		warnx("%s: more than %d scenarios", path, LIBRARY_MAX);
	else if (read_file(path, SCENARIO_FILE_MAX, &text) == 0 &&
		 (scenario = scenario_parse(buffer_bytes(&text), &error)) ==
		     NULL) {
		if (error.line == 0)
			warnx("%s: %s", path, error.why);
		else
			warnx("%s:%u: %s", path, error.line, error.why);
	}
	buffer_clear(&text);
	if (scenario == NULL)
		return -1;
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->entries[i].scenario->id, scenario->id) != 0)
			continue;
		warnx("%s: id %s is taken by %s", path, scenario->id,
		    l->entries[i].path);
		scenario_free(scenario);
		return -1;
	}
	l->entries[l->count].path = strdup(path);
	l->entries[l->count++].scenario = scenario;
	return 0;
}

static bool
is_scenario_file(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && strcmp(name + length - 4, ".scn") == 0;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int
library_open(struct library *l, const char *where)
{
	char *roots[] = {(char *)(where == NULL ? find_folder() : where), NULL};
	struct stat status;
	int outcome = 0;
	FTS *tree;
	FTSENT *entry;

	*l = (struct library){0};
	if (stat(roots[0], &status) == -1) {
		warn("scenarios: %s", roots[0]);
		return -1;
	}
	if (S_ISREG(status.st_mode))
		return add_file(l, roots[0]);
	if (!S_ISDIR(status.st_mode)) {
		warnx("scenarios: %s is neither a file nor a folder", roots[0]);
		return -1;
	}
	if ((tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name)) ==
	    NULL) {
		warn("scenarios: %s", roots[0]);
		return -1;
	}
	while ((entry = fts_read(tree)) != NULL)
		if (entry->fts_info == FTS_F &&
		    is_scenario_file(entry->fts_name) &&
		    add_file(l, entry->fts_path) == -1)
			outcome = -1;
	fts_close(tree);
	if (outcome == 0 && l->count == 0) {
		warnx("no scenarios in %s", roots[0]);
		return -1;
	}
	return outcome;
}

void
library_close(struct library *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->entries[i].path);
		scenario_free(l->entries[i].scenario);
	}
	l->count = 0;
}

bool
library_matches(const struct library *l, size_t entry, const char *word)
{
	const struct scenario *s = l->entries[entry].scenario;

	return strcmp(word, "all") == 0 || strcmp(word, s->id) == 0 ||
	       scenario_tag_place(s, word) != -1;
}

bool
library_asks_for(const char *word, const char *play)
{
	size_t length = strlen(word);

	return strncmp(play, word, length) == 0 &&
	       (play[length] == '\0' || play[length] == '.');
}
