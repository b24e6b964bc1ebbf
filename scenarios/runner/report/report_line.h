/* SPDX-License-Identifier: MIT */
#ifndef REPORT_LINE_H
#define REPORT_LINE_H

#include "evidence/evidence.h"
#include "play/play.h"

/*
 * Results for people and programs: the verdict table, KTAP
 * (https://docs.kernel.org/dev-tools/ktap.html), or one JSON object a line.
 */
enum report_form { REPORT_TABLE, REPORT_TAP, REPORT_JSON };

struct report_counts {
	size_t passed, failed, skipped; /* XFAIL passes, XPASS fails */
	size_t broken; /* no result.json: the runner itself failed */
	int width;     /* of the longest value; the column is 12 at least */
};

void report_begin(
    enum report_form form, size_t plays, const struct report_counts *counts);

/*
 * The line of one play, from the result.json in its folder.  `status` is
 * what waitpid said of its sandbox, `number` counts from 1.
 */
void report_line(enum report_form form, const struct play *p, const char *name,
    int status, size_t number, struct report_counts *counts);

/*
 * "t-1 twice, t-2 never": what took effect of what honest clients asked for,
 * their controls left out.  Returns into.
 */
const char *report_ledger_words(const cJSON *result, char *into, size_t size);

void report_end(enum report_form form, const struct report_counts *counts,
    int64_t milliseconds, const char *folder);

#endif
