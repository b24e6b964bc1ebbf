/* SPDX-License-Identifier: MIT */
/* replaylab grade: a teacher's command, for what students handed in. */
#include "commands.h"

#include "exit_code.h"
#include "grade/grade_folder.h"
#include "grade/grade_table.h"
#include "option.h"
#include "story/library.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define JOBS_MAX 64

struct grading {
	struct library library;
	struct option_list stories; /* none: all */
	enum grade_form form;
	struct grade_folder *folders;
	size_t folder_count;
	struct grade_row *rows; /* by folder, and there by path */
	size_t count;
};

static bool
is_wanted(const struct grading *g, const struct grade_row *row)
{
	for (size_t i = 0; i < g->stories.count; i++)
		if (library_asks_for(g->stories.item[i], row->grade.story))
			return true;
	return g->stories.count == 0;
}

static int
open_folders(struct grading *g, char *paths[])
{
	for (; *paths != NULL; paths++) {
		struct grade_folder *f = &g->folders[g->folder_count];

		if (grade_folder_open(f, *paths) == -1)
			return -1;
		g->folder_count++;
		g->count += f->count;
	}
	return 0;
}

static void
add_row(struct grade_row *row, const struct grade_folder *f, size_t folder,
    size_t play)
{
	char name[BELOW_NAME_MAX], run[BELOW_NAME_MAX];

	grade_folder_names(f, play, name, run);
	row->folder = folder;
	row->student = f->student;
	row->play = strdup(name);
	row->run = strdup(run);
	if (row->play == NULL || row->run == NULL)
		err(EX_SOFTWARE, "plays");
}

/* A row for each play, yet without a grade. */
static void
list_plays(struct grading *g)
{
	struct grade_row *row;

	row = g->rows = calloc(g->count + 1, sizeof(g->rows[0]));
	if (row == NULL)
		err(EX_SOFTWARE, "%zu plays", g->count);
	for (size_t f = 0; f < g->folder_count; f++)
		for (size_t p = 0; p < g->folders[f].count; p++)
			add_row(row++, &g->folders[f], f, p);
}

static int
begin(struct grading *g, size_t i, size_t play, struct grade_child *child)
{
	struct grade_row *row = &g->rows[i];
	int fd = grade_folder_play(&g->folders[row->folder], play);
	int outcome = grade_child_begin(child, fd, row->play, &g->library);

	if (fd != -1)
		close(fd);
	return outcome;
}

/* So many at once, told in their order. */
static int
grade_all(struct grading *g)
{
	struct grade_child children[JOBS_MAX];
	long most = sysconf(_SC_NPROCESSORS_ONLN);
	size_t jobs = most < 1 ? 1 : most > JOBS_MAX ? JOBS_MAX : (size_t)most;
	size_t begun = 0, play = 0;

	for (size_t i = 0; i < g->count; i++) {
		for (; begun < g->count && begun < i + jobs; begun++) {
			play = begun > 0 && g->rows[begun].folder ==
						g->rows[begun - 1].folder
				   ? play + 1
				   : 0;
			if (begin(g, begun, play, &children[begun % jobs]) ==
			    -1)
				return -1;
		}
		grade_child_end(
		    &children[i % jobs], g->rows[i].play, &g->rows[i].grade);
	}
	return 0;
}

/* Who has not played a story that was asked for. */
static void
tell_missing(const struct grading *g, size_t folder)
{
	struct grade_row none = {
	    .grade = {.claimed = "-", .judged = "-"}, .run = "-"};

	none.student = g->folders[folder].student;
	grade_note(&none.grade.notes, "story", "it was not played");
	for (size_t s = 0; s < g->stories.count; s++) {
		bool found = false;

		for (size_t i = 0; i < g->count; i++)
			found =
			    found || (g->rows[i].folder == folder &&
					 library_asks_for(g->stories.item[s],
					     g->rows[i].grade.story));
		snprintf(none.grade.story, sizeof(none.grade.story), "%s",
		    g->stories.item[s]);
		if (!found)
			grade_table_row(g->form, &none);
	}
}

static int
tell(struct grading *g)
{
	int outcome = EXIT_AS_EXPECTED;
	size_t i = 0;

	grade_same(g->rows, g->count);
	grade_table_begin(g->form);
	for (size_t f = 0; f < g->folder_count; f++) {
		for (; i < g->count && g->rows[i].folder == f; i++) {
			if (!is_wanted(g, &g->rows[i]))
				continue;
			grade_conclude(&g->rows[i].grade);
			grade_table_row(g->form, &g->rows[i]);
			if (!grade_agrees(&g->rows[i].grade))
				outcome = EXIT_DIFFERS;
		}
		tell_missing(g, f);
	}
	return outcome;
}

static void
clear(struct grading *g)
{
	for (size_t i = 0; g->rows != NULL && i < g->count; i++) {
		free((char *)g->rows[i].play);
		free((char *)g->rows[i].run);
	}
	free(g->rows);
	for (size_t f = 0; f < g->folder_count; f++)
		grade_folder_close(&g->folders[f]);
	free(g->folders);
	library_close(&g->library);
}

static int
grade(struct grading *g, const char *where, int count, char *paths[])
{
	int outcome = EXIT_INTERNAL;

	if (library_open(&g->library, where) == -1)
		return EXIT_USAGE;
	g->folders = calloc((size_t)count, sizeof(g->folders[0]));
	if (g->folders == NULL)
		err(EX_SOFTWARE, "%d folders", count);
	if (open_folders(g, paths) == -1)
		outcome = EXIT_USAGE;
	else {
		list_plays(g);
		if (grade_all(g) == 0)
			outcome = tell(g);
	}
	clear(g);
	return outcome;
}

int
grade_main(int argc, char *argv[])
{
	static struct grading g;
	const char *where = NULL;
	bool json = false, csv = false;
	int first, status;
	const struct option_usage usage = {
	    .command = "replaylab grade",
	    .does = "Judge what students handed in anew, from the evidence and "
		    "not from their results.\nExits 0 if all that was claimed "
		    "is judged so, 1 if not.",
	    .operands = "FOLDER...",
	    .rows =
		(const struct option_row[]){
		    OPTION_LIST("story", &g.stories, "NAME",
			"this one, also where it was not played"),
		    OPTION_FLAG("json", &json, "as JSON, one a line"),
		    OPTION_FLAG("csv", &csv, "as CSV"),
		    OPTION_TEXT("scenarios", &where, "DIR|FILE",
			"the stories are these"),
		    OPTION_END,
		},
	    .example = "replaylab grade --story R1 class/*/runs",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if (first == argc || (json && csv)) {
		warnx("replaylab grade: %s",
		    first == argc ? "whose?  Name a folder for each student"
				  : "--json or --csv?");
		return EXIT_USAGE;
	}
	g.form = json ? GRADE_JSON : csv ? GRADE_CSV : GRADE_TABLE;
	return grade(&g, where, argc - first, argv + first);
}
