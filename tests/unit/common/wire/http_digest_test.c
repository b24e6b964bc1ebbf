/* SPDX-License-Identifier: MIT */
/* A request with Digest credentials: what is read of it, and what it proves. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "http_digest.h"

#include <stdio.h>
#include <string.h>

static const struct signature_key key = {
    SIGNATURE_HMAC_SHA256, {(const uint8_t *)"secret", 6}};

struct scene {
	struct http_reader *reader;
	struct buffer wire;
	const struct http_message *message;
};

/* What is signed over "pay", with one text in it changed for another. */
static void
open_scene(
    struct scene *s, enum http_digest_qop qop, const char *was, const char *is)
{
	struct http_draft d = {0};
	struct buffer wire = {0};
	char *at;
	struct bytes in;

	http_draft_request(&d, "POST", "/transfers", "gateway");
	http_draft_content(&d, "text/plain", bytes_of("pay"));
	assert_int_equal(
	    http_digest_sign(&d, qop, "n0nce", "cn", "client", &key), 0);
	http_draft_write(&d, &wire);
	*s = (struct scene){.reader = http_reader_new(HTTP_REQUEST)};
	in = buffer_bytes(&wire);
	if (was != NULL) {
		assert_non_null(at = strstr(buffer_text(&wire), was));
		buffer_add(&s->wire, in.at, (size_t)(at - (char *)in.at));
		buffer_add_text(&s->wire, is);
		buffer_add_text(&s->wire, at + strlen(was));
	} else
		buffer_add_bytes(&s->wire, in);
	in = buffer_bytes(&s->wire);
	assert_int_equal(
	    http_reader_feed(s->reader, &in, &s->message), HTTP_COMPLETE);
	http_draft_clear(&d);
	buffer_clear(&wire);
}

static void
close_scene(struct scene *s)
{
	http_reader_free(s->reader);
	buffer_clear(&s->wire);
}

static void
what_is_signed_verifies(void **state)
{
	struct http_signature sig;
	struct scene s;

	(void)state;
	for (enum http_digest_qop qop = DIGEST_AUTH; qop <= DIGEST_AUTH_INT;
	     qop++) {
		open_scene(&s, qop, NULL, NULL);
		assert_int_equal(
		    http_digest_read(s.message, qop, &sig), SIGNATURE_GOOD);
		assert_true(bytes_equal_text(sig.keyid, "client"));
		assert_true(bytes_equal_text(sig.nonce, "n0nce"));
		assert_string_equal(sig.own, "n0nce:00000001");
		assert_false(sig.has_created);
		assert_int_equal(http_digest_verify(s.message, qop, &sig, &key),
		    SIGNATURE_GOOD);
		assert_int_equal(http_digest_read(s.message, !qop, &sig),
		    SIGNATURE_MALFORMED);
		close_scene(&s);
	}
}

static enum signature_verdict
verify_changed(enum http_digest_qop qop, const char *was, const char *is)
{
	enum signature_verdict verdict;
	struct http_signature sig;
	struct scene s;

	open_scene(&s, qop, was, is);
	assert_int_equal(
	    http_digest_read(s.message, qop, &sig), SIGNATURE_GOOD);
	verdict = http_digest_verify(s.message, qop, &sig, &key);
	close_scene(&s);
	return verdict;
}

static void
nothing_that_is_covered_can_be_changed(void **state)
{
	static const char *const changes[][2] = {{"POST", "PUT"},
	    {"POST /transfers", "POST /transfer"},
	    {"uri=\"/transfers", "uri=\"/transfer"},
	    {"realm=\"bank", "realm=\"shop"}, {"n0nce", "n1nce"},
	    {"nc=00000001", "nc=00000002"}, {"cnonce=\"cn", "cnonce=\"cm"},
	    {"username=\"client", "username=\"other"}};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		for (enum http_digest_qop qop = DIGEST_AUTH;
		     qop <= DIGEST_AUTH_INT; qop++)
			assert_int_equal(
			    verify_changed(qop, changes[i][0], changes[i][1]),
			    SIGNATURE_WRONG);
}

static void
only_auth_int_covers_the_content(void **state)
{
	static const char was[] = "\r\n\r\npay", is[] = "\r\n\r\npoy";

	(void)state;
	assert_int_equal(verify_changed(DIGEST_AUTH, was, is), SIGNATURE_GOOD);
	assert_int_equal(
	    verify_changed(DIGEST_AUTH_INT, was, is), SIGNATURE_WRONG);
}

#define NONCE_54 "123456789012345678901234567890123456789012345678901234"

