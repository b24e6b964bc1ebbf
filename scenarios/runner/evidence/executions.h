/* SPDX-License-Identifier: MIT */
#ifndef EXECUTIONS_H
#define EXECUTIONS_H

#include "bytes.h"

/*
 * What took effect, read from the victims' ledgers in the order it took effect:
 * the one witness every verdict asks first.
 */
struct execution {
	char id[64];
	char backend[32];
	char src_ip[46];
	int64_t seq, amount;
	int64_t at; /* true time in nanoseconds */
};

struct executions {
	struct execution *rows;
	size_t count;
};

/*
 * All ledger-HOST.sqlite files of a folder: of backends, and of hosts whose
 * database they share (store_ledger.h).  0, or -1 after a warning.
 */
int executions_read(struct executions *x, const char *folder);
void executions_clear(struct executions *x);

/*
 * The rows of one such file, as others have handed it in: nothing that stands
 * in it is carried out or believed, nothing is written, and there are limits.
 * 0, or -1, without a word: it is no ledger.  Some rows may have been added.
 */
#define EXECUTIONS_MAX 10000
#define EXECUTIONS_TEXT_MAX 65536 /* of a value, in bytes */
int executions_add(
    struct executions *x, const char *backend, struct bytes database);

/* How often that transfer took effect, over all backends. */
long executions_of(const struct executions *x, const char *id);

/* What it moved the last time; 0 if it never took effect. */
int64_t executions_amount(const struct executions *x, const char *id);

#endif
