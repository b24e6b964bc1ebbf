/* SPDX-License-Identifier: MIT */
#ifndef NONCE_TABLE_H
#define NONCE_TABLE_H

#include "backend/nonce_memory.h"
#include "backend/store.h"

/*
 * A memory of nonces in the ledger's own transaction: a nonce is remembered
 * exactly if its transfer is booked, or the bank has refused it for good.  It
 * is asked inside a transaction, and unavailable outside of one.
 */
#define NONCE_TABLE_LIMIT 10000000L /* rows; about 1 GB */

/* NULL after a warning.  Borrows the store. */
struct nonce_memory *nonce_table_new(struct store *store, long limit);

#endif
