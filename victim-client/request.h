/* SPDX-License-Identifier: MIT */
#ifndef REQUEST_H
#define REQUEST_H

#include "signing.h"

/*
 * The two requests a customer of the bank makes, whole and ready to send.
 *
 * Fields and JSON members always stand in the same order, so requests that
 * differ only in an id of the same length have the same length, signed or not.
 */
struct transfer {
	const char *id;
	const char *from;
	const char *to;
	long amount;
	const char *idempotency_key; /* NULL: none */
	const char *version; /* of `from`, to which it is sent then; or NULL */
	bool get; /* in the query of a GET, for a server that takes that */
};

/* Appends to out.  `now` is in seconds.  -1 after a warning. */
int request_transfer(struct buffer *out, const char *authority,
    const struct transfer *t, const struct signing *s, int64_t now);
int request_balance(struct buffer *out, const char *authority,
    const char *account, const struct signing *s, int64_t now);

#endif
