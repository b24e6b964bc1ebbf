/* SPDX-License-Identifier: MIT */
#ifndef SIGNED_REQUEST_H
#define SIGNED_REQUEST_H

#include "http_signature.h"

#include <string.h>

/*
 * What any scheme must do that puts its signature into a request: a request
 * that was signed under it, with one text in it changed for another.  To be
 * included behind cmocka.h.
 */
struct scheme_under_test {
	/* What is signed over "pay", to that key id. */
	int (*sign)(struct http_draft *d, const struct signature_key *key);
	enum signature_verdict (*read)(
	    const struct http_message *m, struct http_signature *sig);
	enum signature_verdict (*verify)(const struct http_message *m,
	    const struct http_signature *sig, const struct signature_key *key);
};

struct signed_request {
	struct http_reader *reader;
	struct buffer wire;
	const struct http_message *message;
};

static const struct signature_key right_key = {
    SIGNATURE_HMAC_SHA256, {(const uint8_t *)"secret", 6}};

/* was NULL: as it was signed. */
static inline void
signed_request_open(struct signed_request *s,
    const struct scheme_under_test *scheme, const char *was, const char *is)
{
	struct http_draft d = {0};
	struct buffer wire = {0};
	const char *text, *at;
	struct bytes in;

	http_draft_request(&d, "POST", "/transfers?a=1", "gateway");
	http_draft_content(&d, "text/plain", bytes_of("pay"));
	assert_int_equal(scheme->sign(&d, &right_key), 0);
	http_draft_write(&d, &wire);
	text = at = buffer_text(&wire);
	*s = (struct signed_request){.reader = http_reader_new(HTTP_REQUEST)};
	if (was != NULL) {
		assert_non_null(at = strstr(text, was));
		buffer_add(&s->wire, text, (size_t)(at - text));
		buffer_add_text(&s->wire, is);
		at += strlen(was);
	}
	buffer_add_text(&s->wire, at);
	in = buffer_bytes(&s->wire);
	assert_int_equal(
	    http_reader_feed(s->reader, &in, &s->message), HTTP_COMPLETE);
	http_draft_clear(&d);
	buffer_clear(&wire);
}

static inline void
signed_request_close(struct signed_request *s)
{
	http_reader_free(s->reader);
	buffer_clear(&s->wire);
}

/* Reading it, and what could be read is verified under that key. */
static inline enum signature_verdict
signed_request_judge(const struct scheme_under_test *scheme, const char *was,
    const char *is, const struct signature_key *key)
{
	enum signature_verdict verdict;
	struct http_signature sig;
	struct signed_request s;

	signed_request_open(&s, scheme, was, is);
	verdict = scheme->read(s.message, &sig);
	if (verdict == SIGNATURE_GOOD)
		verdict = scheme->verify(s.message, &sig, key);
	signed_request_close(&s);
	return verdict;
}

static inline void
expect_each(const struct scheme_under_test *scheme,
    const char *const changes[][2], size_t count,
    enum signature_verdict expected)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(signed_request_judge(scheme, changes[i][0],
				     changes[i][1], &right_key),
		    expected);
}
#define EXPECT_EACH(scheme, changes, expected)                                 \
	expect_each((scheme), (changes),                                       \
	    sizeof(changes) / sizeof((changes)[0]), (expected))

static inline void
expect_no_prefix(const struct scheme_under_test *scheme)
{
	struct http_signature sig;
	struct http_message cut;
	struct signed_request s;
	size_t at = 0;

	signed_request_open(&s, scheme, NULL, NULL);
	cut = *s.message;
	while (!bytes_equal_text(cut.fields[at].name, "Authorization"))
		at++;
	for (size_t n = cut.fields[at].value.left; n-- > 0;) {
		cut.fields[at].value.left = n;
		assert_int_equal(scheme->read(&cut, &sig), SIGNATURE_MALFORMED);
	}
	signed_request_close(&s);
}

static inline void
expect_no_other_kind_of_key(const struct scheme_under_test *scheme)
{
	const struct signature_key other = {
	    SIGNATURE_ED25519, right_key.material};
	struct http_draft d = {0};

	assert_int_equal(
	    signed_request_judge(scheme, NULL, NULL, &other), SIGNATURE_WRONG);
	http_draft_request(&d, "GET", "/", "gateway");
	assert_int_equal(scheme->sign(&d, &other), -1);
	http_draft_clear(&d);
}

#endif
