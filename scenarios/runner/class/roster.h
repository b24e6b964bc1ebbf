/* SPDX-License-Identifier: MIT */
#ifndef ROSTER_H
#define ROSTER_H

#include "bytes.h"

#include <stdbool.h>

/*
 * Whose labs: the names of a class, in their order, each once.  A name becomes
 * a folder and part of a container's name, and is shown on terminals.
 */
#define ROSTER_MAX 1000
#define ROSTER_NAME_SIZE 32 /* with its NUL */

struct roster {
	char names[ROSTER_MAX][ROSTER_NAME_SIZE];
	size_t count;
};

enum roster_verdict {
	ROSTER_ADDED,
	ROSTER_NO_NAME, /* not [a-z0-9] and then up to 30 of [a-z0-9._-] */
	ROSTER_TWICE,
	ROSTER_FULL,
};

enum roster_verdict roster_add(struct roster *r, const char *name);

/*
 * Add a file's names: one a line, blanks around it, nothing, or a comment that
 * begins with #.  If the answer is not ROSTER_ADDED, *line says where.
 */
enum roster_verdict roster_parse(
    struct roster *r, struct bytes text, unsigned int *line);

/* student1, student2, ..., with as many digits as the last one has. */
enum roster_verdict roster_number(struct roster *r, unsigned int count);

bool roster_has(const struct roster *r, const char *name);
const char *roster_verdict_text(enum roster_verdict v);

#endif
