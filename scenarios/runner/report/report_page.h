/* SPDX-License-Identifier: MIT */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report_matrix.h"
#include "report_verdict.h"

/*
 * report.html as text: the table of verdicts, then each scenario with its
 * plays.  The page asks nobody for anything: its policy allows the one style
 * and the one script that stand in it, by their hashes.
 *
 *	report_page_head -> report_page_row ... -> report_page_plays
 *	    -> report_page_play ... -> report_page_end
 *
 * The plays come twice, in the same order, those of one scenario together.  A
 * repeat like the one before it may be skipped the second time: its row then
 * leads to that one.
 */
struct report_page {
	struct buffer out;
	size_t rows, plays;                /* so far */
	char scenario[64];                 /* whose section is open */
	struct report_exchanges exchanges; /* in that section */
};

/* How many plays came out how, over the whole run. */
struct report_tally {
	size_t expected, not_expected, skipped;
};
/* Count one more result; a play without one is not as expected. */
void report_tally_add(struct report_tally *t, const cJSON *result);

void report_page_head(struct report_page *page, const char *run,
    const struct report_tally *tally);
void report_page_row(struct report_page *page, const struct report_play *p);
void report_page_plays(struct report_page *page);
void report_page_play(struct report_page *page, const struct report_play *p);
/* A play that is a row and no more. */
void report_page_skip(struct report_page *page);
void report_page_end(struct report_page *page);

/* The index: a line a run. */
void report_index_head(struct report_page *page);
void report_index_row(struct report_page *page, const char *run,
    const struct report_tally *tally);
void report_index_end(
    struct report_page *page, const struct report_matrix *matrix);

#endif
