/* SPDX-License-Identifier: MIT */
/* Columns: docs/formats.md describes them. */
#include "grade_table.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

/* Names of folders are anybody's: what a terminal could obey is marked. */
static void
add_plain(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		buffer_add_u8(
		    out, *text >= ' ' && *text <= '~' ? (uint8_t)*text : '?');
}

/* A field (RFC 4180 2.6); a formula would begin with one of these. */
static void
add_field(struct buffer *out, const char *text)
{
	buffer_add_u8(out, '"');
	if (*text != '\0' && strchr("=+-@", *text) != NULL &&
	    strcmp(text, "-") != 0)
		buffer_add_u8(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buffer_add_u8(out, '"');
		buffer_add_u8(
		    out, *text >= ' ' && *text <= '~' ? (uint8_t)*text : '?');
	}
	buffer_add_u8(out, '"');
}

void
grade_table_begin(enum grade_form form)
{
	switch (form) {
	case GRADE_TABLE:
		printf("%-20s %-20s %-8s %-8s %-22s %s\n", "student", "story",
		    "claimed", "judged", "run", "note");
		return;
	case GRADE_CSV:
		puts("student,story,claimed,judged,run,note");
		return;
	case GRADE_JSON:
		return;
	}
}

static void
put_table(struct buffer *out, const char *const cells[6])
{
	static const int widths[] = {20, 20, 8, 8, 22, 0};

	for (size_t i = 0; i < (*cells[5] == '\0' ? 5U : 6U); i++) {
		int gap = widths[i] - (int)strlen(cells[i]);

		add_plain(out, cells[i]);
		if (i < 4 || (i == 4 && *cells[5] != '\0'))
			buffer_printf(out, "%*s", gap < 1 ? 1 : gap + 1, "");
	}
}

static void
put_csv(struct buffer *out, const char *const cells[6])
{
	for (size_t i = 0; i < 6; i++) {
		if (i > 0)
			buffer_add_u8(out, ',');
		add_field(out, cells[i]);
	}
}

static void
put_json(struct buffer *out, const char *const cells[6])
{
	static const char *const names[] = {
	    "student", "story", "claimed", "judged", "run", "note"};

	json_open(out, '{');
	for (size_t i = 0; i < 6; i++)
		json_member_text(out, names[i], cells[i]);
	json_close(out, '}');
}

void
grade_table_row(enum grade_form form, const struct grade_row *row)
{
	const struct grade *g = &row->grade;
	const char *const cells[6] = {row->student, g->story, g->claimed,
	    g->judged, row->run, g->notes.text};
	struct buffer out = {0};

	switch (form) {
	case GRADE_TABLE:
		put_table(&out, cells);
		break;
	case GRADE_CSV:
		put_csv(&out, cells);
		break;
	case GRADE_JSON:
		put_json(&out, cells);
		break;
	}
	puts(buffer_text(&out));
	buffer_clear(&out);
}
