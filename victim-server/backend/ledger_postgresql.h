/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_POSTGRESQL_H
#define LEDGER_POSTGRESQL_H

#include "backend/ledger.h"
#include "backend/remote.h"

/*
 * A ledger in a PostgreSQL database that all backends share: nonce and
 * transfer in one transaction, whichever backend asks.  Any wait ends with its
 * deadline (postgresql.h); then nothing was booked, or the end is in doubt.
 */
struct ledger_postgresql_settings {
	const struct remote *remotes; /* borrowed */
	size_t count;
	long nonce_limit; /* 0: NONCE_TABLE_LIMIT */
};

/* NULL after a warning, also if no server answers. */
struct ledger *ledger_postgresql_open(
    const struct ledger_postgresql_settings *settings);

#endif
