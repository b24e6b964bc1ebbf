/* SPDX-License-Identifier: MIT */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "bytes.h"

/*
 * What stood in a shared ledger, kept as a backend's own file is, so that the
 * verdict finds it where it looks (executions.h): ledger-HOST.sqlite.
 *
 *	store_ledger_begin -> store_ledger_write
 *
 * A file that was begun and never written is no ledger, and fails the run.
 * 0, or -1 after a warning.
 */
int store_ledger_begin(const char *path);

/*
 * Rows as psql prints them: seq, id, amount, src_ip and at, with tabs between,
 * a line each.  What the file held before is replaced.  -1 after a warning.
 */
int store_ledger_write(const char *path, struct bytes rows);

#endif
