/* SPDX-License-Identifier: MIT */
#ifndef REPORT_MATRIX_H
#define REPORT_MATRIX_H

#include "matrix.h"
#include "report_play.h"

/*
 * The matrix over all runs: of each attack and defence the newest play.
 *
 *	{0} -> report_matrix_add (newest run first) ... -> report_matrix_write
 *	    -> report_matrix_clear
 */
struct report_matrix {
	struct matrix matrix;
	struct scenario *scenarios[MATRIX_ROWS_MAX]; /* of its rows */
};

/*
 * A play of the run with that name, below the folder of runs.  If it is of a
 * story of the tag `matrix` and its cell is free, it takes it, and the play's
 * scenario where the row is new.
 */
void report_matrix_add(
    struct report_matrix *m, struct report_play *p, const char *run);

/* As HTML; nothing if there is no row. */
void report_matrix_write(struct buffer *out, const struct report_matrix *m);
void report_matrix_clear(struct report_matrix *m);

#endif
