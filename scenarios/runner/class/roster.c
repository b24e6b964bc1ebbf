/* SPDX-License-Identifier: MIT */
/* The names of a class. */
#include "roster.h"

#include <stdio.h>
#include <string.h>

#define FIRST "abcdefghijklmnopqrstuvwxyz0123456789"

static bool
is_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < ROSTER_NAME_SIZE &&
	       strspn(name, FIRST) > 0 && strspn(name, FIRST "._-") == length;
}

bool
roster_has(const struct roster *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->names[i], name) == 0)
			return true;
	return false;
}

enum roster_verdict
roster_add(struct roster *r, const char *name)
{
	if (!is_name(name))
		return ROSTER_NO_NAME;
	if (roster_has(r, name))
		return ROSTER_TWICE;
	if (r->count == ROSTER_MAX)
		return ROSTER_FULL;
	snprintf(r->names[r->count++], ROSTER_NAME_SIZE, "%s", name);
	return ROSTER_ADDED;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The front line, without blanks around it; false: there is none. */
static bool
take_line(struct bytes *text, struct bytes *line)
{
	uint8_t c;

	if (text->left == 0)
		return false;
	*line = (struct bytes){text->at, 0};
	while (bytes_take_u8(text, &c) && c != '\n')
		if (line->left > 0 || !is_blank(c))
			line->left++;
		else
			line->at = text->at;
	while (line->left > 0 && is_blank(line->at[line->left - 1]))
		line->left--;
	return true;
}

enum roster_verdict
roster_parse(struct roster *r, struct bytes text, unsigned int *line)
{
	char name[ROSTER_NAME_SIZE + 1];
	struct bytes found;

	for (*line = 1; take_line(&text, &found); (*line)++) {
		enum roster_verdict v;

		if (found.left == 0 || found.at[0] == '#')
			continue;
		if (found.left >= sizeof(name) ||
		    memchr(found.at, '\0', found.left) != NULL)
			return ROSTER_NO_NAME;
		snprintf(name, sizeof(name), "%.*s", (int)found.left,
		    (const char *)found.at);
		if ((v = roster_add(r, name)) != ROSTER_ADDED)
			return v;
	}
	return ROSTER_ADDED;
}

enum roster_verdict
roster_number(struct roster *r, unsigned int count)
{
	char name[ROSTER_NAME_SIZE];
	int digits = snprintf(NULL, 0, "%u", count);
	enum roster_verdict v = ROSTER_ADDED;

	for (unsigned int i = 1; i <= count && v == ROSTER_ADDED; i++) {
		snprintf(name, sizeof(name), "student%0*u", digits, i);
		v = roster_add(r, name);
	}
	return v;
}

const char *
roster_verdict_text(enum roster_verdict v)
{
	switch (v) {
	case ROSTER_ADDED:
		return "added";
	case ROSTER_NO_NAME:
		return "no name: letters a to z, digits, and behind the first "
		       "also . _ -, 31 at most";
	case ROSTER_TWICE:
		return "the name is there twice";
	case ROSTER_FULL:
		return "more names than a class has";
	}
	return "";
}
