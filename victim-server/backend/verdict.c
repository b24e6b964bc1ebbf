/* SPDX-License-Identifier: MIT */
/* The verdicts: their words, their statuses, and what the client is told. */
#include "verdict.h"

#include <stddef.h>

const char *
verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ACCEPTED:
		return "accepted";
	case VERDICT_MALFORMED:
		return "malformed";
	case VERDICT_UNSIGNED:
		return "unsigned";
	case VERDICT_FORGED:
		return "forged";
	case VERDICT_MISDIRECTED:
		return "misdirected";
	case VERDICT_STALE:
		return "stale";
	case VERDICT_FROM_THE_FUTURE:
		return "from-the-future";
	case VERDICT_REPLAYED:
		return "replayed";
	case VERDICT_NOT_ISSUED:
		return "not-issued";
	case VERDICT_TOO_EARLY:
		return "too-early";
	case VERDICT_STORE_UNAVAILABLE:
		return "store-unavailable";
	case VERDICT_ANSWERED_BEFORE:
		return "answered-before";
	case VERDICT_KEY_REUSED:
		return "key-reused";
	case VERDICT_STILL_RUNNING:
		return "still-running";
	case VERDICT_PRECONDITION_FAILED:
		return "precondition-failed";
	case VERDICT_IN_DOUBT:
		return "in-doubt";
	case VERDICT_UNKNOWN_ACCOUNT:
		return "unknown-account";
	case VERDICT_INSUFFICIENT_FUNDS:
		return "insufficient-funds";
	case VERDICT_NOT_FOUND:
		return "not-found";
	case VERDICT_METHOD_NOT_ALLOWED:
		return "method-not-allowed";
	}
	return "unknown";
}

const char *
check_name(enum check check)
{
	switch (check) {
	case CHECK_NONE:
		return NULL;
	case CHECK_SYNTAX:
		return "syntax";
	case CHECK_EARLY_DATA:
		return "early-data";
	case CHECK_AUTHORITY:
		return "authority";
	case CHECK_BEARER:
		return "bearer";
	case CHECK_SIGNATURE:
		return "signature";
	case CHECK_TIMESTAMP:
		return "timestamp";
	case CHECK_NONCE:
		return "nonce";
	case CHECK_IDEMPOTENCY:
		return "idempotency";
	case CHECK_VERSION:
		return "version";
	case CHECK_STORE:
		return "store";
	case CHECK_BANK:
		return "bank";
	}
	return NULL;
}

int
verdict_status(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ACCEPTED:
		return 200;
	case VERDICT_MALFORMED:
		return 400;
	case VERDICT_UNSIGNED:
	case VERDICT_FORGED:
	case VERDICT_STALE:
	case VERDICT_FROM_THE_FUTURE:
	case VERDICT_NOT_ISSUED:
		return 401;
	case VERDICT_UNKNOWN_ACCOUNT:
	case VERDICT_NOT_FOUND:
		return 404;
	case VERDICT_METHOD_NOT_ALLOWED:
		return 405;
	case VERDICT_REPLAYED:
	case VERDICT_STILL_RUNNING:
	case VERDICT_INSUFFICIENT_FUNDS:
		return 409;
	case VERDICT_ANSWERED_BEFORE:
		return 201;
	case VERDICT_PRECONDITION_FAILED:
		return 412;
	case VERDICT_KEY_REUSED:
		return 422;
	case VERDICT_MISDIRECTED:
		return 421; /* RFC 9110 section 15.5.20 */
	case VERDICT_TOO_EARLY:
		return 425; /* RFC 8470 section 5.2 */
	case VERDICT_STORE_UNAVAILABLE:
	case VERDICT_IN_DOUBT:
		return 503;
	}
	return 500;
}

const char *
verdict_detail(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_ACCEPTED:
		return "The request was carried out.";
	case VERDICT_MALFORMED:
		return "The request is not one this server can read.";
	case VERDICT_UNSIGNED:
		return "The signature, or a parameter it must have, is "
		       "missing.";
	case VERDICT_FORGED:
		return "The signature does not prove who wrote all of this.";
	case VERDICT_MISDIRECTED:
		return "The request is for a server of another name.";
	case VERDICT_STALE:
		return "The request was created too long ago.";
	case VERDICT_FROM_THE_FUTURE:
		return "The request was created later than now.";
	case VERDICT_REPLAYED:
		return "A request with this nonce was served before.";
	case VERDICT_NOT_ISSUED:
		return "The nonce must be one that this server gave out.";
	case VERDICT_TOO_EARLY:
		return "The request came in early data; send it again when "
		       "the TLS handshake is complete.";
	case VERDICT_STORE_UNAVAILABLE:
		return "Nothing was booked: the ledger cannot be written.";
	case VERDICT_ANSWERED_BEFORE:
		return "The request was carried out before.";
	case VERDICT_KEY_REUSED:
		return "This Idempotency-Key came with another request.";
	case VERDICT_STILL_RUNNING:
		return "The first request with this Idempotency-Key is under "
		       "way.";
	case VERDICT_PRECONDITION_FAILED:
		return "The account has changed since.";
	case VERDICT_IN_DOUBT:
		return "Booked or not: the ledger did not say.  The same "
		       "request again is booked at most once.";
	case VERDICT_UNKNOWN_ACCOUNT:
		return "There is no such account.";
	case VERDICT_INSUFFICIENT_FUNDS:
		return "The account does not hold that much.";
	case VERDICT_NOT_FOUND:
		return "There is nothing here.";
	case VERDICT_METHOD_NOT_ALLOWED:
		return "There is something here, but not by this method.";
	}
	return "";
}
