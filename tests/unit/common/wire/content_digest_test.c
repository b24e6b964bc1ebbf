/* SPDX-License-Identifier: MIT */
/* Content-Digest, with the examples of RFC 9530 appendices A, B and D. */
#include "content_digest.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define LINE "{\"hello\": \"world\"}\n"
#define SHA_256 "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
#define SHA_512                                                                \
	"sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZ" \
	"Otw8MjkM7iw7yZ/WkppmM44T3qg==:"

static enum digest_verdict
judge(const char *fields, const char *content)
{
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	const struct http_message *m;
	enum digest_verdict verdict;
	struct buffer text = {0};
	struct bytes in;

	buffer_printf(&text,
	    "PUT / HTTP/1.1\r\nHost: a\r\n%sContent-Length: %zu\r\n\r\n%s",
	    fields, strlen(content), content);
	in = buffer_bytes(&text);
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	verdict = content_digest_check(m);
	http_reader_free(r);
	buffer_clear(&text);
	return verdict;
}

static void
assert_judged(
    const char *fields, const char *content, enum digest_verdict expected)
{
	enum digest_verdict verdict = judge(fields, content);

	if (verdict != expected)
		fail_msg("%s instead of %s: %s", digest_verdict_name(verdict),
		    digest_verdict_name(expected), fields);
}

static void
the_values_of_rfc_9530_are_right(void **state)
{
	(void)state;
	assert_judged("Content-Digest: " SHA_256 "\r\n", LINE, DIGEST_GOOD);
	assert_judged("Content-Digest: " SHA_512 "\r\n", LINE, DIGEST_GOOD);
	assert_judged(
	    "content-digest: " SHA_256 ", " SHA_512 "\r\n", LINE, DIGEST_GOOD);
	/* Appendix A: the bytes 10 to 18 of the same. */
	assert_judged("Content-Digest: "
		      "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:"
		      "\r\n",
	    "\"world\"}\n", DIGEST_GOOD);
	/* Appendix B: a message without content. */
	assert_judged("Content-Digest: "
		      "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
		      "\r\n",
	    "", DIGEST_GOOD);
}

static void
what_is_written_is_the_sha_256_of_rfc_9530(void **state)
{
	struct buffer out = {0};

	(void)state;
	content_digest_write(&out, bytes_of(LINE));
	assert_string_equal(buffer_text(&out), SHA_256);
	buffer_reset(&out);
	content_digest_write(&out, (struct bytes){NULL, 0});
	assert_string_equal(buffer_text(&out),
	    "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
	buffer_clear(&out);
}

static void
one_wrong_digest_is_enough(void **state)
{
	static const char *const wrong[] = {
	    "Content-Digest: sha-256=:AAAA:\r\n",
	    "Content-Digest: sha-256=::\r\n",
	    "Content-Digest: " SHA_256 ", sha-512=:AAAA:\r\n",
	    "Content-Digest: sha-512=:AAAA:, " SHA_256 "\r\n",
	    "Content-Digest: " SHA_256 "\r\nContent-Digest: sha-256=:AAAA:\r\n",
	    "Content-Digest: sha-256=:AAAA:, " SHA_256 "\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_judged(wrong[i], LINE, DIGEST_WRONG);
	assert_judged("Content-Digest: " SHA_256 "\r\n",
	    "{\"hello\": \"worlds\"}\n", DIGEST_WRONG);
	assert_judged("Content-Digest: " SHA_256 "\r\n", "", DIGEST_WRONG);
}

static void
nothing_that_we_know_is_the_same_as_no_field(void **state)
{
	(void)state;
	assert_judged("", LINE, DIGEST_ABSENT);
	assert_judged("Content-Digest:\r\n", LINE, DIGEST_ABSENT);
	assert_judged("Content-Digest: md5=:AAAA:\r\n", LINE, DIGEST_ABSENT);
	assert_judged("Content-Digest: unixsum=1\r\n", LINE, DIGEST_ABSENT);
	assert_judged("Repr-Digest: " SHA_256 "\r\n", LINE, DIGEST_ABSENT);
	assert_judged(
	    "Content-Digest: md5=:AAAA:, " SHA_256 "\r\n", LINE, DIGEST_GOOD);
}

static void
what_is_no_dictionary_of_byte_sequences_is_malformed(void **state)
{
	static const char *const malformed[] = {
	    "Content-Digest: sha-256\r\n",
	    "Content-Digest: sha-256=AAAA\r\n",
	    "Content-Digest: sha-256=\"AAAA\"\r\n",
	    "Content-Digest: sha-256=(:AAAA:)\r\n",
	    "Content-Digest: sha-256=:AAAA\r\n",
	    "Content-Digest: SHA-256=:AAAA:\r\n",
	    "Content-Digest: " SHA_256 ",\r\n",
	    "Content-Digest: " SHA_256 " x\r\n",
	    "Content-Digest: " SHA_256 "\r\nContent-Digest: =\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_judged(malformed[i], LINE, DIGEST_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_values_of_rfc_9530_are_right),
	    cmocka_unit_test(what_is_written_is_the_sha_256_of_rfc_9530),
	    cmocka_unit_test(one_wrong_digest_is_enough),
	    cmocka_unit_test(nothing_that_we_know_is_the_same_as_no_field),
	    cmocka_unit_test(
		what_is_no_dictionary_of_byte_sequences_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
