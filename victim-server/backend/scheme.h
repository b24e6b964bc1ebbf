/* SPDX-License-Identifier: MIT */
#ifndef SCHEME_H
#define SCHEME_H

#include "http_signature.h"

/*
 * How a request says who sent it and when.  Every scheme is read into the same
 * claim, a struct http_signature, and the same verdict judges it; a scheme that
 * has no nonce leaves it out.
 */
enum scheme {
	SCHEME_SIGNATURE, /* http_signature.h */
	SCHEME_HMAC_DATE, /* http_hmac_date.h */
	SCHEME_DPOP,      /* http_dpop.h */
	SCHEME_SIGV4,     /* http_sigv4.h */
	SCHEME_DIGEST,    /* http_digest.h, qop=auth */
	SCHEME_DIGEST_INT,
};
extern const char *const schemes[]; /* their words, NULL-ended */

/* The name that WWW-Authenticate has for it. */
const char *scheme_challenge(enum scheme scheme);
/* What stands there behind the nonce, or "". */
const char *scheme_challenge_params(enum scheme scheme);

/* GOOD, ABSENT or MALFORMED. */
enum signature_verdict scheme_read(enum scheme scheme,
    const struct http_message *m, struct http_signature *sig);

/* GOOD, or what http_signature_verify finds. */
enum signature_verdict scheme_verify(enum scheme scheme,
    const struct http_message *m, const struct http_signature *sig,
    const struct signature_key *key);

#endif