static void
what_says_something_else_is_malformed(void **state)
{
	static const char *const changes[][2] = {{"Digest user", "Basic user"},
	    {"SHA-256", "MD5"}, {"qop=auth", "qop=none"},
	    {"nc=00000001", "nc=0000001"}, {"nc=00000001", "nc=000000001"},
	    {"nc=00000001", "nc=0000000A"}, {"nc=0", "nb=0"},
	    {"nonce=\"n0nce", "nonce=\""}, {"n0nce", NONCE_54 "5"},
	    {"response=\"", "response=\"0"}, {"response=", "answer="},
	    {"nc=", "nc=00000001, nc="},
	    {"Authorization: ", "Authorization: x\r\nAuthorization: "}};
	struct http_signature sig;
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		open_scene(&s, DIGEST_AUTH, changes[i][0], changes[i][1]);
		assert_int_equal(http_digest_read(s.message, DIGEST_AUTH, &sig),
		    SIGNATURE_MALFORMED);
		close_scene(&s);
	}
	/* The longest nonce there is room for. */
	assert_int_equal(
	    verify_changed(DIGEST_AUTH, "n0nce", NONCE_54), SIGNATURE_WRONG);
	open_scene(&s, DIGEST_AUTH, "Authorization", "Authorisation");
	assert_int_equal(
	    http_digest_read(s.message, DIGEST_AUTH, &sig), SIGNATURE_ABSENT);
	close_scene(&s);
}

static void
every_shorter_prefix_of_the_credentials_is_malformed(void **state)
{
	struct http_signature sig;
	struct http_message cut;
	struct scene s;
	size_t at = 0;

	(void)state;
	open_scene(&s, DIGEST_AUTH, NULL, NULL);
	cut = *s.message;
	while (!bytes_equal_text(cut.fields[at].name, "Authorization"))
		at++;
	for (size_t n = cut.fields[at].value.left; n-- > 0;) {
		cut.fields[at].value.left = n;
		assert_int_equal(http_digest_read(&cut, DIGEST_AUTH, &sig),
		    SIGNATURE_MALFORMED);
	}
	close_scene(&s);
}

static void
a_key_of_another_kind_proves_nothing(void **state)
{
	const struct signature_key other = {SIGNATURE_ED25519, key.material};
	struct http_signature sig;
	struct http_draft d = {0};
	struct scene s;

	(void)state;
	open_scene(&s, DIGEST_AUTH, NULL, NULL);
	assert_int_equal(
	    http_digest_read(s.message, DIGEST_AUTH, &sig), SIGNATURE_GOOD);
	assert_int_equal(
	    http_digest_verify(s.message, DIGEST_AUTH, &sig, &other),
	    SIGNATURE_WRONG);
	http_draft_request(&d, "GET", "/", "gateway");
	assert_int_equal(
	    http_digest_sign(&d, DIGEST_AUTH, "n", "c", "client", &other), -1);
	http_draft_clear(&d);
	close_scene(&s);
}

/* RFC 7616 section 3.9.1, the one with SHA-256. */
static void
the_example_of_the_rfc_has_that_response(void **state)
{
	static const char wire[] =
	    "GET /dir/index.html HTTP/1.1\r\nHost: www.example.org\r\n"
	    "Authorization: Digest username=\"Mufasa\", "
	    "realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
	    "algorithm=SHA-256, "
	    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
	    "nc=00000001, "
	    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", "
	    "qop=auth, response=\"753927fa0e85d155564e2e272a28d1802ca10daf449"
	    "6794697cf8db5856cb6c1\", "
	    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"\r\n\r\n";
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct bytes in = bytes_of(wire);
	const struct http_message *m;
	char response[HTTP_DIGEST_SIZE];
	struct http_signature sig;

	(void)state;
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	assert_int_equal(
	    http_digest_read(m, DIGEST_AUTH, &sig), SIGNATURE_GOOD);
	assert_true(http_digest_response(
	    m, DIGEST_AUTH, bytes_of("Circle of Life"), response));
	assert_true(bytes_equal_text(sig.value, response));
	http_reader_free(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_signed_verifies),
	    cmocka_unit_test(nothing_that_is_covered_can_be_changed),
	    cmocka_unit_test(only_auth_int_covers_the_content),
	    cmocka_unit_test(what_says_something_else_is_malformed),
	    cmocka_unit_test(
		every_shorter_prefix_of_the_credentials_is_malformed),
	    cmocka_unit_test(a_key_of_another_kind_proves_nothing),
	    cmocka_unit_test(the_example_of_the_rfc_has_that_response),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
