/* SPDX-License-Identifier: MIT */
#ifndef MATRIX_H
#define MATRIX_H

#include "matrix_cell.h"
#include "story/scenario.h"

/*
 * The table of attacks and defences: a row for each story, a column for each
 * value that the stories go over.
 *
 *	matrix_head -> matrix_row ... -> matrix_foot	as text, as it comes
 *	matrix_json, matrix_html			of the whole
 */
#define MATRIX_ROWS_MAX 32

struct matrix_row {
	const struct scenario *scenario;
	struct matrix_cell cells[SCENARIO_VALUES_MAX];
};

struct matrix {
	struct matrix_row rows[MATRIX_ROWS_MAX];
	size_t row_count;
	const char *folder; /* of the run, as it is shown; borrowed */
};

/* The columns: what the first row goes over. */
size_t matrix_column_count(const struct matrix *m);
const char *matrix_column(const struct matrix *m, size_t column);

/* Do both go over the same values, in the same order? */
bool matrix_same_columns(const struct scenario *a, const struct scenario *b);

/* What a backend with --defence NAME does, in a line; "" if nobody knows. */
const char *matrix_defence(const char *name);

/* How many cells differ from what their stories expect. */
size_t matrix_differing(const struct matrix *m);

/* To standard output, in 100 columns. */
void matrix_head(const struct matrix *m);
void matrix_row(const struct matrix *m, const struct matrix_row *row);
void matrix_foot(const struct matrix *m);

void matrix_json(const struct matrix *m, struct buffer *out);

/* A page; `way` leads from where it will lie to the run's folder. */
void matrix_html(const struct matrix *m, const char *way, struct buffer *out);
/* Its table alone, for another page; a cell without a name was not played. */
void matrix_table_html(
    struct buffer *out, const struct matrix *m, const char *way);

#endif
