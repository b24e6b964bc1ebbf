/* SPDX-License-Identifier: MIT */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include "evidence.h"
#include "executions.h"
#include "expectation.h"

/*
 * What happened to the copies, concluded from evidence alone: pure functions
 * over the events and the ledgers.
 *
 * A copy is credited to a layer only by an event of that layer itself: the
 * receiver's TCP counters, the alert the gateway sent after it had read just
 * that record, the verdict of a backend on that fingerprint, a row in the
 * ledger.
 */

enum layer {
	LAYER_UNKNOWN, /* no layer has spoken yet */
	LAYER_TCP,
	LAYER_TLS_RECORD,
	LAYER_TLS_HANDSHAKE,
	LAYER_TLS_EARLY_DATA,
	LAYER_GATEWAY,
	LAYER_BACKEND,
	LAYER_NOBODY, /* it took effect */
};

enum place {
	PLACE_NOWHERE,
	PLACE_TCP,
	PLACE_TLS,
	PLACE_GATEWAY,
	PLACE_BACKEND
};

/* How far one copy came, and who stopped it. */
struct copy_fate {
	size_t event; /* its copy_sent event */
	enum layer stopped_by;
	enum place delivered;
	const char *check;  /* LAYER_BACKEND: which check; borrowed */
	const char *host;   /* who stopped or executed it; borrowed */
	const char *detail; /* the alert, the counter; borrowed or "" */
};

#define OBSERVATION_COPIES_MAX 64
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
	} executed[OBSERVATION_IDS_MAX]; /* asked for, or in a ledger */
	size_t executed_count;
	struct price prices[OBSERVATION_PRICES_MAX];
	size_t price_count;
	char stopped_by[40]; /* of the copies together: a word of `expect` */
	const char *delivered;
};

/* The fate of the copy that event number `sent` announced. */
struct copy_fate observe_copy(const struct evidence *e, size_t sent);

/* All of it.  Borrows from both. */
void observe(const struct evidence *e, const struct executions *x,
    struct observation *o);

/* Does the observation say what the line expects? */
bool observation_meets(
    const struct observation *o, const struct expectation *expected);

/* One plain sentence of what was seen. */
void observation_sentence(const struct observation *o, struct buffer *out);

#endif
