/* SPDX-License-Identifier: MIT */
/*
 * Signatures: the vectors of RFC 9421 appendix B.2, then what an attacker may
 * change without being noticed, which is nothing.
 */
#include "http_signature.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "structured_field.h"

/* RFC 9421 appendix B.2: the request and the response all vectors are over. */
#define REQUEST_LINE "POST /foo?param=Value&Pet=dog HTTP/1.1\r\n"
#define REQUEST_FIELDS                                                         \
	"Host: example.com\r\n"                                                \
	"Date: Tue, 20 Apr 2021 02:07:55 GMT\r\n"                              \
	"Content-Type: application/json\r\n"                                   \
	"Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+"   \
	"TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\r\n"                 \
	"Content-Length: 18\r\n"
#define REQUEST_CONTENT "{\"hello\": \"world\"}"
#define RESPONSE                                                               \
	"HTTP/1.1 200 OK\r\n"                                                  \
	"Date: Tue, 20 Apr 2021 02:07:56 GMT\r\n"                              \
	"Content-Type: application/json\r\n"                                   \
	"Content-Digest: sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41Q"  \
	"JgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\r\n"                  \
	"Content-Length: 23\r\n"
#define RESPONSE_CONTENT "{\"message\": \"good dog\"}"

/* Appendix B.1.5 and B.1.4, the keys in base64. */
#define SHARED_SECRET                                                          \
	"uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtb"     \
	"mHhIDi6pcl8jsasjlTMtDQ=="
/* Behind the 16 and 12 bytes of DER before it. */
#define ED25519_PRIVATE "n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU="
#define ED25519_PUBLIC "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="

#define B25_PARAMS                                                             \
	"(\"date\" \"@authority\" \"content-type\");created=1618884473"        \
	";keyid=\"test-shared-secret\""
#define B25_VALUE ":pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"
#define B26_PARAMS                                                             \
	"(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" "     \
	"\"content-length\");created=1618884473;keyid=\"test-key-ed25519\""
#define B26_VALUE                                                              \
	":wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A"  \
	"0w6vuQv5lIp5WPpBKRCw==:"

struct decoded_key {
	uint8_t storage[64];
	struct signature_key key;
};

static const struct signature_key *
decode_key(struct decoded_key *k, enum signature_algorithm algorithm,
    const char *base64)
{
	size_t length;

	assert_true(sf_bytes_decode(
	    bytes_of(base64), k->storage, sizeof(k->storage), &length));
	k->key = (struct signature_key){algorithm, {k->storage, length}};
	return &k->key;
}

/* One message, held for as long as its reader. */
static struct http_reader *
read_message(
    enum http_kind kind, const struct http_message **m, const char *format, ...)
{
	struct http_reader *r = http_reader_new(kind);
	char text[8192];
	struct bytes in;
	va_list args;

	va_start(args, format);
	assert_in_range(
	    vsnprintf(text, sizeof(text), format, args), 0, sizeof(text) - 1);
	va_end(args);
	in = bytes_of(text);
	assert_int_equal(http_reader_feed(r, &in, m), HTTP_COMPLETE);
	return r;
}

static struct http_reader *
read_signed(
    const struct http_message **m, const char *params, const char *value)
{
	return read_message(HTTP_REQUEST, m,
	    REQUEST_LINE REQUEST_FIELDS "Signature-Input: sig=%s\r\n"
					"Signature: sig=%s\r\n\r\n%s",
	    params, value, REQUEST_CONTENT);
}

static void
assert_base(enum http_kind kind, const char *params, const char *expected)
{
	const struct http_message *m;
	struct http_reader *r;
	struct http_signature sig;
	struct buffer base = {0};

	r = kind == HTTP_REQUEST ? read_signed(&m, params, "::")
				 : read_message(kind, &m,
				       RESPONSE "Signature-Input: sig=%s\r\n"
						"Signature: sig=::\r\n\r\n%s",
				       params, RESPONSE_CONTENT);
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	assert_int_equal(http_signature_base(m, &sig, &base), SIGNATURE_GOOD);
	assert_string_equal(buffer_text(&base), expected);
	buffer_clear(&base);
	http_reader_free(r);
}

