/* SPDX-License-Identifier: MIT */
/* From words to formats. */
#include "scheme.h"

#include "http_digest.h"
#include "http_dpop.h"
#include "http_hmac_date.h"
#include "http_sigv4.h"

const char *const schemes[] = {
    "signature", "hmac-date", "dpop", "sigv4", "digest", "digest-int", NULL};

const char *
scheme_challenge(enum scheme scheme)
{
	switch (scheme) {
	case SCHEME_SIGNATURE:
		return "Signature";
	case SCHEME_HMAC_DATE:
		return "hmac";
	case SCHEME_DPOP:
		return "DPoP";
	case SCHEME_SIGV4:
		return "AWS4-HMAC-SHA256";
	case SCHEME_DIGEST:
	case SCHEME_DIGEST_INT:
		return "Digest";
	}
	return "";
}

const char *
scheme_challenge_params(enum scheme scheme)
{
	switch (scheme) {
	case SCHEME_DIGEST:
		return "realm=\"" HTTP_DIGEST_REALM
		       "\", algorithm=SHA-256, qop=\"auth\"";
	case SCHEME_DIGEST_INT:
		return "realm=\"" HTTP_DIGEST_REALM
		       "\", algorithm=SHA-256, qop=\"auth-int\"";
	case SCHEME_SIGNATURE:
	case SCHEME_HMAC_DATE:
	case SCHEME_DPOP:
	case SCHEME_SIGV4:
		break;
	}
	return "";
}

enum signature_verdict
scheme_read(enum scheme scheme, const struct http_message *m,
    struct http_signature *sig)
{
	switch (scheme) {
	case SCHEME_SIGNATURE:
		return http_signature_read(m, sig);
	case SCHEME_HMAC_DATE:
		return http_hmac_date_read(m, sig);
	case SCHEME_DPOP:
		return http_dpop_read(m, sig);
	case SCHEME_SIGV4:
		return http_sigv4_read(m, sig);
	case SCHEME_DIGEST:
		return http_digest_read(m, DIGEST_AUTH, sig);
	case SCHEME_DIGEST_INT:
		return http_digest_read(m, DIGEST_AUTH_INT, sig);
	}
	return SIGNATURE_MALFORMED;
}

enum signature_verdict
scheme_verify(enum scheme scheme, const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key)
{
	switch (scheme) {
	case SCHEME_SIGNATURE:
		return http_signature_verify(m, sig, key);
	case SCHEME_HMAC_DATE:
		return http_hmac_date_verify(m, sig, key);
	case SCHEME_DPOP:
		return http_dpop_verify(m, sig, key);
	case SCHEME_SIGV4:
		return http_sigv4_verify(m, sig, key);
	case SCHEME_DIGEST:
		return http_digest_verify(m, DIGEST_AUTH, sig, key);
	case SCHEME_DIGEST_INT:
		return http_digest_verify(m, DIGEST_AUTH_INT, sig, key);
	}
	return SIGNATURE_WRONG;
}
