/* SPDX-License-Identifier: MIT */
#ifndef SIGNING_H
#define SIGNING_H

#include "http_signature.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How requests are signed: which parts a signature has, and under which key.
 *
 *	signing_read_parts -> signing_open -> signing_apply ... -> signing_clear
 *
 * A signature alone says who sent a request and that nobody changed it.  The
 * timestamp bounds how long a copy is of use, the nonce lets a copy be told
 * from the request.  An honest client gives both; the server decides what it
 * checks.
 */
#define SIGNING_SECRET_MAX 64 /* bytes */

enum signing_scheme {
	SIGNING_SIGNATURE,
	SIGNING_HMAC_DATE,
	SIGNING_DPOP,
	SIGNING_SIGV4,
	SIGNING_DIGEST,     /* qop=auth */
	SIGNING_DIGEST_INT, /* qop=auth-int */
};
extern const char *const signing_schemes[]; /* their words, NULL-ended */

struct signing {
	bool signature;
	bool timestamp; /* the parameter `created` */
	bool nonce;
	bool plain_timestamp; /* the header field Request-Created */
	bool plain_nonce;     /* the header field Request-Nonce */
	bool secure;          /* requests go by TLS */
	bool covers_chosen;
	char cover[256]; /* the words of `components`, if they were chosen */
	const char *components[SIGNATURE_COMPONENTS_MAX + 1];
	const char *fixed_nonce; /* borrowed; NULL: a new one for each */
	const char *bearer;      /* borrowed token of RFC 6750, or NULL */
	const char *keyid;       /* borrowed */
	enum signing_scheme scheme;
	enum signature_algorithm algorithm;
	uint8_t secret[SIGNING_SECRET_MAX];
	size_t secret_length;
};

/*
 * "none", or a list of "signature", "timestamp" and "nonce"; the latter two
 * are parts of a signature, so they imply one.  NULL means all three.  -1
 * after a warning that names the wrong word.
 */
int signing_read_parts(struct signing *s, const char *words);

/*
 * What a careless client does: cover only these components (a list, or
 * "none"), and give "timestamp" or "nonce" as header fields that no signature
 * covers.  NULL: what an honest one does.  -1 after a warning.
 */
int signing_read_cover(struct signing *s, const char *words);
int signing_read_unsigned(struct signing *s, const char *words);

/*
 * Find the key in a keys.json, unless nothing is to be signed.  The file is
 * {"v":1,"keys":[{"keyid":"client","alg":"hmac-sha256","secret":BASE64},
 * {"keyid":"e","alg":"ed25519","private":BASE64}]}.  -1 after a warning.
 */
int signing_open(struct signing *s, const char *path, const char *keyid);
void signing_clear(struct signing *s);

/* 16 random bytes in base64url, so that requests have equal lengths. */
#define SIGNING_NONCE_SIZE 23
const char *signing_nonce(char into[SIGNING_NONCE_SIZE]);

/*
 * Sign a draft at that time (seconds), with a nonce of its own.  The content,
 * if there is some, is covered by a Content-Digest that is added here.  -1
 * after a warning.
 */
int signing_apply(const struct signing *s, int64_t now, struct http_draft *d);

#endif
