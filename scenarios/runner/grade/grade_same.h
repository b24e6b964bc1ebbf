/* SPDX-License-Identifier: MIT */
#ifndef GRADE_SAME_H
#define GRADE_SAME_H

#include "grade.h"

/*
 * Evidence that was handed in twice: by two students, or as two stories.  A
 * run's certificates and secrets are drawn anew for it, and no two events are
 * of one nanosecond, so who shares any has a copy.
 */
struct grade_row {
	struct grade grade;
	size_t folder; /* whose it is */
	const char *student, *play, *run;
};

/*
 * A note for each row with a mark that is in another folder's, too, or in
 * another story's of the same.
 */
void grade_same(struct grade_row *rows, size_t count);

#endif
