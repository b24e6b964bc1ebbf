/* SPDX-License-Identifier: MIT */
#ifndef AUTH_PARAMS_H
#define AUTH_PARAMS_H

#include "http_message.h"

/*
 * Challenges and credentials (RFC 9110 sections 11.3, 11.4), read from the
 * front of a window:
 *
 *	WWW-Authenticate: Signature nonce="AAAA", realm="bank"
 *
 *	auth_scheme_take -> auth_params_next ...
 *
 * Stricter than the RFC: one scheme in a field, and no backslash in a quoted
 * string.
 */

/* True if the field is of that scheme; *in then starts at its parameters. */
bool auth_scheme_take(struct bytes *in, const char *scheme);

struct auth_param {
	struct bytes name;  /* compare without case */
	struct bytes value; /* bare: without quotes */
};

enum auth_param_verdict {
	AUTH_PARAM_TAKEN,
	AUTH_PARAM_END,
	AUTH_PARAM_MALFORMED,
};
enum auth_param_verdict auth_params_next(
    struct bytes *in, struct auth_param *param);

/* The parameter of that name; false if absent, twice there, or malformed. */
bool auth_param_find(
    struct bytes params, const char *name, struct bytes *value);

#endif
