/* SPDX-License-Identifier: MIT */
#ifndef MATRIX_CELL_H
#define MATRIX_CELL_H

#include "evidence/evidence.h"

/*
 * What one attack came to before one defence, read from the evidence of its
 * play.
 *
 *	matrix_cell_read (files -> matrix_cell_judge) -> matrix_cell_words
 */
enum matrix_effect {
	MATRIX_NOTHING_MORE, /* no effect beyond the honest once */
	MATRIX_AGAIN,        /* effects beyond it: `again` says how many */
	MATRIX_LATE,    /* once, after its client had given up waiting for it */
	MATRIX_UNKNOWN, /* skipped, or no verdict */
};
const char *matrix_effect_name(enum matrix_effect effect);

struct matrix_cell {
	enum matrix_effect effect;
	long again;
	long refused; /* honest transfers that were told it is their fault */
	bool differs; /* from what the story expects; or there is no verdict */
	char result[8];      /* PASS, ...; "" without a verdict */
	char stopped_by[40]; /* as in result.json */
	char reason[320];    /* why it differs, or was skipped */
	char name[96];       /* of its folder in the run's */
};

/* From a result.json and the events beside it; pure.  The name is left. */
void matrix_cell_judge(
    struct matrix_cell *c, const cJSON *result, const struct evidence *events);

/* The same from a play's folder; a file that is missing was no verdict. */
void matrix_cell_read(struct matrix_cell *c, const char *folder);

/* "+1", "0 r1", "late*": the effect, who was refused, does it differ. */
#define MATRIX_CELL_WORDS 64
const char *matrix_cell_words(
    const struct matrix_cell *c, char into[MATRIX_CELL_WORDS]);

#endif
