/* SPDX-License-Identifier: MIT */
#ifndef GRADE_CLAIM_H
#define GRADE_CLAIM_H

#include "grade.h"

#include <cjson/cJSON.h>

/*
 * A result.json as it was handed in, against what would be written today from
 * the same evidence.  Pure.
 */

/* The word of its verdict; "?" for what is none. */
const char *grade_claim_word(const cJSON *claimed);

/*
 * A note for each member that rests on evidence and differs: who stopped the
 * copies, what took effect, what was paid, the ledger, each expectation, the
 * frames.  `whole`: the witness was heard, so copies are compared, too.
 */
void grade_claim_compare(const cJSON *claimed, const cJSON *anew, bool whole,
    struct grade_notes *notes);

#endif
