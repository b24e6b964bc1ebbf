/* SPDX-License-Identifier: MIT */
/* Marks, in order: what is the same stands together. */
#include "grade_same.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct mark {
	const char *name;
	struct grade_row *row;
};

static const char *const kinds[GRADE_MARK_KINDS] = {
    [GRADE_MARK_EVENT] = "events",
    [GRADE_MARK_RANDOM] = "TLS secrets",
    [GRADE_MARK_CA] = "CA",
};

static int
by_name(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static size_t
collect(struct grade_row *rows, size_t count, enum grade_mark_kind kind,
    struct mark *marks)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t m = 0; m < rows[i].grade.marks.count[kind]; m++)
			marks[found++] = (struct mark){
			    rows[i].grade.marks.names[kind][m], &rows[i]};
	return found;
}

/*
 * Is it a copy?  A run's plays share the CA, so of that another story does not
 * count: nobody is to blame for what was taken from another of his plays.  A
 * student's own play is handed in twice as often as one likes, but not as two.
 */
static bool
is_copy(const struct grade_row *a, const struct grade_row *b,
    enum grade_mark_kind kind)
{
	bool same_story = strcmp(a->grade.story, b->grade.story) == 0;

	if (a->folder == b->folder)
		return !same_story && kind != GRADE_MARK_CA;
	return same_story || kind != GRADE_MARK_CA;
}

/* Of the marks with that name, another's: of the same story if there is one. */
static const struct grade_row *
other(const struct mark *marks, size_t count, const struct grade_row *row,
    enum grade_mark_kind kind)
{
	const struct grade_row *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!is_copy(marks[i].row, row, kind))
			continue;
		if (strcmp(marks[i].row->grade.story, row->grade.story) == 0)
			return marks[i].row;
		if (found == NULL)
			found = marks[i].row;
	}
	return found;
}

static void
compare(struct mark *marks, size_t count, enum grade_mark_kind kind, bool *told,
    const struct grade_row *rows)
{
	for (size_t i = 0; i < count; i++) {
		struct grade_row *row = marks[i].row;
		const struct grade_row *twin = other(marks, count, row, kind);

		if (twin == NULL || told[row - rows])
			continue;
		told[row - rows] = true;
		grade_note_same(&row->grade.notes, twin->student,
		    twin->grade.story, kinds[kind]);
	}
}

void
grade_same(struct grade_row *rows, size_t count)
{
	struct mark *marks =
	    calloc(count * GRADE_MARKS_MAX + 1, sizeof(marks[0]));
	bool *told = calloc(count + 1, sizeof(told[0]));

	if (marks == NULL || told == NULL)
		err(EX_SOFTWARE, "%zu plays", count);
	for (int kind = 0; kind < GRADE_MARK_KINDS; kind++) {
		size_t found =
		    collect(rows, count, (enum grade_mark_kind)kind, marks);
		size_t last;

		qsort(marks, found, sizeof(marks[0]), by_name);
		for (size_t i = 0; i < found; i = last) {
			for (last = i + 1; last < found; last++)
				if (strcmp(marks[i].name, marks[last].name) !=
				    0)
					break;
			compare(&marks[i], last - i, (enum grade_mark_kind)kind,
			    told, rows);
		}
	}
	free(told);
	free(marks);
}
