/* SPDX-License-Identifier: MIT */
/* A DPoP proof: what is read of it, and what it proves. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "base64url.h"
#include "http_dpop.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1764000000)

/* The seed and public key of RFC 8032 section 7.1, test 1. */
static const uint8_t seed[] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
    0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69,
    0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
static const uint8_t public[] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
    0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3,
    0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
static const struct signature_key signer = {
    SIGNATURE_ED25519, {seed, sizeof(seed)}};
static const struct signature_key verifier = {
    SIGNATURE_ED25519, {public, sizeof(public)}};

static struct http_draft draft;
static struct http_reader *reader;
static struct buffer wire;

/* A request with a proof; the message lives until the next one. */
static struct http_message
make(const char *method, const char *target, const char *keyid)
{
	const struct http_message *m;
	struct bytes in;

	http_reader_free(reader);
	reader = http_reader_new(HTTP_REQUEST);
	buffer_reset(&wire);
	http_draft_request(&draft, method, target, "gateway");
	assert_int_equal(http_dpop_sign(&draft, NOW, "n-1", keyid, &signer), 0);
	http_draft_write(&draft, &wire);
	in = buffer_bytes(&wire);
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	return *m;
}

static int
clean_up(void **state)
{
	(void)state;
	http_reader_free(reader);
	http_draft_clear(&draft);
	buffer_clear(&wire);
	return 0;
}

static struct http_field *
field_of(struct http_message *m, const char *name)
{
	for (size_t i = 0; i < m->field_count; i++)
		if (bytes_equal_text(m->fields[i].name, name))
			return &m->fields[i];
	return NULL;
}

static enum signature_verdict
verify(const struct http_message *m)
{
	struct http_signature sig;

	return http_dpop_read(m, &sig) == SIGNATURE_GOOD
		   ? http_dpop_verify(m, &sig, &verifier)
		   : SIGNATURE_MALFORMED;
}

static void
what_is_signed_verifies(void **state)
{
	struct http_message m = make("POST", "/transfers?a=b", "client");
	struct http_signature sig;

	(void)state;
	assert_int_equal(http_dpop_read(&m, &sig), SIGNATURE_GOOD);
	assert_int_equal(sig.created, NOW);
	assert_true(sig.has_nonce && bytes_equal_text(sig.nonce, "n-1"));
	assert_true(bytes_equal_text(sig.keyid, "client"));
	assert_int_equal(http_dpop_verify(&m, &sig, &verifier), SIGNATURE_GOOD);
}

static void
it_is_good_for_its_method_uri_and_token_only(void **state)
{
	struct http_message m = make("POST", "/transfers", "client");

	(void)state;
	m.method = bytes_of("PUT");
	assert_int_equal(verify(&m), SIGNATURE_WRONG);
	m = make("POST", "/transfers", "client");
	m.target = bytes_of("/transfer");
	assert_int_equal(verify(&m), SIGNATURE_WRONG);
	m = make("POST", "/transfers", "client");
	field_of(&m, "Host")->value = bytes_of("other");
	assert_int_equal(verify(&m), SIGNATURE_WRONG);
	m = make("POST", "/transfers", "client");
	field_of(&m, "Authorization")->value = bytes_of("DPoP client2");
	assert_int_equal(verify(&m), SIGNATURE_WRONG);
	/* RFC 9449 section 4.2: without the query. */
	m = make("POST", "/transfers", "client");
	m.target = bytes_of("/transfers?a=b");
	assert_int_equal(verify(&m), SIGNATURE_GOOD);
}

static void
another_key_proves_nothing(void **state)
{
	static const uint8_t zeros[32];
	const struct signature_key other = {SIGNATURE_ED25519, {zeros, 32}},
				   secret = {
				       SIGNATURE_HMAC_SHA256, {zeros, 32}};
	struct http_message m = make("GET", "/", "client");
	struct http_signature sig;

	(void)state;
	assert_int_equal(http_dpop_read(&m, &sig), SIGNATURE_GOOD);
	assert_int_equal(http_dpop_verify(&m, &sig, &other), SIGNATURE_WRONG);
	assert_int_equal(http_dpop_verify(&m, &sig, &secret), SIGNATURE_WRONG);
	assert_int_equal(
	    http_dpop_sign(&draft, NOW, "n-1", "client", &secret), -1);
}

