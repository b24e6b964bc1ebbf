/* SPDX-License-Identifier: MIT */
#ifndef HTTP_SIGNATURE_H
#define HTTP_SIGNATURE_H

#include "http_message.h"

/*
 * HTTP Message Signatures (RFC 9421), as a request carries them:
 *
 *	Content-Digest: sha-256=:...:
 *	Signature-Input: sig1=("@method" "@authority" "@path" "@query"
 *	    "content-digest");created=1764000000;nonce="...";keyid="client";
 *	    alg="hmac-sha256"
 *	Signature: sig1=:...:
 *
 * Signing:   http_sign, onto a draft
 * Verifying: http_signature_read -> (policy decides) -> http_signature_verify
 */

enum signature_algorithm { SIGNATURE_HMAC_SHA256, SIGNATURE_ED25519 };

/* The registered name (RFC 9421 section 6.2.2), such as "hmac-sha256". */
const char *signature_algorithm_name(enum signature_algorithm algorithm);
/* -1 if no algorithm of ours has that name. */
int signature_algorithm_of(struct bytes name);

/*
 * HMAC: the shared secret.  Ed25519: 32 bytes, private to sign, public to
 * verify.
 */
struct signature_key {
	enum signature_algorithm algorithm;
	struct bytes material; /* borrowed */
};

/* The plain algorithm (RFC 8032), for other formats: 64 bytes, 32 of a key. */
bool signature_ed25519_sign(
    struct bytes private, struct bytes text, uint8_t *into);
bool signature_ed25519_verify(
    struct bytes public, struct bytes text, struct bytes value);
bool signature_ed25519_public(struct bytes private, uint8_t into[32]);

#define SIGNATURE_COMPONENTS_MAX 16
#define SIGNATURE_PARAMETERS_MAX 16

/*
 * What Signature-Input says (RFC 9421 section 2.3).  Windows borrow the
 * message.
 */
struct http_signature {
	struct bytes label;
	struct bytes components[SIGNATURE_COMPONENTS_MAX];
	size_t component_count;
	bool has_created, has_expires, has_nonce, has_keyid, has_alg;
	int64_t created; /* seconds since the epoch */
	int64_t expires;
	struct bytes nonce;
	struct bytes keyid;
	struct bytes alg;
	struct bytes params; /* the inner list with its parameters, as sent */
	struct bytes value;  /* base64 as sent, between the colons */
	char own[64]; /* a nonce that does not stand in the message as such */
};

enum signature_verdict {
	SIGNATURE_GOOD,
	SIGNATURE_ABSENT,           /* neither field is there */
	SIGNATURE_MALFORMED,        /* RFC 9651 or RFC 9421 section 4 broken */
	SIGNATURE_COMPONENT_ABSENT, /* covers something the message has not */
	SIGNATURE_WRONG,            /* does not verify under that key */
};
const char *signature_verdict_name(enum signature_verdict verdict);

/*
 * Read the one signature of a request.  More than one is malformed here, and so
 * are a component or parameter given twice, more of either than there is room
 * for, components with parameters (;req, ;sf, ;bs, ;key, ;tr) and derived
 * components other than @method, @target-uri, @authority, @path, @query,
 * @request-target and, in a response, @status.
 */
enum signature_verdict http_signature_read(
    const struct http_message *m, struct http_signature *sig);

/* Does it cover that component ("@path", "content-digest")? */
bool http_signature_covers(
    const struct http_signature *sig, const char *component);

/*
 * The signature base (RFC 9421 section 2.5).  Pure; @authority is the Host
 * field lower-cased without a default port, also in @target-uri, whose scheme
 * is that of the connection; @signature-params is written in its
 * canonical spelling.
 */
enum signature_verdict http_signature_base(const struct http_message *m,
    const struct http_signature *sig, struct buffer *base);

/* GOOD, COMPONENT_ABSENT, MALFORMED or WRONG.  Constant time in the secret. */
enum signature_verdict http_signature_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key);

/* What to sign and how; a NULL or false part is left out. */
struct signature_choice {
	const char *const *components; /* NULL-ended */
	bool with_created;
	int64_t created;
	const char *nonce;
	const char *keyid;
	bool with_alg;
	bool secure; /* the request goes by TLS */
};

/*
 * Add Signature-Input and Signature to a request draft, over the request as it
 * stands in the draft.  -1 after a warning if a component is missing or
 * OpenSSL fails.
 */
int http_sign(struct http_draft *d, const struct signature_choice *choice,
    const struct signature_key *key);

#endif
