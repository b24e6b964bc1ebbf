/* SPDX-License-Identifier: MIT */
#ifndef GRADE_STEPS_H
#define GRADE_STEPS_H

#include "evidence/evidence.h"
#include "grade.h"
#include "story/scenario.h"

/*
 * Do the events tell of the story's own steps, with that value of `over`: on
 * each host as many programs as it starts there, the clocks moved as it moves
 * them, and the suite that the value names?  Pure.
 */
void grade_steps(const struct scenario *s, const char *value,
    const struct evidence *e, struct grade_notes *notes);

#endif
