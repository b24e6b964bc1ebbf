/* SPDX-License-Identifier: MIT */
/*
 * replaylab matrix: plays the stories of the tag `matrix`, all before the same
 * defences, and puts what came of them in one table.
 */
#include "report/matrix.h"

#include "commands.h"
#include "exit_code.h"
#include "option.h"
#include "play/batch.h"

#include <err.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *where, *runs, *html;
	bool json;
};

/* A matrix that fills as its plays end. */
struct filling {
	struct matrix *matrix;
	size_t row, column; /* the next cell */
	bool text;
};

size_t
matrix_column_count(const struct matrix *m)
{
	return m->rows[0].scenario->value_count;
}

const char *
matrix_column(const struct matrix *m, size_t column)
{
	return m->rows[0].scenario->values[column];
}

const char *
matrix_defence(const char *name)
{
	static const struct {
		const char *name, *does;
	} defences[] = {
	    {"none", "no check"},
	    {"signature", "all of the request is signed"},
	    {"time", "and so is its time; five minutes are the window"},
	    {"nonce", "a signed nonce and no time; forgotten after a while"},
	    {"own-memory", "time and nonce, in each backend's own memory"},
	    {"shared", "in a memory that the backends share"},
	    {"persistent", "in a file that the backends share"},
	    {"idempotent", "and each Idempotency-Key takes effect once"},
	};

	for (size_t i = 0; i < sizeof(defences) / sizeof(defences[0]); i++)
		if (strcmp(defences[i].name, name) == 0)
			return defences[i].does;
	return "";
}

size_t
matrix_differing(const struct matrix *m)
{
	size_t count = 0;

	for (size_t r = 0; r < m->row_count; r++)
		for (size_t c = 0; c < matrix_column_count(m); c++)
			count += m->rows[r].cells[c].differs;
	return count;
}

bool
matrix_same_columns(const struct scenario *a, const struct scenario *b)
{
	if (a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (strcmp(a->values[i], b->values[i]) != 0)
			return false;
	return true;
}

/* The rows, from the jobs: those of a story follow each other.  -1: warned. */
static int
lay_out(struct matrix *m, const struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct scenario *s = b->jobs[i].play.scenario;

		if (m->row_count > 0 && m->rows[m->row_count - 1].scenario == s)
			continue;
		if (m->row_count == MATRIX_ROWS_MAX || s->value_count == 0 ||
		    (i > 0 && !matrix_same_columns(m->rows[0].scenario, s))) {
			warnx("%s: is no row of the matrix: it takes %d, all "
			      "over the same values",
			    b->jobs[i].play.file, MATRIX_ROWS_MAX);
			return -1;
		}
		m->rows[m->row_count++].scenario = s;
	}
	return 0;
}

static void
fill(const struct job *job, void *argument)
{
	struct filling *f = argument;
	struct matrix *m = f->matrix;
	struct matrix_row *row = &m->rows[f->row];
	struct matrix_cell *cell = &row->cells[f->column];

	snprintf(cell->name, sizeof(cell->name), "%s", job->name);
	matrix_cell_read(cell, job->folder);
	if (++f->column < matrix_column_count(m))
		return;
	f->column = 0;
	f->row++;
	if (f->text)
		matrix_row(m, row);
}

/* "/a/b" as "/a/b/": every component ends with a slash.  -1: warned. */
static int
find_real(const char *path, struct buffer *into)
{
	char real[PATH_MAX];

	if (realpath(path, real) == NULL) {
		warn("%s", path);
		return -1;
	}
	buffer_printf(into, "%s%s", real, strcmp(real, "/") == 0 ? "" : "/");
	return 0;
}

/* What leads from one folder to another, both as find_real has them. */
static void
find_way(struct bytes from, struct bytes to, struct buffer *way)
{
	struct bytes rest_from = from, rest_to = to, a, b;

	while (bytes_take_until(&rest_from, '/', &a) &&
	       bytes_take_until(&rest_to, '/', &b) && bytes_equal(a, b)) {
		from = rest_from;
		to = rest_to;
	}
	while (bytes_take_until(&from, '/', &a))
		buffer_add_text(way, "../");
	buffer_add_bytes(way, to);
	buffer_add_u8(way, '.');
}

