/* SPDX-License-Identifier: MIT */
/* Making and checking signatures over the base (RFC 9421 section 3). */
#include "http_signature.h"

#include <err.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "structured_field.h"

#define LABEL "sig1"      /* as in all examples of RFC 9421 section 2 */
#define HMAC_SIZE 32      /* RFC 9421 section 3.3.3 */
#define ED25519_SIZE 64   /* RFC 9421 section 3.3.6 */
#define SIGNATURE_SIZE 64 /* the larger of both */

const char *
signature_algorithm_name(enum signature_algorithm algorithm)
{
	switch (algorithm) {
	case SIGNATURE_HMAC_SHA256:
		return "hmac-sha256";
	case SIGNATURE_ED25519:
		return "ed25519";
	}
	return "unknown";
}

int
signature_algorithm_of(struct bytes name)
{
	for (int a = SIGNATURE_HMAC_SHA256; a <= SIGNATURE_ED25519; a++)
		if (bytes_equal_text(name, signature_algorithm_name(a)))
			return a;
	return -1;
}

static bool
hmac(struct bytes secret, struct bytes base, uint8_t into[HMAC_SIZE])
{
	unsigned int length;

	return HMAC(EVP_sha256(),
		   secret.left == 0 ? (const void *)"" : secret.at,
		   (int)secret.left, base.at, base.left, into,
		   &length) != NULL &&
	       length == HMAC_SIZE;
}

bool
signature_ed25519_sign(struct bytes private, struct bytes base, uint8_t *into)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, private.at, private.left);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = ED25519_SIZE;
	bool good =
	    key != NULL && context != NULL &&
	    EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(context, into, &length, base.at, base.left) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return good;
}

bool
signature_ed25519_verify(
    struct bytes public, struct bytes base, struct bytes value)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, public.at, public.left);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = key != NULL && context != NULL &&
		    value.left == ED25519_SIZE &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(
			context, value.at, value.left, base.at, base.left) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	ERR_clear_error(); /* a wrong signature is an answer, no error */
	return good;
}

bool
signature_ed25519_public(struct bytes private, uint8_t into[32])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, private.at, private.left);
	size_t length = 32;
	bool good =
	    key != NULL && EVP_PKEY_get_raw_public_key(key, into, &length) == 1;

	EVP_PKEY_free(key);
	return good;
}

static bool
verify(const struct signature_key *key, struct bytes base, struct bytes value)
{
	uint8_t expected[HMAC_SIZE];

	switch (key->algorithm) {
	case SIGNATURE_HMAC_SHA256:
		return hmac(key->material, base, expected) &&
		       value.left == HMAC_SIZE &&
		       CRYPTO_memcmp(value.at, expected, HMAC_SIZE) == 0;
	case SIGNATURE_ED25519:
		return signature_ed25519_verify(key->material, base, value);
	}
	return false;
}

/* RFC 9421 section 3.2: the algorithm is the key's; `alg` may only agree. */
enum signature_verdict
http_signature_verify(const struct http_message *m,
    const struct http_signature *sig, const struct signature_key *key)
{
	uint8_t value[SIGNATURE_SIZE];
	struct buffer base = {0};
	enum signature_verdict verdict;
	size_t length;

	verdict = http_signature_base(m, sig, &base);
	if (verdict == SIGNATURE_GOOD &&
	    ((sig->has_alg &&
		 signature_algorithm_of(sig->alg) != (int)key->algorithm) ||
		!sf_bytes_decode(sig->value, value, sizeof(value), &length) ||
		!verify(
		    key, buffer_bytes(&base), (struct bytes){value, length})))
		verdict = SIGNATURE_WRONG;
	buffer_clear(&base);
	return verdict;
}

