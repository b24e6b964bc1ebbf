/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_SQLITE_H
#define LEDGER_SQLITE_H

#include "backend/ledger.h"

/*
 * A ledger in one SQLite file of this backend's own.  Its commit is booked or
 * not booked, and never in doubt.
 */
struct ledger_sqlite_settings {
	const char *path;
	long page_limit;  /* 0: none; for tests of a full disk */
	long nonce_limit; /* 0: NONCE_TABLE_LIMIT */
};

/* NULL after a warning. */
struct ledger *ledger_sqlite_open(
    const struct ledger_sqlite_settings *settings);

/* The version of SQLite it runs with. */
const char *ledger_sqlite_version(void);

#endif
