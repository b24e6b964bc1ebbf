/* SPDX-License-Identifier: MIT */
/* Reading what students' labs wrote. */
#include "class_results.h"

#include "below.h"

#include <cjson/cJSON.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RESULT_MAX (256 * 1024)
#define RUNS_MAX 10000 /* folders of one student that are looked into */

/* A member that is a name, or a mark in its place. */
static void
take_word(const cJSON *result, const char *member, char *into, size_t size)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(result, member));

	snprintf(into, size, "%s",
	    text != NULL && below_is_name(text, size) ? text : "?");
}

static cJSON *
read_result(int runs, const char *run, const char *story)
{
	char path[160];
	struct buffer all = {0};
	cJSON *result = NULL;

	snprintf(path, sizeof(path), "%.63s/%.63s/result.json", run, story);
	if (below_read(runs, path, RESULT_MAX, &all) == BELOW_READ)
		result = cJSON_Parse(buffer_text(&all));
	buffer_clear(&all);
	return result;
}

static struct class_result *
row_of(struct class_results *r, const char *story)
{
	size_t at = 0;

	while (at < r->count && strcmp(r->rows[at].story, story) < 0)
		at++;
	if (at < r->count && strcmp(r->rows[at].story, story) == 0)
		return &r->rows[at];
	if (r->count == CLASS_RESULTS_MAX)
		return NULL;
	memmove(&r->rows[at + 1], &r->rows[at],
	    (r->count++ - at) * sizeof(r->rows[0]));
	r->rows[at] = (struct class_result){0};
	snprintf(r->rows[at].story, sizeof(r->rows[at].story), "%.63s", story);
	return &r->rows[at];
}

static void
take_result(
    struct class_results *r, int runs, const char *run, const char *story)
{
	cJSON *result = read_result(runs, run, story);
	struct class_result *row = result == NULL ? NULL : row_of(r, story);

	if (row != NULL) {
		r->plays++;
		row->plays++;
		take_word(result, "result", row->verdict, sizeof(row->verdict));
		take_word(result, "stopped_by", row->stopped_by,
		    sizeof(row->stopped_by));
		snprintf(row->run, sizeof(row->run), "%.63s", run);
	}
	cJSON_Delete(result);
}

/* Those of them that may be shown. */
static size_t
list(int fd, char names[][BELOW_NAME_MAX], size_t most)
{
	size_t count = below_list(fd, names, most), kept = 0;

	for (size_t i = 0; i < count; i++)
		if (below_is_name(names[i], 64))
			memmove(names[kept++], names[i], sizeof(names[0]));
	return kept;
}

int
class_results_read(
    struct class_results *r, const char *folder, const char *name)
{
	static char run_names[RUNS_MAX][BELOW_NAME_MAX];
	static char stories[CLASS_RESULTS_MAX][BELOW_NAME_MAX];
	char path[4200];
	size_t run_count;
	int home, runs;

	*r = (struct class_results){0};
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	home = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (home == -1) {
		warn("%s", path);
		return -1;
	}
	runs = below_open(home, "runs", O_RDONLY | O_DIRECTORY);
	close(home);
	if (runs == -1)
		return 0; /* nothing was played */
	run_count = list(dup(runs), run_names, RUNS_MAX);
	for (size_t i = 0; i < run_count; i++) {
		size_t count =
		    list(below_open(runs, run_names[i], O_RDONLY | O_DIRECTORY),
			stories, CLASS_RESULTS_MAX);

		for (size_t s = 0; s < count; s++)
			take_result(r, runs, run_names[i], stories[s]);
	}
	close(runs);
	return 0;
}
