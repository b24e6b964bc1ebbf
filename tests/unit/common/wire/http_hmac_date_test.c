/* SPDX-License-Identifier: MIT */
/* A request under Date and HMAC: what is read of it, and what it proves. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "content_digest.h"
#include "http_hmac_date.h"
#include "signed_request.h"

#define NOW INT64_C(1764000000)
#define DATE "Mon, 24 Nov 2025 16:00:00 GMT"

static int
sign(struct http_draft *d, const struct signature_key *key)
{
	struct buffer digest = {0};
	int result;

	content_digest_write(&digest, buffer_bytes(&d->content));
	http_draft_field(d, "Content-Digest", buffer_text(&digest));
	result = http_hmac_date_sign(d, NOW, "client", key);
	buffer_clear(&digest);
	return result;
}

static const struct scheme_under_test scheme = {
    sign, http_hmac_date_read, http_hmac_date_verify};

static void
what_is_signed_verifies(void **state)
{
	struct http_signature sig;
	struct signed_request s;

	(void)state;
	signed_request_open(&s, &scheme, NULL, NULL);
	assert_int_equal(http_hmac_date_read(s.message, &sig), SIGNATURE_GOOD);
	assert_int_equal(sig.created, NOW);
	assert_true(bytes_equal_text(sig.keyid, "client"));
	assert_false(sig.has_nonce);
	assert_int_equal(
	    http_hmac_date_verify(s.message, &sig, &right_key), SIGNATURE_GOOD);
	signed_request_close(&s);
}

static void
nothing_of_it_can_be_changed(void **state)
{
	static const char *const changes[][2] = {{"POST", "PUT"},
	    {"/transfers", "/transfer"}, {"gateway", "other"},
	    {"16:00:00", "16:00:01"}, {"\r\n\r\npay", "\r\n\r\npoy"},
	    {"sha-256=:", "sha-256=:AAAA"}, {"signature=\"", "signature=\"A"}};

	(void)state;
	EXPECT_EACH(&scheme, changes, SIGNATURE_WRONG);
}

static void
what_says_something_else_is_malformed(void **state)
{
	static const char *const changes[][2] = {
	    {"headers=\"date request-line host content-digest\"",
		"headers=\"date\""},
	    {"hmac username", "basic username"}, {"username=", "user="},
	    {"hmac-sha256", "hmac-sha1"}, {"signature=", "sign="},
	    {"Mon, 24", "Tue, 24"}, {"24 Nov", "34 Nov"}, {" GMT", " UTC"},
	    {DATE, "Mon, 24 Nov 2025 16:00:00 GM"}, {DATE, "1764000000"},
	    {DATE, "Mon, 24 Nov 2025 16:00:00 GMT x"},
	    {"Date: ", "Date: " DATE "\r\nDate: "}, {"Date: ", "Dale: "}};

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