static void
rfc_9421_b21_signs_nothing_but_its_parameters(void **state)
{
	(void)state;
	assert_base(HTTP_REQUEST,
	    "();created=1618884473;keyid=\"test-key-rsa-pss\""
	    ";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
	    "\"@signature-params\": ();created=1618884473"
	    ";keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"");
}

/* B.2.2 covers "@query-param";name="Pet", which we do not support. */
static void
rfc_9421_b22_is_malformed_to_us(void **state)
{
	const struct http_message *m;
	struct http_signature sig;
	struct http_reader *r = read_signed(&m,
	    "(\"@authority\" \"content-digest\" \"@query-param\";name=\"Pet\")"
	    ";created=1618884473;keyid=\"test-key-rsa-pss\""
	    ";tag=\"header-example\"",
	    "::");

	(void)state;
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_MALFORMED);
	http_reader_free(r);
}

static void
rfc_9421_b23_covers_the_whole_request(void **state)
{
	(void)state;
	assert_base(HTTP_REQUEST,
	    "(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" "
	    "\"content-type\" \"content-digest\" \"content-length\")"
	    ";created=1618884473;keyid=\"test-key-rsa-pss\"",
	    "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n"
	    "\"@method\": POST\n"
	    "\"@path\": /foo\n"
	    "\"@query\": ?param=Value&Pet=dog\n"
	    "\"@authority\": example.com\n"
	    "\"content-type\": application/json\n"
	    "\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2"
	    "svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\n"
	    "\"content-length\": 18\n"
	    "\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@query\" "
	    "\"@authority\" \"content-type\" \"content-digest\" "
	    "\"content-length\");created=1618884473"
	    ";keyid=\"test-key-rsa-pss\"");
}

static void
rfc_9421_b24_covers_a_response(void **state)
{
	(void)state;
	assert_base(HTTP_RESPONSE,
	    "(\"@status\" \"content-type\" \"content-digest\" "
	    "\"content-length\");created=1618884473"
	    ";keyid=\"test-key-ecc-p256\"",
	    "\"@status\": 200\n"
	    "\"content-type\": application/json\n"
	    "\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlC"
	    "FJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n"
	    "\"content-length\": 23\n"
	    "\"@signature-params\": (\"@status\" \"content-type\" "
	    "\"content-digest\" \"content-length\");created=1618884473"
	    ";keyid=\"test-key-ecc-p256\"");
}

/* The vector verifies, and our own signature over it is the same bytes. */
static void
check_vector(const char *params, const char *value,
    const struct signature_choice *choice, const struct signature_key *verify,
    const struct signature_key *sign)
{
	const struct http_message *m;
	struct http_signature sig;
	struct http_draft d = {0};
	struct http_reader *r = read_signed(&m, params, value);
	char expected[512];

	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	assert_int_equal(
	    http_signature_verify(m, &sig, verify), SIGNATURE_GOOD);
	http_reader_free(r);

	http_draft_request(
	    &d, "POST", "/foo?param=Value&Pet=dog", "example.com");
	http_draft_field(&d, "Date", "Tue, 20 Apr 2021 02:07:55 GMT");
	http_draft_content(&d, "application/json", bytes_of(REQUEST_CONTENT));
	assert_int_equal(http_sign(&d, choice, sign), 0);
	snprintf(expected, sizeof(expected),
	    "\r\nSignature-Input: sig1=%s\r\nSignature: sig1=%s\r\n", params,
	    value);
	assert_non_null(strstr(buffer_text(&d.head), expected));
	http_draft_clear(&d);
}