static int
write_page(const struct matrix *m, const char *path, FILE *file)
{
	struct buffer from = {0}, to = {0}, way = {0}, out = {0};
	char folder[PATH_MAX];
	int outcome = -1;

	snprintf(folder, sizeof(folder), "%s", path);
	if (find_real(dirname(folder), &from) == 0 &&
	    find_real(m->folder, &to) == 0) {
		find_way(buffer_bytes(&from), buffer_bytes(&to), &way);
		matrix_html(m, buffer_text(&way), &out);
		outcome = fputs(buffer_text(&out), file) < 0 ? -1 : 0;
	}
	if (fflush(file) == EOF || outcome == -1) {
		warn("%s", path);
		outcome = -1;
	}
	buffer_clear(&from);
	buffer_clear(&to);
	buffer_clear(&way);
	buffer_clear(&out);
	return outcome;
}

static void
show(const struct matrix *m, bool json)
{
	struct buffer out = {0};

	if (!json) {
		matrix_foot(m);
		return;
	}
	matrix_json(m, &out);
	fputs(buffer_text(&out), stdout);
	buffer_clear(&out);
}

static int
judge_status(const struct matrix *m)
{
	bool seen = false;

	for (size_t r = 0; r < m->row_count; r++)
		for (size_t c = 0; c < matrix_column_count(m); c++) {
			const struct matrix_cell *cell = &m->rows[r].cells[c];

			if (*cell->result == '\0')
				return EXIT_INTERNAL;
			seen = seen || cell->effect != MATRIX_UNKNOWN;
		}
	return matrix_differing(m) > 0 ? EXIT_DIFFERS
	       : seen                  ? EXIT_AS_EXPECTED
				       : EXIT_SKIPPED;
}

static int
play_matrix(struct batch *b, const struct options *o, FILE *page)
{
	struct matrix m = {0};
	struct filling filling = {.matrix = &m, .text = !o->json};
	int outcome;

	if (lay_out(&m, b) == -1)
		return EXIT_USAGE;
	if ((outcome = batch_begin(b, o->runs)) != 0)
		return outcome;
	b->tell = fill;
	b->argument = &filling;
	if (!o->json)
		matrix_head(&m);
	outcome = batch_play(b);
	batch_end(b, outcome);
	if (outcome == -1)
		return batch_interrupted() != 0 ? batch_interrupted()
						: EXIT_INTERNAL;
	m.folder = run_folder_shown(&b->folder);
	show(&m, o->json);
	if (page != NULL && write_page(&m, o->html, page) == -1)
		return EXIT_INTERNAL;
	return judge_status(&m);
}

/* The page is opened first: a minute later it would be too late to say no. */
static int
open_and_play(struct batch *b, const struct options *o)
{
	FILE *page = NULL;
	int outcome;

	if (o->html != NULL && (page = fopen(o->html, "we")) == NULL) {
		warn("html: %s", o->html);
		return EXIT_USAGE;
	}
	outcome = play_matrix(b, o, page);
	if (page != NULL && fclose(page) == EOF) {
		warn("%s", o->html);
		outcome = EXIT_INTERNAL;
	}
	return outcome;
}

int
matrix_main(int argc, char *argv[])
{
	static char tag[] = "matrix";
	char *words[] = {tag};
	struct library library;
	struct options o = {.runs = "runs"};
	struct batch b = {
	    .library = &library, .parallel = batch_jobs_usual(), .repeat = 1};
	int outcome;
	const struct option_usage usage = {
	    .command = "replaylab matrix",
	    .does = "Play every attack of the tag matrix before every defence, "
		    "and show\nwhat took effect in one table.  Exits 0 if all "
		    "came out as expected.",
	    .rows =
		(const struct option_row[]){
		    OPTION_NUMBER("jobs", &b.parallel, 1, BATCH_JOBS_MAX,
			"plays at once, also -j N (default: 2 a core)"),
		    OPTION_FLAG("json", &o.json, "as JSON"),
		    OPTION_TEXT(
			"html", &o.html, "FILE", "write it as a page, too"),
		    OPTION_TEXT("runs", &o.runs, "DIR",
			"keep evidence here (default: runs)"),
		    OPTION_TEXT("scenarios", &o.where, "DIR|FILE",
			"read scenarios from here"),
		    OPTION_END,
		},
	    .example = "replaylab matrix -j 2 --html matrix.html",
	};

	batch_spell_out_jobs(argc, argv);
	if ((outcome = option_status(&usage, argc, argv, NULL)) != -1)
		return outcome;
	if (library_open(&library, o.where) == -1 ||
	    batch_choose(&b, 1, words) == -1)
		outcome = EXIT_USAGE;
	else
		outcome = open_and_play(&b, &o);
	batch_clear(&b);
	library_close(&library);
	return outcome;
}