/* The inner list with its parameters, as Signature-Input will show it. */
static bool
write_params(struct buffer *out, const struct signature_choice *choice,
    const struct signature_key *key)
{
	const char *const *component = choice->components;
	bool good = true;

	buffer_add_u8(out, '(');
	for (; component != NULL && *component != NULL; component++) {
		if (component != choice->components)
			buffer_add_u8(out, ' ');
		good = sf_write_string(out, bytes_of(*component)) && good;
	}
	buffer_add_u8(out, ')');
	if (choice->with_created)
		buffer_printf(out, ";created=%" PRId64, choice->created);
	if (choice->nonce != NULL) {
		buffer_add_text(out, ";nonce=");
		good = sf_write_string(out, bytes_of(choice->nonce)) && good;
	}
	if (choice->keyid != NULL) {
		buffer_add_text(out, ";keyid=");
		good = sf_write_string(out, bytes_of(choice->keyid)) && good;
	}
	if (choice->with_alg)
		buffer_printf(out, ";alg=\"%s\"",
		    signature_algorithm_name(key->algorithm));
	return good;
}

/*
 * A copy of the draft under a signature of no bytes, read back as its receiver
 * will read it: what we sign is then what a verifier finds.
 */
static int
write_base(const struct http_draft *d, bool secure, const char *params,
    struct buffer *base)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct http_draft copy = {.length_optional = d->length_optional};
	enum http_verdict read;
	enum signature_verdict verdict = SIGNATURE_MALFORMED;
	const struct http_message *m;
	struct http_signature sig;
	struct buffer wire = {0};
	struct bytes in;

	buffer_add_bytes(&copy.head, buffer_bytes(&d->head));
	buffer_add_bytes(&copy.content, buffer_bytes(&d->content));
	buffer_printf(&copy.head,
	    "Signature-Input: " LABEL "=%s\r\nSignature: " LABEL "=::\r\n",
	    params);
	http_draft_write(&copy, &wire);
	in = buffer_bytes(&wire);
	if (secure)
		http_reader_secure(reader);
	read = http_reader_feed(reader, &in, &m);
	if (read != HTTP_COMPLETE)
		warnx("sign: the request is %s", http_verdict_name(read));
	else if ((verdict = http_signature_read(m, &sig)) != SIGNATURE_GOOD ||
		 (verdict = http_signature_base(m, &sig, base)) !=
		     SIGNATURE_GOOD)
		warnx("sign: %s: %s", params, signature_verdict_name(verdict));
	buffer_clear(&wire);
	http_draft_clear(&copy);
	http_reader_free(reader);
	return verdict == SIGNATURE_GOOD ? 0 : -1;
}

static int
sign(const struct signature_key *key, struct bytes base, struct buffer *out)
{
	uint8_t value[SIGNATURE_SIZE];
	size_t length = 0;
	bool good = false;

	switch (key->algorithm) {
	case SIGNATURE_HMAC_SHA256:
		good = hmac(key->material, base, value);
		length = HMAC_SIZE;
		break;
	case SIGNATURE_ED25519:
		good = signature_ed25519_sign(key->material, base, value);
		length = ED25519_SIZE;
		break;
	}
	if (!good) {
		warnx("sign: OpenSSL cannot use this %s key",
		    signature_algorithm_name(key->algorithm));
		ERR_clear_error();
		return -1;
	}
	sf_write_bytes(out, (struct bytes){value, length});
	return 0;
}

int
http_sign(struct http_draft *d, const struct signature_choice *choice,
    const struct signature_key *key)
{
	struct buffer params = {0}, base = {0}, value = {0};
	int result = -1;

	if (!write_params(&params, choice, key)) {
		warnx("sign: a nonce, key id or component is not ASCII");
		goto out;
	}
	if (write_base(d, choice->secure, buffer_text(&params), &base) == -1 ||
	    sign(key, buffer_bytes(&base), &value) == -1)
		goto out;
	buffer_printf(&d->head,
	    "Signature-Input: " LABEL "=%s\r\nSignature: " LABEL "=%s\r\n",
	    buffer_text(&params), buffer_text(&value));
	result = 0;
out:
	buffer_clear(&params);
	buffer_clear(&base);
	buffer_clear(&value);
	return result;
}