static void
rfc_9421_b25_hmac_sha256_verifies_and_comes_out_the_same(void **state)
{
	static const char *const components[] = {
	    "date", "@authority", "content-type", NULL};
	const struct signature_choice choice = {.components = components,
	    .with_created = true,
	    .created = 1618884473,
	    .keyid = "test-shared-secret"};
	struct decoded_key secret;

	(void)state;
	decode_key(&secret, SIGNATURE_HMAC_SHA256, SHARED_SECRET);
	check_vector(B25_PARAMS, B25_VALUE, &choice, &secret.key, &secret.key);
}

static void
rfc_9421_b26_ed25519_verifies_and_comes_out_the_same(void **state)
{
	static const char *const components[] = {"date", "@method", "@path",
	    "@authority", "content-type", "content-length", NULL};
	const struct signature_choice choice = {.components = components,
	    .with_created = true,
	    .created = 1618884473,
	    .keyid = "test-key-ed25519"};
	struct decoded_key public, private;

	(void)state;
	decode_key(&public, SIGNATURE_ED25519, ED25519_PUBLIC);
	decode_key(&private, SIGNATURE_ED25519, ED25519_PRIVATE);
	check_vector(B26_PARAMS, B26_VALUE, &choice, &public.key, &private.key);
}

/* The verdict on a request, whole as text. */
static enum signature_verdict
judge(const char *text, const struct signature_key *key)
{
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	struct bytes in = bytes_of(text);
	const struct http_message *m;
	struct http_signature sig;
	enum signature_verdict verdict;

	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	verdict = http_signature_read(m, &sig);
	if (verdict == SIGNATURE_GOOD)
		verdict = http_signature_verify(m, &sig, key);
	http_reader_free(r);
	return verdict;
}

/* The text with its first `what` replaced; the caller frees it. */
static char *
replaced(const char *text, const char *what, const char *with)
{
	const char *at = strstr(text, what);
	struct buffer b = {0};
	char *copy;

	assert_non_null(at);
	buffer_add(&b, text, (size_t)(at - text));
	buffer_add_text(&b, with);
	buffer_add_text(&b, at + strlen(what));
	copy = strdup(buffer_text(&b));
	assert_non_null(copy);
	buffer_clear(&b);
	return copy;
}

static const char *const lab_components[] = {
    "@method", "@authority", "@path", "@query", "content-digest", NULL};

/* What victim-client sends, signed with everything in; caller clears. */
static void
write_signed(struct buffer *out, const struct signature_key *key)
{
	const struct signature_choice choice = {.components = lab_components,
	    .with_created = true,
	    .created = 1764000000,
	    .nonce = "n-1",
	    .keyid = "client",
	    .with_alg = true};
	struct http_draft d = {0};

	http_draft_request(&d, "POST", "/transfers?a=b", "gateway");
	http_draft_field(&d, "Content-Digest", "sha-256=:AAAA:");
	http_draft_field(&d, "X-Free", "a");
	http_draft_content(&d, "application/json", bytes_of("{}"));
	assert_int_equal(http_sign(&d, &choice, key), 0);
	http_draft_write(&d, out);
	http_draft_clear(&d);
}

