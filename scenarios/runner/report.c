/* SPDX-License-Identifier: MIT */
/*
 * replaylab report: what a run found, for reading.
 *
 *	folders -> plays, in order -> diagram, ledger -> one page
 */
#include "report/report.h"

#include "commands.h"
#include "exit_code.h"
#include "option.h"
#include "report/report_matrix.h"
#include "report/report_page.h"

#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct plays {
	struct dirent **names;
	int count;
};

static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

/* R1, R1b, R2, R10: what stands before the first dot decides, then the rest. */
static int
compare(const struct dirent **a, const struct dirent **b)
{
	char first[256], second[256];
	int order;

	snprintf(first, sizeof(first), "%s", (*a)->d_name);
	snprintf(second, sizeof(second), "%s", (*b)->d_name);
	first[strcspn(first, ".")] = '\0';
	second[strcspn(second, ".")] = '\0';
	order = strverscmp(first, second);
	return order != 0 ? order : strverscmp((*a)->d_name, (*b)->d_name);
}

static void
plays_clear(struct plays *p)
{
	for (int i = 0; i < p->count; i++)
		free(p->names[i]);
	if (p->count >= 0)
		free(p->names);
}

static const char *
name_of(const char *run)
{
	const char *slash = strrchr(run, '/');

	return slash == NULL ? run : &slash[1];
}

/* Each play without its evidence: what the table and the tally need. */
static size_t
each_play(const struct plays *plays, const char *run, struct report_page *page,
    struct report_tally *tally, struct report_matrix *matrix)
{
	struct report_play p;
	size_t count = 0;

	for (int i = 0; i < plays->count; i++) {
		if (report_play_open(&p, run, plays->names[i]->d_name) == -1)
			continue;
		count++;
		if (tally != NULL)
			report_tally_add(tally, p.result);
		if (page != NULL)
			report_page_row(page, &p);
		if (matrix != NULL)
			report_matrix_add(matrix, &p, name_of(run));
		report_play_close(&p);
	}
	return count;
}

/* The name less the turn that --repeat gave it, ".001"; 0: it has none. */
static size_t
length_without_turn(const struct report_play *p)
{
	const char *dot = strrchr(p->name, '.');

	return dot != NULL && event_get_number(p->result, "turn") > 0
		   ? (size_t)(dot - p->name)
		   : 0;
}

/* A repeat that came out as the one before it has nothing new to show. */
static bool
repeats(const struct report_play *p, const struct report_play *before)
{
	size_t length = length_without_turn(p);

	return length > 0 && before->name != NULL &&
	       length == length_without_turn(before) &&
	       strncmp(p->name, before->name, length) == 0 &&
	       strcmp(event_get_text(p->result, "result"),
		   event_get_text(before->result, "result")) == 0 &&
	       strcmp(event_get_text(p->result, "stopped_by"),
		   event_get_text(before->result, "stopped_by")) == 0;
}

static void
each_page(const struct plays *plays, const char *run, struct report_page *page)
{
	struct report_play p, before = {0};

	report_page_plays(page);
	for (int i = 0; i < plays->count; i++) {
		const char *name = plays->names[i]->d_name;

		if (report_play_open(&p, run, name) == -1)
			continue;
		if (repeats(&p, &before))
			report_page_skip(page);
		else {
			report_play_read(&p);
			report_page_play(page, &p);
		}
		report_play_close(&before);
		before = p;
	}
	report_play_close(&before);
}

static int
save(const char *folder, const char *name, struct buffer *page)
{
	struct bytes all = buffer_bytes(page);
	char path[PATH_MAX];
	FILE *file;
	int outcome = -1;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((file = fopen(path, "we")) != NULL &&
	    fwrite(all.at, 1, all.left, file) == all.left)
		outcome = 0;
	if (file != NULL && fclose(file) == EOF)
		outcome = -1;
	if (outcome == -1)
		warn("%s", path);
	return outcome;
}

