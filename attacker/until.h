/* SPDX-License-Identifier: MIT */
#ifndef UNTIL_H
#define UNTIL_H

#include <stdbool.h>
#include <stdint.h>

/* How long a command goes on: what --until says.  Pure. */
enum until_unit {
	UNTIL_STOPPED, /* somebody ends it */
	UNTIL_REQUESTS,
	UNTIL_RECORDS,
	UNTIL_FRAMES,
	UNTIL_EDITS,
	UNTIL_UNITS,
};

struct until {
	enum until_unit unit;
	uint64_t count; /* so many of these */
};

/*
 * "1 request", "20 records"; NULL is UNTIL_STOPPED.  False: it is no number and
 * a unit, of those up to `last`.
 */
bool until_read(const char *text, enum until_unit last, struct until *until);

/* Is it over, after so many of each unit? */
bool until_is_reached(
    const struct until *until, const uint64_t seen[UNTIL_UNITS]);

#endif