static void
every_covered_part_that_changes_is_noticed(void **state)
{
	static const struct {
		const char *what, *with;
		enum signature_verdict verdict;
	} changes[] = {
	    {"POST", "PUT", SIGNATURE_WRONG},
	    {"Host: gateway", "Host: gateway2", SIGNATURE_WRONG},
	    {"/transfers", "/transfer", SIGNATURE_WRONG},
	    {"?a=b", "?a=c", SIGNATURE_WRONG},
	    {"?a=b", "", SIGNATURE_WRONG},
	    {"=:AAAA:", "=:AAAB:", SIGNATURE_WRONG},
	    {"sha-256=", "sha-512=", SIGNATURE_WRONG},
	    {"created=1764000000", "created=1764000001", SIGNATURE_WRONG},
	    {"created=1764000000", "created=-1764000000", SIGNATURE_WRONG},
	    {";created=1764000000", "", SIGNATURE_WRONG},
	    {"\"n-1\"", "\"n-2\"", SIGNATURE_WRONG},
	    {";nonce=\"n-1\"", "", SIGNATURE_WRONG},
	    {"\"client\"", "\"client2\"", SIGNATURE_WRONG},
	    {";alg=\"hmac-sha256\"", "", SIGNATURE_WRONG},
	    {";alg=\"hmac-sha256\"", ";alg=\"ed25519\"", SIGNATURE_WRONG},
	    {"=\"hmac-sha256\"", "=\"hmac-sha256\";tag=\"t\"", SIGNATURE_WRONG},
	    {"\"@method\" \"@authority\"", "\"@authority\" \"@method\"",
		SIGNATURE_WRONG},
	    {"\"@query\" ", "", SIGNATURE_WRONG},
	    {"\"content-digest\")", "\"content-digest\" \"x-free\")",
		SIGNATURE_WRONG},
	    {"Signature: sig1=:", "Signature: sig1=:AAAA", SIGNATURE_WRONG},
	    {"Content-Digest: ", "X-Digest: ", SIGNATURE_COMPONENT_ABSENT},
	    {"X-Free: a", "Content-Digest: sha-256=:AAAA:", SIGNATURE_WRONG},
	    /* What nobody signed, and what has two spellings. */
	    {"X-Free: a", "X-Free: b", SIGNATURE_GOOD},
	    {"Host: gateway", "Host: GATEWAY:443", SIGNATURE_GOOD},
	    {"=(\"@method\" ", "=(  \"@method\"   ", SIGNATURE_GOOD},
	    {"created=1764000000", " created=01764000000", SIGNATURE_GOOD},
	};
	struct decoded_key secret;
	struct buffer wire = {0};

	(void)state;
	decode_key(&secret, SIGNATURE_HMAC_SHA256, SHARED_SECRET);
	write_signed(&wire, &secret.key);
	assert_int_equal(
	    judge(buffer_text(&wire), &secret.key), SIGNATURE_GOOD);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *text = replaced(
		    buffer_text(&wire), changes[i].what, changes[i].with);
		enum signature_verdict verdict = judge(text, &secret.key);

		if (verdict != changes[i].verdict)
			fail_msg("%s instead of %s: %s",
			    signature_verdict_name(verdict),
			    signature_verdict_name(changes[i].verdict), text);
		free(text);
	}
	buffer_clear(&wire);
}

static void
every_bit_of_the_signature_counts(void **state)
{
	struct decoded_key keys[2], private;
	uint8_t value[64];
	size_t length;

	(void)state;
	decode_key(&keys[0], SIGNATURE_HMAC_SHA256, SHARED_SECRET);
	decode_key(&private, SIGNATURE_ED25519, ED25519_PRIVATE);
	decode_key(&keys[1], SIGNATURE_ED25519, ED25519_PUBLIC);
	for (int k = 0; k < 2; k++) {
		struct buffer wire = {0};
		const struct http_message *m;
		struct http_signature sig;
		struct http_reader *r = http_reader_new(HTTP_REQUEST);
		struct bytes in;

		write_signed(&wire, k == 0 ? &keys[0].key : &private.key);
		in = buffer_bytes(&wire);
		assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
		assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
		assert_true(
		    sf_bytes_decode(sig.value, value, sizeof(value), &length));
		for (size_t bit = 0; bit < 8 * length; bit++) {
			struct buffer text = {0};

			value[bit / 8] ^= (uint8_t)(1 << bit % 8);
			sf_write_bytes(&text, (struct bytes){value, length});
			sig.value = buffer_bytes(&text);
			sig.value.left -= 2;
			sig.value.at++;
			assert_int_equal(
			    http_signature_verify(m, &sig, &keys[k].key),
			    SIGNATURE_WRONG);
			value[bit / 8] ^= (uint8_t)(1 << bit % 8);
			buffer_clear(&text);
		}
		/* A cut one is as wrong, and so is the other's key. */
		sig.value = (struct bytes){0};
		assert_int_equal(http_signature_verify(m, &sig, &keys[k].key),
		    SIGNATURE_WRONG);
		assert_int_equal(judge(buffer_text(&wire), &keys[1 - k].key),
		    SIGNATURE_WRONG);
		http_reader_free(r);
		buffer_clear(&wire);
	}
}

