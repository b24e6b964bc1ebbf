/* SPDX-License-Identifier: MIT */
#ifndef HTTP_DPOP_H
#define HTTP_DPOP_H

#include "http_signature.h"

/*
 * DPoP (RFC 9449): beside an access token the client shows a proof that it has
 * the key the token is bound to, made for this method and URI, now.
 *
 *	Authorization: DPoP client-ed25519
 *	DPoP: BASE64URL(header).BASE64URL(payload).BASE64URL(signature)
 *
 *	{"typ":"dpop+jwt","alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519",
 *	 "x":"..."}}
 *	{"jti":"...","htm":"POST","htu":"https://gateway/transfers",
 *	 "iat":1764000000,"ath":"..."}
 *
 * Here the token is the key's id, and keys.json says which key that is: what an
 * authorization server would have written into the token (cnf, section 6.1).
 * Neither query nor content is under the signature.
 */
#define DPOP_PROOF_MAX 1024 /* bytes */

/*
 * GOOD, ABSENT or MALFORMED.  Fills in keyid, created (iat), nonce (jti, in
 * sig->own) and value.
 */
enum signature_verdict http_dpop_read(
    const struct http_message *m, struct http_signature *sig);

/*
 * GOOD, or WRONG: another key than the token's, another method, URI or token
 * than the request's, or no signature of it (RFC 9449 section 4.3).
 */
enum signature_verdict http_dpop_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key);

/* Adds both fields; the key is private, Ed25519.  -1 after a warning. */
int http_dpop_sign(struct http_draft *d, int64_t now, const char *jti,
    const char *keyid, const struct signature_key *key);

#endif
