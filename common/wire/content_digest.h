/* SPDX-License-Identifier: MIT */
#ifndef CONTENT_DIGEST_H
#define CONTENT_DIGEST_H

#include "http_message.h"

/*
 * Content-Digest (RFC 9530): a hash of the content, by which a signature over
 * header fields covers the content too.
 *
 *	Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
 */

/* The field's value, with sha-256 (RFC 9530 section 2). */
void content_digest_write(struct buffer *out, struct bytes content);

enum digest_verdict {
	DIGEST_GOOD,
	DIGEST_ABSENT, /* no field, or no algorithm of ours in it */
	DIGEST_MALFORMED,
	DIGEST_WRONG,
};
const char *digest_verdict_name(enum digest_verdict verdict);

/* sha-256 and sha-512 are checked; every one that is there must be right. */
enum digest_verdict content_digest_check(const struct http_message *m);

#endif