int
report_write(const char *run)
{
	struct plays plays = {0};
	struct report_tally tally = {0};
	struct report_page page = {0};
	int outcome = -1;

	plays.count = scandir(run, &plays.names, is_shown, compare);
	if (plays.count == -1)
		warn("%s", run);
	else if (each_play(&plays, run, NULL, &tally, NULL) == 0)
		warnx("%s: no play has left its evidence here", run);
	else {
		report_page_head(&page, name_of(run), &tally);
		each_play(&plays, run, &page, NULL, NULL);
		each_page(&plays, run, &page);
		report_page_end(&page);
		outcome = save(run, "report.html", &page.out);
	}
	buffer_clear(&page.out);
	plays_clear(&plays);
	return outcome;
}

static bool
exists(const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return stat(path, &status) == 0;
}

/* A run that is over and holds a play; its report is made if it has none. */
static void
index_run(const char *runs, const char *name, struct report_page *page,
    struct report_matrix *matrix)
{
	struct plays plays = {0};
	struct report_tally tally = {0};
	char run[3584];

	snprintf(run, sizeof(run), "%s/%s", runs, name);
	if (exists(run, ".unfinished"))
		return;
	plays.count = scandir(run, &plays.names, is_shown, compare);
	if (plays.count > 0 &&
	    each_play(&plays, run, NULL, &tally, matrix) > 0 &&
	    (exists(run, "report.html") || report_write(run) == 0))
		report_index_row(page, name, &tally);
	plays_clear(&plays);
}

/* The newest first. */
static int
write_index(const char *runs)
{
	static struct report_matrix matrix; /* too large for a stack */
	struct report_page page = {0};
	struct dirent **names;
	int count = scandir(runs, &names, is_shown, alphasort), outcome;

	if (count == -1) {
		warn("%s", runs);
		return -1;
	}
	report_index_head(&page);
	for (int i = count - 1; i >= 0; i--) {
		index_run(runs, names[i]->d_name, &page, &matrix);
		free(names[i]);
	}
	free(names);
	report_index_end(&page, &matrix);
	report_matrix_clear(&matrix);
	outcome = save(runs, "index.html", &page.out);
	buffer_clear(&page.out);
	if (outcome == 0)
		printf("%s/index.html\n", runs);
	return outcome;
}

/*
 * The run's folder, by its name below runs or as a path, or the newest; NULL
 * after a line.
 */
static char *
find_run(const char *runs, const char *name)
{
	const char *wanted = name != NULL ? name : "latest";
	char path[PATH_MAX];
	char *run;

	snprintf(path, sizeof(path), "%s/%s", runs, wanted);
	run = realpath(exists(runs, wanted) ? path : wanted, NULL);
	if (run == NULL && name == NULL)
		warnx("%s: no run is there; replaylab run makes one", runs);
	else if (run == NULL)
		warnx("%s: no run is called %s; replaylab report --all lists "
		      "them",
		    runs, name);
	return run;
}

static int
report_run(const char *runs, const char *name)
{
	char *run = find_run(runs, name);
	int outcome = EXIT_USAGE;

	if (run != NULL && report_write(run) == 0) {
		printf("%s/report.html\n", run);
		outcome = EXIT_AS_EXPECTED;
	}
	free(run);
	return outcome;
}

int
report_main(int argc, char *argv[])
{
	const char *runs = "runs";
	bool all = false;
	int first, status;
	const struct option_usage usage = {
	    .command = "replaylab report",
	    .does = "Write a run's report.html from its evidence and print "
		    "where it is.\nWithout a name: of the newest run.",
	    .operands = "[RUN]",
	    .rows =
		(const struct option_row[]){
		    OPTION_FLAG(
			"all", &all, "an index of all runs, runs/index.html"),
		    OPTION_TEXT("runs", &runs, "DIR",
			"where the runs are (default: runs)"),
		    OPTION_END,
		},
	    .example = "replaylab report latest",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if (argc - first > (all ? 0 : 1)) {
		warnx("replaylab report: %s",
		    all ? "--all takes no run" : "one run at a time");
		return EXIT_USAGE;
	}
	if (all)
		return write_index(runs) == 0 ? EXIT_AS_EXPECTED : EXIT_USAGE;
	return report_run(runs, first < argc ? argv[first] : NULL);
}
