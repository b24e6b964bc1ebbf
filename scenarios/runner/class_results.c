/* SPDX-License-Identifier: MIT */
/* Reading what students' labs wrote. */
#include "class_results.h"

#include "buffer.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESULT_MAX (256 * 1024)
#define RUNS_MAX 10000 /* folders of one student that are looked into */

/* As open(2), below a folder and through no link. */
static int
open_below(int folder, const char *path, uint64_t flags)
{
	struct open_how how = {
	    .flags = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		       RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};

	return (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
}

/* Shown on a terminal and in spreadsheets: a name, or nothing. */
static bool
is_name(const char *text, size_t size)
{
	size_t length = strlen(text);

	if (length == 0 || length >= size || !isalnum((unsigned char)*text))
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr(".:+_-", *c) == NULL)
			return false;
	return true;
}

/* A member that is a name, or a mark in its place. */
static void
take_word(const cJSON *result, const char *member, char *into, size_t size)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(result, member));

	snprintf(
	    into, size, "%s", text != NULL && is_name(text, size) ? text : "?");
}

static cJSON *
read_result(int runs, const char *run, const char *story)
{
	char path[160], text[4096];
	struct buffer all = {0};
	struct stat status;
	ssize_t length;
	cJSON *result = NULL;
	int fd;

	snprintf(path, sizeof(path), "%.63s/%.63s/result.json", run, story);
	if ((fd = open_below(runs, path, O_RDONLY)) == -1)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		while (buffer_bytes(&all).left <= RESULT_MAX &&
		       (length = read(fd, text, sizeof(text))) > 0)
			buffer_add(&all, text, (size_t)length);
	close(fd);
	if (buffer_bytes(&all).left <= RESULT_MAX)
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

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The names in a folder, in their order.  Takes the descriptor. */
static int
list(int fd, char names[][64], int most)
{
	DIR *folder = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int count = 0;

	if (folder == NULL) {
		if (fd != -1)
			close(fd);
		return 0;
	}
	while (count < most && (entry = readdir(folder)) != NULL)
		if (is_name(entry->d_name, sizeof(names[0])))
			strcpy(names[count++], entry->d_name);
	closedir(folder);
	qsort(names, (size_t)count, sizeof(names[0]), by_name);
	return count;
}

int
class_results_read(
    struct class_results *r, const char *folder, const char *name)
{
	static char run_names[RUNS_MAX][64], stories[CLASS_RESULTS_MAX][64];
	char path[4200];
	int home, runs, run_count;

	*r = (struct class_results){0};
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	home = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (home == -1) {
		warn("%s", path);
		return -1;
	}
	runs = open_below(home, "runs", O_RDONLY | O_DIRECTORY);
	close(home);
	if (runs == -1)
		return 0; /* nothing was played */
	run_count = list(dup(runs), run_names, RUNS_MAX);
	for (int i = 0; i < run_count; i++) {
		int count =
		    list(open_below(runs, run_names[i], O_RDONLY | O_DIRECTORY),
			stories, CLASS_RESULTS_MAX);

		for (int s = 0; s < count; s++)
			take_result(r, runs, run_names[i], stories[s]);
	}
	close(runs);
	return 0;
}
