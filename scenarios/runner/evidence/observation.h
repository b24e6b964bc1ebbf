/* SPDX-License-Identifier: MIT */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include "copy_fate.h"
#include "executions.h"
#include "story/expectation.h"

/*
 * What came of a scenario as a whole: the fates of its copies, what took
 * effect, and what it cost the honest.  Pure functions over the events and the
 * ledgers.
 */
#define OBSERVATION_COPIES_MAX 1024
#define OBSERVATION_PRICES_MAX 32
#define OBSERVATION_IDS_MAX 64

struct price {
	const char *what; /* "connection-lost"; static */
	const char *id;   /* borrowed from the evidence */
};

struct observation {
	struct copy_fate copies[OBSERVATION_COPIES_MAX];
	size_t copy_count;
	struct {
		const char *id; /* borrowed from evidence and executions */
		long times;
		int64_t amount;          /* of the last time */
	} executed[OBSERVATION_IDS_MAX]; /* asked for, or in a ledger */
	size_t executed_count;
	struct price prices[OBSERVATION_PRICES_MAX];
	size_t price_count;
	const char *too_many; /* of which there are, and what limit; or NULL */
	char stopped_by[40];  /* of the copies together: a word of `expect` */
	const char *delivered;
};

/* All of it.  Borrows from both. */
void observe(const struct evidence *e, const struct executions *x,
    struct observation *o);

/* Does the observation say what the line expects? */
bool observation_meets(
    const struct observation *o, const struct expectation *expected);

/* One plain sentence of what was seen. */
void observation_sentence(const struct observation *o, struct buffer *out);

#endif