static void
no_letter_of_it_can_be_changed(void **state)
{
	struct http_message m = make("POST", "/transfers", "client");
	struct http_field *proof = field_of(&m, "DPoP");
	char text[DPOP_PROOF_MAX];

	(void)state;
	memcpy(text, proof->value.at, proof->value.left);
	proof->value.at = (uint8_t *)text;
	for (size_t i = 0; i < proof->value.left; i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(verify(&m), SIGNATURE_GOOD);
		text[i] = was;
	}
	assert_int_equal(verify(&m), SIGNATURE_GOOD);
}

static void
every_shorter_prefix_is_malformed(void **state)
{
	struct http_message m = make("POST", "/transfers", "client");
	struct http_field *proof = field_of(&m, "DPoP");

	(void)state;
	while (proof->value.left-- > 0)
		assert_int_equal(verify(&m), SIGNATURE_MALFORMED);
}

/* A proof of these two, under no signature that verifies. */
static enum signature_verdict
read_proof(const char *header, const char *payload)
{
	struct http_message m = make("GET", "/", "client");
	static const uint8_t signature[64];
	struct http_signature sig;
	struct buffer text = {0};
	enum signature_verdict verdict;

	base64url_write(&text, bytes_of(header));
	buffer_add_text(&text, ".");
	base64url_write(&text, bytes_of(payload));
	buffer_add_text(&text, ".");
	base64url_write(&text, (struct bytes){signature, 64});
	field_of(&m, "DPoP")->value = buffer_bytes(&text);
	verdict = http_dpop_read(&m, &sig);
	buffer_clear(&text);
	return verdict;
}

#define JWK "\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"A\""
#define HEADER "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\"," JWK "}}"
#define PAYLOAD "{\"jti\":\"n\",\"iat\":1}"

static void
what_is_no_proof_is_malformed(void **state)
{
	static const char *const headers[] = {"", "{}", "[]",
	    "{\"typ\":\"jwt\",\"alg\":\"EdDSA\"," JWK "}}",
	    "{\"typ\":\"dpop+jwt\",\"alg\":\"none\"," JWK "}}",
	    "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\"}",
	    "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\"," JWK ",\"d\":\"A\"}}",
	    "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"crit\":[]," JWK "}}",
	    HEADER "x"};
	static const char *const payloads[] = {"", "{}", "1", "{\"jti\":\"n\"}",
	    "{\"iat\":1}", "{\"jti\":1,\"iat\":1}", "{\"jti\":\"\",\"iat\":1}",
	    "{\"jti\":\"n\",\"iat\":\"1\"}", "{\"jti\":\"n\",\"iat\":-1}",
	    "{\"jti\":\"n\",\"iat\":1e99}",
	    "{\"jti\":\"0123456789012345678901234567890123456789"
	    "012345678901234567890123\",\"iat\":1}"};
	struct http_message m = make("GET", "/", "client");
	struct http_signature sig;

	(void)state;
	assert_int_equal(read_proof(HEADER, PAYLOAD), SIGNATURE_GOOD);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		assert_int_equal(
		    read_proof(headers[i], PAYLOAD), SIGNATURE_MALFORMED);
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++)
		assert_int_equal(
		    read_proof(HEADER, payloads[i]), SIGNATURE_MALFORMED);
	m = make("GET", "/", "client");
	field_of(&m, "Authorization")->value = bytes_of("Bearer client");
	assert_int_equal(http_dpop_read(&m, &sig), SIGNATURE_MALFORMED);
	field_of(&m, "DPoP")->name = bytes_of("DPop2");
	assert_int_equal(http_dpop_read(&m, &sig), SIGNATURE_ABSENT);
}

static void
base64url_has_one_spelling(void **state)
{
	static const char *const wrong[] = {
	    "A", "AB", "AAB", "AA==", "A+AA", "A/AA", "AAAA A", "AAAAA"};
	uint8_t into[4];
	size_t length;

	(void)state;
	assert_true(base64url_read(bytes_of("_-8"), into, 4, &length));
	assert_int_equal(length, 2);
	assert_true(into[0] == 0xff && into[1] == 0xef);
	assert_true(base64url_read(bytes_of(""), into, 4, &length));
	assert_true(base64url_read(bytes_of("AAAAAA"), into, 4, &length));
	assert_false(base64url_read(bytes_of("AAAAAAA"), into, 4, &length));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(
		    base64url_read(bytes_of(wrong[i]), into, 4, &length));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_signed_verifies),
	    cmocka_unit_test(it_is_good_for_its_method_uri_and_token_only),
	    cmocka_unit_test(another_key_proves_nothing),
	    cmocka_unit_test(no_letter_of_it_can_be_changed),
	    cmocka_unit_test(every_shorter_prefix_is_malformed),
	    cmocka_unit_test(what_is_no_proof_is_malformed),
	    cmocka_unit_test(base64url_has_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}
