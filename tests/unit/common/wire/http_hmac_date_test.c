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

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1764000000)
#define DATE "Mon, 24 Nov 2025 16:00:00 GMT"

static const struct signature_key key = {
    SIGNATURE_HMAC_SHA256, {(const uint8_t *)"secret", 6}};

struct scene {
	struct http_reader *reader;
	struct buffer wire;
	const struct http_message *message;
};

/* What is signed over "pay", with one text in it changed for another. */
static void
open_scene(struct scene *s, const char *was, const char *is)
{
	struct http_draft d = {0};
	struct buffer digest = {0}, wire = {0};
	char *at;
	struct bytes in;

	http_draft_request(&d, "POST", "/transfers", "gateway");
	http_draft_content(&d, "text/plain", bytes_of("pay"));
	content_digest_write(&digest, bytes_of("pay"));
	http_draft_field(&d, "Content-Digest", buffer_text(&digest));
	assert_int_equal(http_hmac_date_sign(&d, NOW, "client", &key), 0);
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
	buffer_clear(&digest);
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
	open_scene(&s, NULL, NULL);
	assert_int_equal(http_hmac_date_read(s.message, &sig), SIGNATURE_GOOD);
	assert_int_equal(sig.created, NOW);
	assert_true(bytes_equal_text(sig.keyid, "client"));
	assert_false(sig.has_nonce);
	assert_int_equal(
	    http_hmac_date_verify(s.message, &sig, &key), SIGNATURE_GOOD);
	close_scene(&s);
}

static void
nothing_of_it_can_be_changed(void **state)
{
	static const char *const changes[][2] = {{"POST", "PUT"},
	    {"/transfers", "/transfer"}, {"gateway", "other"},
	    {"16:00:00", "16:00:01"}, {"\r\n\r\npay", "\r\n\r\npoy"},
	    {"sha-256=:", "sha-256=:AAAA"}, {"signature=\"", "signature=\"A"}};
	struct http_signature sig;
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		open_scene(&s, changes[i][0], changes[i][1]);
		assert_int_equal(
		    http_hmac_date_read(s.message, &sig), SIGNATURE_GOOD);
		assert_int_equal(http_hmac_date_verify(s.message, &sig, &key),
		    SIGNATURE_WRONG);
		close_scene(&s);
	}
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
	struct http_signature sig;
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		open_scene(&s, changes[i][0], changes[i][1]);
		assert_int_equal(
		    http_hmac_date_read(s.message, &sig), SIGNATURE_MALFORMED);
		close_scene(&s);
	}
	open_scene(&s, "Authorization", "Authorisation");
	assert_int_equal(
	    http_hmac_date_read(s.message, &sig), SIGNATURE_ABSENT);
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
	open_scene(&s, NULL, NULL);
	cut = *s.message;
	while (!bytes_equal_text(cut.fields[at].name, "Authorization"))
		at++;
	for (size_t n = cut.fields[at].value.left; n-- > 0;) {
		cut.fields[at].value.left = n;
		assert_int_equal(
		    http_hmac_date_read(&cut, &sig), SIGNATURE_MALFORMED);
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
	open_scene(&s, NULL, NULL);
	assert_int_equal(http_hmac_date_read(s.message, &sig), SIGNATURE_GOOD);
	assert_int_equal(
	    http_hmac_date_verify(s.message, &sig, &other), SIGNATURE_WRONG);
	http_draft_request(&d, "GET", "/", "gateway");
	assert_int_equal(http_hmac_date_sign(&d, NOW, "client", &other), -1);
	http_draft_clear(&d);
	close_scene(&s);
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
