/* SPDX-License-Identifier: MIT */
#ifndef DIAGRAM_ROWS_H
#define DIAGRAM_ROWS_H

#include "diagram.h"
#include "fact.h"

/* A diagram while its rows are made from the facts, one after the other. */
struct drawing {
	struct diagram *diagram;
	const struct diagram_sources *sources;
	struct facts facts;
	struct diagram_row spare; /* where rows without room go */
};

/* Add what the event with that number shows, if anything. */
void drawing_add(struct drawing *g, size_t number);

#endif
