/* SPDX-License-Identifier: MIT */
#ifndef NONCE_ROWS_H
#define NONCE_ROWS_H

#include "backend/nonce_memory.h"
#include "backend/postgresql.h"

/*
 * A memory of nonces in the transactions of a shared database: what
 * nonce_table.h is in a file's.  It is asked inside a transaction, and
 * unavailable outside of one.
 */

/* NULL after a warning.  Borrows the database, which has the schema. */
struct nonce_memory *nonce_rows_new(struct postgresql *database, long limit);

/* Statements for inside a transaction, NULL-ended. */
extern const char *const nonce_rows_schema[];

#endif
