/* SPDX-License-Identifier: MIT */
#ifndef EXPECTATION_H
#define EXPECTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a story says will come out, one `expect` line each:
 *
 *	expect stopped-by LAYER
 *	expect delivered PLACE
 *	expect executed ID once|twice|never|N-times
 *	expect moved ID AMOUNT
 *	expect collateral PRICE ID
 *
 * Behind it may stand `when VALUE ...`: then it is said of these values of
 * `over` alone.
 *
 * LAYER is tcp, tls-record, dtls-record, tls-handshake, tls-early-data or
 * tls-early-data:REASON, gateway, backend or backend:CHECK, or nobody; PLACE is
 * tcp, tls, dtls, gateway or backend.  PRICE is connection-lost,
 * request-swallowed, honest-refused, or unanswered (a datagram was lost, the
 * association is not).  Collateral that no line expects is a difference.
 */

enum expectation_kind {
	EXPECT_STOPPED_BY,
	EXPECT_DELIVERED,
	EXPECT_EXECUTED,
	EXPECT_MOVED,
	EXPECT_COLLATERAL,
};

struct expectation {
	enum expectation_kind kind;
	const char *word;  /* layer or collateral; borrowed */
	const char *id;    /* executed, moved, collateral; borrowed */
	long times;        /* executed */
	long amount;       /* moved */
	char *const *when; /* values of `over`; borrowed */
	size_t when_count; /* 0: all of them */
};

/* False with the reason in why. */
bool expectation_read(char *const words[], size_t count, struct expectation *e,
    char *why, size_t size);

/* Is it said of that value of `over` (NULL: there is none)?  Pure. */
bool expectation_applies(const struct expectation *e, const char *value);

/* "+301s", "-5s", "0s" as nanoseconds. */
bool expectation_read_seconds(const char *word, int64_t *nanoseconds);

#endif
