/* SPDX-License-Identifier: MIT */
/* The matrix for machines: docs/formats.md describes it. */
#include "matrix.h"

#include "json.h"

static void
put_cell(struct buffer *out, const char *defence, const struct matrix_cell *c)
{
	json_open(out, '{');
	json_member_text(out, "defence", defence);
	json_member_text(out, "effect", matrix_effect_name(c->effect));
	json_member_number(out, "again", c->again);
	json_member_number(out, "refused", c->refused);
	json_member_bool(out, "as_expected", !c->differs);
	json_member_text(out, "result", c->result);
	json_member_text(out, "reason", c->reason);
	json_member_text(out, "stopped_by", c->stopped_by);
	json_member_text(out, "evidence", c->name);
	json_close(out, '}');
}

static void
put_row(
    struct buffer *out, const struct matrix *m, const struct matrix_row *row)
{
	json_open(out, '{');
	json_member_text(out, "id", row->scenario->id);
	json_member_text(out, "title", row->scenario->title);
	json_member_text(out, "clause", row->scenario->clause);
	json_key(out, "cells");
	json_open(out, '[');
	for (size_t c = 0; c < matrix_column_count(m); c++)
		put_cell(out, matrix_column(m, c), &row->cells[c]);
	json_close(out, ']');
	json_close(out, '}');
}

void
matrix_json(const struct matrix *m, struct buffer *out)
{
	json_open(out, '{');
	json_member_number(out, "v", 1);
	json_member_text(out, "folder", m->folder);
	json_member_number(out, "differing", (int64_t)matrix_differing(m));
	json_key(out, "defences");
	json_open(out, '[');
	for (size_t c = 0; c < matrix_column_count(m); c++) {
		json_open(out, '{');
		json_member_text(out, "name", matrix_column(m, c));
		json_member_text(
		    out, "does", matrix_defence(matrix_column(m, c)));
		json_close(out, '}');
	}
	json_close(out, ']');
	json_key(out, "rows");
	json_open(out, '[');
	for (size_t r = 0; r < m->row_count; r++)
		put_row(out, m, &m->rows[r]);
	json_close(out, ']');
	json_close(out, '}');
	buffer_add_u8(out, '\n');
}
