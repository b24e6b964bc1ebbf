/* SPDX-License-Identifier: MIT */
#ifndef IDEMPOTENCY_KEY_H
#define IDEMPOTENCY_KEY_H

#include "http_message.h"

/*
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header section 2): by
 * which a client says that two requests are one.  A string of RFC 9651.
 *
 *	Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324"
 */
#define IDEMPOTENCY_KEY_MAX 64 /* bytes */

enum idempotency_key_verdict {
	IDEMPOTENCY_KEY_ABSENT,
	IDEMPOTENCY_KEY_READ,      /* *key is set; borrows the request */
	IDEMPOTENCY_KEY_MALFORMED, /* no string, two, empty or too long */
};

enum idempotency_key_verdict idempotency_key_read(
    const struct http_message *request, struct bytes *key);

#endif
