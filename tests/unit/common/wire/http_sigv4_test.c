/* SPDX-License-Identifier: MIT */
/* A request in SigV4 style: what is read of it, and what it proves. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "http_sigv4.h"
#include "signed_request.h"

#define NOW INT64_C(1764000000)
#define DATE "20251124T160000Z"

static int
sign(struct http_draft *d, const struct signature_key *key)
{
	http_draft_field(d, "If-Match", "\"v1\"");
	return http_sigv4_sign(d, NOW, "client", key);
}

static const struct scheme_under_test scheme = {
    sign, http_sigv4_read, http_sigv4_verify};

static void
what_is_signed_verifies(void **state)
{
	struct http_signature sig;
	struct signed_request s;

	(void)state;
	signed_request_open(&s, &scheme, NULL, NULL);
	assert_int_equal(http_sigv4_read(s.message, &sig), SIGNATURE_GOOD);
	assert_int_equal(sig.created, NOW);
	assert_true(bytes_equal_text(sig.keyid, "client"));
	assert_true(http_signature_covers(&sig, "if-match"));
	assert_int_equal(sig.component_count, 4);
	assert_false(sig.has_nonce);
	assert_int_equal(
	    http_sigv4_verify(s.message, &sig, &right_key), SIGNATURE_GOOD);
	signed_request_close(&s);
}

static void
nothing_of_it_can_be_changed(void **state)
{
	static const char *const changes[][2] = {{"POST", "PUT"},
	    {"/transfers", "/transfer"}, {"?a=1", "?a=2"}, {"?a=1", ""},
	    {"gateway", "other"}, {"T160000", "T160001"},
	    {"/20251124/", "/20251125/"}, {"/lab/", "/lob/"},
	    {"/bank/", "/shop/"}, {"\r\n\r\npay", "\r\n\r\npoy"},
	    {"text/plain", "text/html"}, {"\"v1\"", "\"v2\""},
	    {"content-type;", ""}, {"host;", "host;host;"},
	    {"content-type;", "content-typo;"},
	    {"If-Match: ", "If-Match: \"v1\"\r\nIf-Match: "}};

	(void)state;
	EXPECT_EACH(&scheme, changes, SIGNATURE_WRONG);
}

static void
what_says_something_else_is_malformed(void **state)
{
	static const char *const changes[][2] = {{"host;", ""},
	    {";x-amz-date,", ","}, {"host;", "Host;"}, {"host;", "host;;"},
	    {"content-type;", "a;b;c;d;e;f;g;h;i;j;k;l;m;n;"},
	    {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"},
	    {"AWS4-HMAC-SHA256", "Basic"}, {"Credential=", "Credential=/"},
	    {"Credential=", "Credentials="}, {"/lab/", "/"},
	    {"aws4_request", "aws5_request"}, {"Signature=", "Signature=0"},
	    {"Signature=", "Sign="}, {DATE, "20251124T16000Z"},
	    {DATE, "20251124T160000"}, {DATE, "20251324T160000Z"},
	    {DATE, "20251131T160000Z"}, {DATE, "20251124T240000Z"},
	    {DATE, "2025 124T160000Z"}, {DATE, "20251124T160000Zx"},
	    {DATE, "1764000000"},
	    {"X-Amz-Date: ", "X-Amz-Date: " DATE "\r\nX-Amz-Date: "},
	    {"X-Amz-Date: ", "X-Amz-Dale: "}};

	(void)state;
	EXPECT_EACH(&scheme, changes, SIGNATURE_MALFORMED);
	assert_int_equal(signed_request_judge(&scheme, "Authorization",
			     "Authorisation", &right_key),
	    SIGNATURE_ABSENT);
}

static void
every_shorter_prefix_of_the_credentials_is_malformed(void **state)
{
	(void)state;
	expect_no_prefix(&scheme);
}

static void
a_key_of_another_kind_proves_nothing(void **state)
{
	(void)state;
	expect_no_other_kind_of_key(&scheme);
}

#define EXAMPLE_SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/* The derivation that the documentation of the original shows. */
static void
a_key_is_derived_as_published(void **state)
{
	static const uint8_t right[HTTP_SIGV4_KEY_SIZE] = {0xc4, 0xaf, 0xb1,
	    0xcc, 0x57, 0x71, 0xd8, 0x71, 0x76, 0x3a, 0x39, 0x3e, 0x44, 0xb7,
	    0x03, 0x57, 0x1b, 0x55, 0xcc, 0x28, 0x42, 0x4d, 0x1a, 0x5e, 0x86,
	    0xda, 0x6e, 0xd3, 0xc1, 0x54, 0xa4, 0xb9};
	const struct http_sigv4_scope scope = {
	    bytes_of("20150830"), bytes_of("us-east-1"), bytes_of("iam")};
	static const uint8_t longest[65] = {1};
	uint8_t derived[HTTP_SIGV4_KEY_SIZE];

	(void)state;
	assert_true(http_sigv4_key(&scope, bytes_of(EXAMPLE_SECRET), derived));
	assert_memory_equal(derived, right, sizeof(right));
	assert_true(
	    http_sigv4_key(&scope, (struct bytes){longest, 64}, derived));
	assert_false(
	    http_sigv4_key(&scope, (struct bytes){longest, 65}, derived));
	assert_false(http_sigv4_key(&scope, (struct bytes){0}, derived));
}

/* "get-vanilla" of the test suite of the original. */
static void
a_request_is_signed_as_published(void **state)
{
	static const char wire[] =
	    "GET / HTTP/1.1\r\nHost: example.amazonaws.com\r\n"
	    "X-Amz-Date: 20150830T123600Z\r\n"
	    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/"
	    "us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
	    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d"
	    "763fbf31\r\n\r\n";
	const struct signature_key secret = {
	    SIGNATURE_HMAC_SHA256, bytes_of(EXAMPLE_SECRET)};
	const struct http_sigv4_scope scope = {
	    bytes_of("20150830"), bytes_of("us-east-1"), bytes_of("service")};
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct bytes in = bytes_of(wire);
	const struct http_message *m;
	char value[HTTP_SIGV4_SIZE];
	struct http_signature sig;

	(void)state;
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	assert_int_equal(http_sigv4_read(m, &sig), SIGNATURE_GOOD);
	assert_int_equal(sig.created, 1440938160);
	assert_true(http_sigv4_signature(m, &sig, &scope, &secret, value));
	assert_true(bytes_equal_text(sig.value, value));
	/* It is for another service. */
	assert_int_equal(http_sigv4_verify(m, &sig, &secret), SIGNATURE_WRONG);
	http_reader_free(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_signed_verifies),
	    cmocka_unit_test(nothing_of_it_can_be_changed),
	    cmocka_unit_test(what_says_something_else_is_malformed),
	    cmocka_unit_test(
		every_shorter_prefix_of_the_credentials_is_malformed),
	    cmocka_unit_test(a_key_of_another_kind_proves_nothing),
	    cmocka_unit_test(a_key_is_derived_as_published),
	    cmocka_unit_test(a_request_is_signed_as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
