/* SPDX-License-Identifier: MIT */
/* The notes and marks of a grade. */
#include "grade.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void
append(struct grade_notes *n, const char *text)
{
	size_t used = strlen(n->text);

	snprintf(&n->text[used], sizeof(n->text) - used, "%s", text);
}

static void
append_line(struct grade_notes *n, const char *word, char *line)
{
	make_printable(line);
	append(n, *n->text == '\0' ? "" : "; ");
	append(n, word);
	append(n, ": ");
	append(n, line);
}

void
grade_note(struct grade_notes *n, const char *word, const char *format, ...)
{
	char line[180];
	va_list args;

	if (n->count++ >= GRADE_NOTES_MAX) {
		if (n->count == GRADE_NOTES_MAX + 1)
			append(n, "; and more");
		return;
	}
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	append_line(n, word, line);
}

void
grade_note_same(struct grade_notes *n, const char *student, const char *story,
    const char *what)
{
	char line[180];

	n->count++;
	snprintf(line, sizeof(line), "same evidence as %.64s/%.64s (%s)",
	    student, story, what);
	append_line(n, "same", line);
}

void
grade_mark(struct grade_marks *m, enum grade_mark_kind kind,
    const char name[FINGERPRINT_SIZE])
{
	char(*names)[FINGERPRINT_SIZE] = m->names[kind];
	size_t count = m->count[kind], at = 0;

	while (at < count && strcmp(names[at], name) < 0)
		at++;
	if (at == GRADE_MARKS_MAX ||
	    (at < count && strcmp(names[at], name) == 0))
		return;
	if (count < GRADE_MARKS_MAX)
		m->count[kind]++;
	else
		count--;
	memmove(&names[at + 1], &names[at], (count - at) * sizeof(names[0]));
	memcpy(names[at], name, sizeof(names[0]));
}

void
grade_conclude(struct grade *g)
{
	bool same = strcmp(g->claimed, g->judged) == 0;

	if (same && strcmp(g->judged, "FAIL") == 0)
		g->notes = (struct grade_notes){0};
	else if (g->notes.count > 0 && (same || strcmp(g->judged, "PASS") == 0))
		strcpy(g->judged, "DOUBT");
}

bool
grade_agrees(const struct grade *g)
{
	return g->notes.count == 0;
}
