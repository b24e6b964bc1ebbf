/* SPDX-License-Identifier: MIT */
#ifndef REPORT_VERDICT_H
#define REPORT_VERDICT_H

#include "report_play.h"

/*
 * What came of one play: the sentence, why the copy was refused, the diagram,
 * the ledger, the frames by number, and the files beside it.
 */
void report_verdict(struct buffer *out, const struct report_play *p);

#endif
