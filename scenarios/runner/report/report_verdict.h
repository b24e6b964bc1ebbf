/* SPDX-License-Identifier: MIT */
#ifndef REPORT_VERDICT_H
#define REPORT_VERDICT_H

#include "report_play.h"

#include "diagram_svg.h"

/*
 * The exchanges that stand on the page, of the scenario whose section is open:
 * plays of one story over many values differ little.
 *
 *	{0} -> report_verdict ... -> report_exchanges_clear
 */
#define REPORT_EXCHANGES_MAX 16

struct report_exchanges {
	struct report_exchange {
		struct buffer said, ledger; /* as of diagram_say */
		size_t number;              /* of the play on the page */
		char variant[64];
	} seen[REPORT_EXCHANGES_MAX];
	size_t count;
	struct diagram_arrows arrows; /* of the whole page; stays */
};

void report_exchanges_clear(struct report_exchanges *x);

/*
 * What came of the play with that number: the sentence, why the copy was
 * refused, the frames by number, the diagram and the ledger, and the files
 * beside it.  A diagram and a ledger that stand there already are not repeated;
 * only words that differ are.
 */
void report_verdict(struct buffer *out, const struct report_play *p,
    size_t number, struct report_exchanges *exchanges);

#endif
