/* SPDX-License-Identifier: MIT */
#ifndef VERDICT_H
#define VERDICT_H

/*
 * What the backend finds about a request, and which of its checks found it.
 * The words stand in events, problem documents, metrics and scenario files.
 */
enum verdict {
	VERDICT_ACCEPTED,
	VERDICT_MALFORMED,
	VERDICT_UNSIGNED,    /* what the policy asks for is not there */
	VERDICT_FORGED,      /* it is there and does not prove anything */
	VERDICT_MISDIRECTED, /* it is for another server */
	VERDICT_STALE,
	VERDICT_FROM_THE_FUTURE,
	VERDICT_REPLAYED,
	VERDICT_NOT_ISSUED, /* its nonce is none of this server's */
	VERDICT_TOO_EARLY,  /* its client's handshake may never complete */
	VERDICT_STORE_UNAVAILABLE,
	VERDICT_ANSWERED_BEFORE, /* done once, and answered as it was then */
	VERDICT_KEY_REUSED,      /* that idempotency key is another request's */
	VERDICT_STILL_RUNNING,   /* its first request is not yet decided */
	VERDICT_PRECONDITION_FAILED, /* it was for an earlier state */
	VERDICT_IN_DOUBT,            /* booked or not: the ledger did not say */
	VERDICT_UNKNOWN_ACCOUNT,
	VERDICT_INSUFFICIENT_FUNDS,
	VERDICT_NOT_FOUND,
	VERDICT_METHOD_NOT_ALLOWED,
};
#define VERDICT_COUNT (VERDICT_METHOD_NOT_ALLOWED + 1)

enum check {
	CHECK_NONE, /* nothing refused */
	CHECK_SYNTAX,
	CHECK_EARLY_DATA,
	CHECK_AUTHORITY,
	CHECK_BEARER,
	CHECK_SIGNATURE,
	CHECK_TIMESTAMP,
	CHECK_NONCE,
	CHECK_IDEMPOTENCY,
	CHECK_VERSION,
	CHECK_STORE,
	CHECK_BANK,
};

const char *verdict_name(enum verdict verdict); /* "from-the-future" */
const char *check_name(enum check check);       /* CHECK_NONE: NULL */

/* The status of a refusal; 200 if VERDICT_ACCEPTED, 201 if ANSWERED_BEFORE. */
int verdict_status(enum verdict verdict);

/* One sentence for the client. */
const char *verdict_detail(enum verdict verdict);

#endif
