/* SPDX-License-Identifier: MIT */
/* The matrix as text. */
#include "matrix.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 7 /* characters of a cell, with one blank before it */

static int
title_width(const struct matrix *m)
{
	int width = 0;

	for (size_t r = 0; r < m->row_count; r++)
		if ((int)strlen(m->rows[r].scenario->title) > width)
			width = (int)strlen(m->rows[r].scenario->title);
	return width;
}

/* Where a column's name goes on in a second line: 0 if it fits in one. */
static size_t
split(const char *name)
{
	size_t length = strlen(name);
	const char *hyphen = strchr(name, '-');

	if (length <= COLUMN)
		return 0;
	if (hyphen != NULL && hyphen < name + COLUMN)
		return (size_t)(hyphen - name) + 1;
	return length > COLUMN + 3 || length < 8 ? COLUMN - 1 : length - 4;
}

/* No blanks at the end of a line. */
static void
print_part(const struct matrix *m, size_t column, const char *part)
{
	bool last = column + 1 == matrix_column_count(m);

	printf(" %-*s", last ? 0 : COLUMN, part);
}

static void
print_names(const struct matrix *m, bool second)
{
	printf("%3s %-*s", "", title_width(m), second ? "attack" : "");
	for (size_t c = 0; c < matrix_column_count(m); c++) {
		const char *name = matrix_column(m, c);
		size_t at = split(name);
		char part[COLUMN + 1];

		if (second)
			snprintf(part, sizeof(part), "%s", name + at);
		else
			snprintf(part, sizeof(part), "%.*s%s", (int)at, name,
			    at == 0 || name[at - 1] == '-' ? "" : "-");
		print_part(m, c, part);
	}
	putchar('\n');
}

void
matrix_head(const struct matrix *m)
{
	print_names(m, false);
	print_names(m, true);
	fflush(stdout);
}

void
matrix_row(const struct matrix *m, const struct matrix_row *row)
{
	char words[MATRIX_CELL_WORDS];

	printf("%-3s %-*s", row->scenario->id, title_width(m),
	    row->scenario->title);
	for (size_t c = 0; c < matrix_column_count(m); c++)
		print_part(m, c, matrix_cell_words(&row->cells[c], words));
	putchar('\n');
	fflush(stdout);
}

static void
print_differing(const struct matrix *m)
{
	for (size_t r = 0; r < m->row_count; r++)
		for (size_t c = 0; c < matrix_column_count(m); c++) {
			const struct matrix_cell *cell = &m->rows[r].cells[c];

			if (cell->differs)
				printf("* %s: %s\n", cell->name, cell->reason);
		}
}

void
matrix_foot(const struct matrix *m)
{
	printf("\n0     it took effect no more often than the honest once\n"
	       "+1    once more than that\n"
	       "late  once, after its sender had given up waiting\n"
	       "r1    and one honest request was refused\n"
	       "*     not what the story expects\n\n");
	for (size_t c = 0; c < matrix_column_count(m); c++)
		printf("%-11s %s\n", matrix_column(m, c),
		    matrix_defence(matrix_column(m, c)));
	putchar('\n');
	print_differing(m);
	printf("%zu cells, %zu not as expected.  Evidence of each: "
	       "%s/ID.DEFENCE\n",
	    m->row_count * matrix_column_count(m), matrix_differing(m),
	    m->folder);
}
