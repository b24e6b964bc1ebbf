/* SPDX-License-Identifier: MIT */
#ifndef HTTP_HMAC_DATE_H
#define HTTP_HMAC_DATE_H

#include "http_signature.h"

/*
 * How the HMAC plug-ins of gateways sign a request: with its Date, and nothing
 * that is used once.
 *
 *	Date: Thu, 26 Nov 2026 09:00:00 GMT
 *	Content-Digest: sha-256=:...:
 *	Authorization: hmac username="client", algorithm="hmac-sha256",
 *	    headers="date request-line host content-digest",
 *	    signature="BASE64"
 *
 * What is signed has a line for each of these, "name: value" but for the
 * request line, which stands as it is; without content there is no
 * content-digest.  Any other list of headers is malformed here, so nothing that
 * matters can be left out.
 */

/*
 * GOOD, ABSENT or MALFORMED.  Fills in keyid, created (of Date, RFC 9110
 * section 5.6.7, IMF-fixdate only) and value; there is never a nonce.
 */
enum signature_verdict http_hmac_date_read(
    const struct http_message *m, struct http_signature *sig);

/* GOOD, or WRONG: also if the content is not its digest's. */
enum signature_verdict http_hmac_date_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key);

/* Adds the three fields.  -1 after a warning. */
int http_hmac_date_sign(struct http_draft *d, int64_t now, const char *keyid,
    const struct signature_key *key);

#endif
