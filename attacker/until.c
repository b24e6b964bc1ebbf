/* SPDX-License-Identifier: MIT */
/* A number and a unit. */
#include "until.h"

#include <stdlib.h>
#include <string.h>

static const char *const units[UNTIL_UNITS] = {
    [UNTIL_STOPPED] = "",
    [UNTIL_REQUESTS] = "request",
    [UNTIL_RECORDS] = "record",
    [UNTIL_FRAMES] = "frame",
    [UNTIL_EDITS] = "edit",
};

/* Of one or of several. */
static bool
is_unit(const char *text, const char *unit)
{
	size_t n = strlen(unit);

	return strncmp(text, unit, n) == 0 &&
	       (text[n] == '\0' || strcmp(&text[n], "s") == 0);
}

bool
until_read(const char *text, enum until_unit last, struct until *until)
{
	char *end;

	*until = (struct until){UNTIL_STOPPED, 0};
	if (text == NULL)
		return true;
	until->count = strtoull(text, &end, 10);
	if (until->count == 0 || *text == '-' || *end != ' ')
		return false;
	for (int unit = UNTIL_STOPPED + 1; unit <= (int)last; unit++)
		if (is_unit(end + 1, units[unit])) {
			until->unit = (enum until_unit)unit;
			return true;
		}
	return false;
}

bool
until_is_reached(const struct until *until, const uint64_t seen[UNTIL_UNITS])
{
	return until->unit != UNTIL_STOPPED &&
	       seen[until->unit] >= until->count;
}
