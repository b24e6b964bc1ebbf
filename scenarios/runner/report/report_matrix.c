/* SPDX-License-Identifier: MIT */
#include "report_matrix.h"

#include "html.h"

#include <stdio.h>
#include <string.h>

/* A row for each story, all over the same values; NULL: it is none. */
static struct matrix_row *
row_of(struct report_matrix *r, struct report_play *p)
{
	struct matrix *m = &r->matrix;
	struct matrix_row *row;

	for (size_t i = 0; i < m->row_count; i++)
		if (strcmp(m->rows[i].scenario->id, p->scenario->id) == 0)
			return &m->rows[i];
	if (m->row_count == MATRIX_ROWS_MAX ||
	    (m->row_count > 0 &&
		!matrix_same_columns(m->rows[0].scenario, p->scenario)))
		return NULL;
	row = &m->rows[m->row_count];
	row->scenario = r->scenarios[m->row_count++] = p->scenario;
	p->scenario = NULL;
	for (size_t c = 0; c < matrix_column_count(m); c++)
		row->cells[c].effect = MATRIX_UNKNOWN;
	return row;
}

void
report_matrix_add(
    struct report_matrix *r, struct report_play *p, const char *run)
{
	struct matrix_row *row;
	const char *value;

	if (p->scenario == NULL || p->scenario->over == NULL ||
	    scenario_tag_place(p->scenario, "matrix") < 0 ||
	    (row = row_of(r, p)) == NULL)
		return;
	value = event_get_text(p->result, row->scenario->over);
	for (size_t c = 0; c < matrix_column_count(&r->matrix); c++) {
		struct matrix_cell *cell = &row->cells[c];

		if (*cell->name != '\0' ||
		    strcmp(matrix_column(&r->matrix, c), value) != 0)
			continue;
		matrix_cell_read(cell, p->path);
		snprintf(cell->name, sizeof(cell->name), "%s/%s", run, p->name);
	}
}

void
report_matrix_write(struct buffer *out, const struct report_matrix *r)
{
	if (r->matrix.row_count == 0)
		return;
	html_printf(out, "<h2>Attacks and defences</h2><p>Of each the newest "
			 "play in any of these runs: +1 is once more than the "
			 "honest once, late is once, after its sender had "
			 "given up, r1 is one honest request refused, ? is not "
			 "played.</p>");
	matrix_table_html(out, &r->matrix, ".");
}

void
report_matrix_clear(struct report_matrix *r)
{
	for (size_t i = 0; i < r->matrix.row_count; i++)
		scenario_free(r->scenarios[i]);
	*r = (struct report_matrix){0};
}
