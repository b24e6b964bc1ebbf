/* SPDX-License-Identifier: MIT */
#ifndef REPORT_LEDGER_H
#define REPORT_LEDGER_H

#include "report_play.h"

/*
 * The ledgers of a play as a table: what took effect before the first copy was
 * sent, and after it.  Writes nothing where no ledger has a row.
 */
void report_ledger(struct buffer *out, const struct report_play *p);

#endif
