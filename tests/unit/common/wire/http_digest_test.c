/* SPDX-License-Identifier: MIT */
/* A request with Digest credentials: what is read of it, and what it proves. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "http_digest.h"
#include "signed_request.h"

static int
sign_auth(struct http_draft *d, const struct signature_key *key)
{
	return http_digest_sign(d, DIGEST_AUTH, "n0nce", "cn", "client", key);
}

static enum signature_verdict
read_auth(const struct http_message *m, struct http_signature *sig)
{
	return http_digest_read(m, DIGEST_AUTH, sig);
}

static enum signature_verdict
verify_auth(const struct http_message *m, const struct http_signature *sig,
    const struct signature_key *key)
{
	return http_digest_verify(m, DIGEST_AUTH, sig, key);
}

static int
sign_auth_int(struct http_draft *d, const struct signature_key *key)
{
	return http_digest_sign(
	    d, DIGEST_AUTH_INT, "n0nce", "cn", "client", key);
}

static enum signature_verdict
read_auth_int(const struct http_message *m, struct http_signature *sig)
{
	return http_digest_read(m, DIGEST_AUTH_INT, sig);
}

static enum signature_verdict
verify_auth_int(const struct http_message *m, const struct http_signature *sig,
    const struct signature_key *key)
{
	return http_digest_verify(m, DIGEST_AUTH_INT, sig, key);
}

static const struct scheme_under_test schemes[] = {
    [DIGEST_AUTH] = {sign_auth, read_auth, verify_auth},
    [DIGEST_AUTH_INT] = {sign_auth_int, read_auth_int, verify_auth_int},
};
static const struct scheme_under_test *const auth = &schemes[DIGEST_AUTH];

static void
what_is_signed_verifies(void **state)
{
	struct http_signature sig;
	struct signed_request s;

	(void)state;
	for (enum http_digest_qop qop = DIGEST_AUTH; qop <= DIGEST_AUTH_INT;
	     qop++) {
		signed_request_open(&s, &schemes[qop], NULL, NULL);
		assert_int_equal(
		    http_digest_read(s.message, qop, &sig), SIGNATURE_GOOD);
		assert_true(bytes_equal_text(sig.keyid, "client"));
		assert_true(bytes_equal_text(sig.nonce, "n0nce"));
		assert_string_equal(sig.own, "n0nce:00000001");
		assert_false(sig.has_created);
		assert_int_equal(
		    http_digest_verify(s.message, qop, &sig, &right_key),
		    SIGNATURE_GOOD);
		assert_int_equal(http_digest_read(s.message, !qop, &sig),
		    SIGNATURE_MALFORMED);
		signed_request_close(&s);
	}
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
	EXPECT_EACH(auth, changes, SIGNATURE_WRONG);
	EXPECT_EACH(&schemes[DIGEST_AUTH_INT], changes, SIGNATURE_WRONG);
}

static void
only_auth_int_covers_the_content(void **state)
{
	static const char *const changes[][2] = {
	    {"\r\n\r\npay", "\r\n\r\npoy"}};

	(void)state;
	EXPECT_EACH(auth, changes, SIGNATURE_GOOD);
	EXPECT_EACH(&schemes[DIGEST_AUTH_INT], changes, SIGNATURE_WRONG);
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

	(void)state;
	EXPECT_EACH(auth, changes, SIGNATURE_MALFORMED);
	/* The longest nonce there is room for. */
	assert_int_equal(
	    signed_request_judge(auth, "n0nce", NONCE_54, &right_key),
	    SIGNATURE_WRONG);
	assert_int_equal(signed_request_judge(auth, "Authorization",
			     "Authorisation", &right_key),
	    SIGNATURE_ABSENT);
}

static void
every_shorter_prefix_of_the_credentials_is_malformed(void **state)
{
	(void)state;
	expect_no_prefix(auth);
}

static void
a_key_of_another_kind_proves_nothing(void **state)
{
	(void)state;
	expect_no_other_kind_of_key(auth);
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
