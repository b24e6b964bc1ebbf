/* SPDX-License-Identifier: MIT */
#ifndef HTTP_DIGEST_H
#define HTTP_DIGEST_H

#include "http_signature.h"

/*
 * HTTP Digest (RFC 7616), with SHA-256 and the server's nonce, under which the
 * client counts its requests in nc:
 *
 *	Authorization: Digest username="client", realm="bank", nonce="...",
 *	    uri="/transfers", algorithm=SHA-256, nc=00000001, cnonce="...",
 *	    qop=auth, response="HEX"
 *
 * qop=auth covers the method and the target; auth-int the content as well
 * (section 3.4.3).  No other field is covered, Host not either.  The shared
 * secret is the password.
 */
#define HTTP_DIGEST_REALM "bank"
#define HTTP_DIGEST_SIZE 65 /* of a response, with its NUL */

enum http_digest_qop { DIGEST_AUTH, DIGEST_AUTH_INT };

/*
 * The right response (section 3.4.1) to what Authorization says, its realm and
 * nonce taken as sent.  False if the field cannot be read.
 */
bool http_digest_response(const struct http_message *m,
    enum http_digest_qop qop, struct bytes secret, char into[HTTP_DIGEST_SIZE]);

/*
 * GOOD, ABSENT or MALFORMED: also if its qop is another.  Fills in keyid (of
 * username), nonce (the server's), value, and in `own` nonce and nc: what may
 * come once.
 */
enum signature_verdict http_digest_read(const struct http_message *m,
    enum http_digest_qop qop, struct http_signature *sig);

/* GOOD, or WRONG: also if realm or uri are not those of the request. */
enum signature_verdict http_digest_verify(const struct http_message *m,
    enum http_digest_qop qop, const struct http_signature *sig,
    const struct signature_key *key);

/* Adds Authorization, with nc 1 under that nonce.  -1 after a warning. */
int http_digest_sign(struct http_draft *d, enum http_digest_qop qop,
    const char *nonce, const char *cnonce, const char *keyid,
    const struct signature_key *key);

#endif
