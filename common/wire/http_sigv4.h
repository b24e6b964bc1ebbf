/* SPDX-License-Identifier: MIT */
#ifndef HTTP_SIGV4_H
#define HTTP_SIGV4_H

#include "http_signature.h"

/*
 * How requests to a large cloud are signed (Signature Version 4): with a date,
 * under a key that is derived for one day, region and service, and nothing
 * that is used once.
 *
 *	X-Amz-Date: 20261126T090000Z
 *	Authorization: AWS4-HMAC-SHA256
 *	    Credential=client/20261126/lab/bank/aws4_request,
 *	    SignedHeaders=host;x-amz-date, Signature=HEX
 *
 * The words are the published ones, so that other clients can sign for the
 * lab (curl --aws-sigv4).  What is signed is method, path, query, the listed
 * fields and the hash of the content, which is taken of the content itself.
 *
 * In the style of it, no more: path, query and values are signed as they were
 * sent, not encoded or sorted first; a hash that the client gives
 * (X-Amz-Content-SHA256) replaces none; and host and x-amz-date must be listed.
 */
#define HTTP_SIGV4_REGION "lab"
#define HTTP_SIGV4_SERVICE "bank"
#define HTTP_SIGV4_KEY_SIZE 32
#define HTTP_SIGV4_SIZE 65 /* of a signature in hexadecimal, with its NUL */

/* What a derived key is good for. */
struct http_sigv4_scope {
	struct bytes date; /* "20261126" */
	struct bytes region;
	struct bytes service;
};

/*
 * Day after region after service under the secret.  False if OpenSSL fails or
 * the secret is longer than 64 bytes.
 */
bool http_sigv4_key(const struct http_sigv4_scope *scope, struct bytes secret,
    uint8_t into[HTTP_SIGV4_KEY_SIZE]);

/*
 * The right signature over the fields that sig lists, in lower case.  False if
 * one of them is not there once, or no key can be derived.
 */
bool http_sigv4_signature(const struct http_message *m,
    const struct http_signature *sig, const struct http_sigv4_scope *scope,
    const struct signature_key *key, char into[HTTP_SIGV4_SIZE]);

/*
 * GOOD, ABSENT or MALFORMED.  Fills in keyid, created (of X-Amz-Date),
 * components (the listed fields) and value; there is never a nonce.
 */
enum signature_verdict http_sigv4_read(
    const struct http_message *m, struct http_signature *sig);

/* GOOD, or WRONG: also if the scope is of another day, region or service. */
enum signature_verdict http_sigv4_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key);

/* Adds the two fields.  -1 after a warning. */
int http_sigv4_sign(struct http_draft *d, int64_t now, const char *keyid,
    const struct signature_key *key);

#endif
