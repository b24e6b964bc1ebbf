/* SPDX-License-Identifier: MIT */
/* From words to formats. */
#include "scheme.h"

#include "http_dpop.h"
#include "http_hmac_date.h"

const char *const schemes[] = {"signature", "hmac-date", "dpop", NULL};

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
	}
	return SIGNATURE_WRONG;
}
