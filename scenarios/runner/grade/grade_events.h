/* SPDX-License-Identifier: MIT */
#ifndef GRADE_EVENTS_H
#define GRADE_EVENTS_H

#include "evidence/evidence.h"
#include "evidence/executions.h"
#include "grade.h"
#include "story/scenario.h"

/* Do the events hang together, and do the ledgers say the same?  Pure. */

/*
 * Each program numbers its events from 0 and none is missing, and its clock
 * does not go back: by the first that breaks this.
 */
void grade_events_order(const struct evidence *e, struct grade_notes *notes);

/*
 * A transfer is in the ledgers as often as backends have said that they
 * accepted it.
 */
void grade_events_ledger(const struct evidence *e, const struct executions *x,
    struct grade_notes *notes);

/* All of them within that time, in RFC 3339 as events have it. */
void grade_events_within(const struct evidence *e, const char *from,
    const char *until, struct grade_notes *notes);

/* The marks by which they are known again. */
void grade_events_mark(const struct evidence *e, struct grade_marks *marks);

#endif