static void
a_key_of_a_wrong_size_verifies_nothing_and_signs_nothing(void **state)
{
	static const char *const components[] = {"@method", NULL};
	const struct signature_choice choice = {.components = components};
	const struct signature_key short_key = {
	    SIGNATURE_ED25519, {(const uint8_t *)"short", 5}};
	struct http_draft d = {0};
	char *text;

	(void)state;
	text = replaced(REQUEST_LINE REQUEST_FIELDS
	    "Signature-Input: sig=" B26_PARAMS "\r\n"
	    "Signature: sig=" B26_VALUE "\r\n\r\n" REQUEST_CONTENT,
	    "POST", "POST");
	assert_int_equal(judge(text, &short_key), SIGNATURE_WRONG);
	free(text);
	http_draft_request(&d, "GET", "/", "a");
	assert_int_equal(http_sign(&d, &choice, &short_key), -1);
	http_draft_clear(&d);
}

static void
assert_read(const char *fields, enum signature_verdict expected)
{
	const struct http_message *m;
	struct http_signature sig;
	struct http_reader *r = read_message(
	    HTTP_REQUEST, &m, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
	enum signature_verdict verdict = http_signature_read(m, &sig);

	if (verdict != expected)
		fail_msg("%s instead of %s: %s",
		    signature_verdict_name(verdict),
		    signature_verdict_name(expected), fields);
	http_reader_free(r);
}

static void
every_malformed_signature_is_told_from_an_absent_one(void **state)
{
#define WITH(input) "Signature-Input: " input "\r\nSignature: sig=:AA==:\r\n"
	static const char *const malformed[] = {
	    "Signature-Input: sig=()\r\n",
	    "Signature: sig=:AA==:\r\n",
	    WITH(""),
	    WITH("sig"),
	    WITH("sig=1"),
	    WITH("sig=("),
	    WITH("sig=(\"@method\""),
	    WITH("sig=(\"@method\"\"@path\")"),
	    WITH("sig=(@method)"),
	    WITH("sig=(method)"),
	    WITH("sig=(\"@method\" \"@method\")"),
	    WITH("sig=(\"Date\")"),
	    WITH("sig=(\"\")"),
	    WITH("sig=(\"a b\")"),
	    WITH("sig=(\"@signature-params\")"),
	    WITH("sig=(\"@unknown\")"),
	    WITH("sig=(\"@method\";req)"),
	    WITH("sig=(\"date\";sf)"),
	    WITH("sig=();created=1.0"),
	    WITH("sig=();created=\"1\""),
	    WITH("sig=();created=@1"),
	    WITH("sig=();created"),
	    WITH("sig=();created=1;created=1"),
	    WITH("sig=();x;x"),
	    WITH("sig=();nonce=abc"),
	    WITH("sig=();nonce=1"),
	    WITH("sig=();nonce=\"a"),
	    WITH("sig=();keyid=?1"),
	    WITH("sig=();alg=ed25519"),
	    WITH("sig=() ;created=1"),
	    WITH("sig=();created=1 x"),
	    WITH("sig=(),"),
	    WITH("sig=(), sig2=()"),
	    WITH("sig=(), sig=()"),
	    WITH("sig=()") "Signature: sig=:AA==:\r\n",
	    WITH("sig=()") "Signature-Input: sig=()\r\n",
	    WITH("other=()"),
	    "Signature-Input: sig=()\r\nSignature: sig=\"AA==\"\r\n",
	    "Signature-Input: sig=()\r\nSignature: sig=(:AA==:)\r\n",
	    "Signature-Input: sig=()\r\nSignature: sig=:A:\r\n",
	    "Signature-Input: sig=()\r\nSignature: sig=:AA==:, b=:AA==:\r\n",
	};

	(void)state;
	assert_read("", SIGNATURE_ABSENT);
	assert_read(WITH("sig=()"), SIGNATURE_GOOD);
	assert_read(WITH("sig=();x=1;tag=\"t\";expires=5"), SIGNATURE_GOOD);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_read(malformed[i], SIGNATURE_MALFORMED);
}

/* So many of "x0", "x1" and so on can be read, and one more cannot. */
static void
assert_limit(const char *before, const char *open, const char *close, int limit,
    const char *after)
{
	for (int over = 0; over < 2; over++) {
		struct buffer b = {0};

		buffer_add_text(&b, before);
		for (int i = 0; i < limit + over; i++)
			buffer_printf(&b, "%sx%d%s", open, i, close);
		buffer_add_text(&b, after);
		assert_read(buffer_text(&b),
		    over ? SIGNATURE_MALFORMED : SIGNATURE_GOOD);
		buffer_clear(&b);
	}
}

static void
components_up_to_the_limit_pass_and_one_more_does_not(void **state)
{
	(void)state;
	assert_limit("Signature-Input: sig=(", "\"", "\" ",
	    SIGNATURE_COMPONENTS_MAX, ")\r\nSignature: sig=::\r\n");
}

/* Each is compared with others: 16 KiB of them once took half a second. */
static void
parameters_up_to_the_limit_pass_and_one_more_does_not(void **state)
{
	(void)state;
	assert_limit("Signature-Input: sig=()", ";", "",
	    SIGNATURE_PARAMETERS_MAX, "\r\nSignature: sig=::\r\n");
}

static void
a_signature_says_what_it_covers(void **state)
{
	const struct http_message *m;
	struct http_signature sig;
	struct http_reader *r = read_signed(&m, B25_PARAMS, B25_VALUE);

	(void)state;
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	assert_int_equal(sig.component_count, 3);
	assert_true(http_signature_covers(&sig, "@authority"));
	assert_true(http_signature_covers(&sig, "date"));
	assert_false(http_signature_covers(&sig, "@path"));
	assert_false(http_signature_covers(&sig, "dat"));
	assert_true(sig.has_created && sig.created == 1618884473);
	assert_true(bytes_equal_text(sig.keyid, "test-shared-secret"));
	assert_false(sig.has_nonce || sig.has_alg || sig.has_expires);
	http_reader_free(r);
}

static void
the_target_uri_has_the_scheme_of_the_connection(void **state)
{
	static const char request[] =
	    "GET /a%2fb?c HTTP/1.1\r\nHost: EXAMPLE.com:443\r\n"
	    "Signature-Input: s=(\"@target-uri\")\r\n"
	    "Signature: s=::\r\n\r\n";
	static const char *const expected[] = {
	    "\"@target-uri\": http://example.com/a%2fb?c\n"
	    "\"@signature-params\": (\"@target-uri\")",
	    "\"@target-uri\": https://example.com/a%2fb?c\n"
	    "\"@signature-params\": (\"@target-uri\")"};
	struct http_reader *r = http_reader_new(HTTP_REQUEST);

	(void)state;
	for (int secure = 0; secure < 2; secure++) {
		struct bytes in = bytes_of(request);
		const struct http_message *m;
		struct http_signature sig;
		struct buffer base = {0};

		if (secure)
			http_reader_secure(r);
		assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
		assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
		assert_int_equal(
		    http_signature_base(m, &sig, &base), SIGNATURE_GOOD);
		assert_string_equal(buffer_text(&base), expected[secure]);
		buffer_clear(&base);
	}
	http_reader_free(r);
}

static void
the_base_joins_lines_and_normalises_the_target(void **state)
{
	const struct http_message *m;
	struct http_signature sig;
	struct buffer base = {0};
	struct http_reader *r = read_message(HTTP_REQUEST, &m, "%s",
	    "GET /a%2fb HTTP/1.1\r\nHost: EXAMPLE.com:80\r\n"
	    "X-A: 1\r\nx-a:\r\nX-B: c\r\nX-A:  2 \r\n"
	    "Signature-Input: s=(\"x-a\" \"@authority\" \"@path\" \"@query\" "
	    "\"@request-target\");a=?1;b=1.50;c=:YQ:;d=t/x;e=@5;f=?0\r\n"
	    "Signature: s=::\r\n\r\n");

	(void)state;
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	assert_int_equal(http_signature_base(m, &sig, &base), SIGNATURE_GOOD);
	assert_string_equal(buffer_text(&base),
	    "\"x-a\": 1, , 2\n"
	    "\"@authority\": example.com\n"
	    "\"@path\": /a%2fb\n"
	    "\"@query\": ?\n"
	    "\"@request-target\": /a%2fb\n"
	    "\"@signature-params\": (\"x-a\" \"@authority\" \"@path\" "
	    "\"@query\""
	    " \"@request-target\");a;b=1.5;c=:YQ==:;d=t/x;e=@5;f=?0");
	buffer_clear(&base);
	http_reader_free(r);
}

static void
signing_needs_its_components_and_ascii(void **state)
{
	static const char *const absent[] = {"content-digest", NULL};
	static const char *const unknown[] = {"@unknown", NULL};
	static const char *const method[] = {"@method", NULL};
	struct signature_choice choice = {.components = absent};
	struct http_draft d = {0};
	struct decoded_key secret;

	(void)state;
	decode_key(&secret, SIGNATURE_HMAC_SHA256, SHARED_SECRET);
	http_draft_request(&d, "GET", "/", "a");
	assert_int_equal(http_sign(&d, &choice, &secret.key), -1);
	choice.components = unknown;
	assert_int_equal(http_sign(&d, &choice, &secret.key), -1);
	choice.components = method;
	choice.nonce = "caf\xc3\xa9";
	assert_int_equal(http_sign(&d, &choice, &secret.key), -1);
	assert_string_equal(
	    buffer_text(&d.head), "GET / HTTP/1.1\r\nHost: a\r\n");
	choice.nonce = "\"quoted\\";
	assert_int_equal(http_sign(&d, &choice, &secret.key), 0);
	http_draft_clear(&d);
}

static void
algorithms_are_found_by_their_registered_names(void **state)
{
	(void)state;
	assert_int_equal(signature_algorithm_of(bytes_of("hmac-sha256")),
	    SIGNATURE_HMAC_SHA256);
	assert_int_equal(
	    signature_algorithm_of(bytes_of("ed25519")), SIGNATURE_ED25519);
	assert_int_equal(signature_algorithm_of(bytes_of("Ed25519")), -1);
	assert_int_equal(signature_algorithm_of(bytes_of("")), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rfc_9421_b21_signs_nothing_but_its_parameters),
	    cmocka_unit_test(rfc_9421_b22_is_malformed_to_us),
	    cmocka_unit_test(rfc_9421_b23_covers_the_whole_request),
	    cmocka_unit_test(rfc_9421_b24_covers_a_response),
	    cmocka_unit_test(
		rfc_9421_b25_hmac_sha256_verifies_and_comes_out_the_same),
	    cmocka_unit_test(
		rfc_9421_b26_ed25519_verifies_and_comes_out_the_same),
	    cmocka_unit_test(every_covered_part_that_changes_is_noticed),
	    cmocka_unit_test(every_bit_of_the_signature_counts),
	    cmocka_unit_test(
		a_key_of_a_wrong_size_verifies_nothing_and_signs_nothing),
	    cmocka_unit_test(
		every_malformed_signature_is_told_from_an_absent_one),
	    cmocka_unit_test(
		components_up_to_the_limit_pass_and_one_more_does_not),
	    cmocka_unit_test(
		parameters_up_to_the_limit_pass_and_one_more_does_not),
	    cmocka_unit_test(a_signature_says_what_it_covers),
	    cmocka_unit_test(the_base_joins_lines_and_normalises_the_target),
	    cmocka_unit_test(the_target_uri_has_the_scheme_of_the_connection),
	    cmocka_unit_test(signing_needs_its_components_and_ascii),
	    cmocka_unit_test(algorithms_are_found_by_their_registered_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
