/* SPDX-License-Identifier: MIT */
/* Requests as they leave, and their signatures as a server sees them. */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "content_digest.h"

#define NOW INT64_C(1764000000)

/* The seed and public key of RFC 8032 section 7.1, test 1. */
static const char keys[] =
    "{\"v\":1,\"keys\":["
    "{\"keyid\":\"client\",\"alg\":\"hmac-sha256\","
    "\"secret\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"},"
    "{\"keyid\":\"ed\",\"alg\":\"ed25519\","
    "\"private\":\"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\"},"
    "{\"keyid\":\"odd\",\"alg\":\"rsa\",\"secret\":\"AAEC\"},"
    "{\"keyid\":\"empty\",\"alg\":\"hmac-sha256\",\"secret\":\"\"},"
    "{\"keyid\":\"broken\",\"alg\":\"hmac-sha256\",\"secret\":\"A*\"}]}";

static const uint8_t ed25519_public[] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1,
    0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1,
    0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07,
    0x51, 0x1a};

static char keys_file[] = "/tmp/replaylab-keys-XXXXXX";

static void
write_keys(const char *text)
{
	FILE *file = fopen(keys_file, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
make_keys(void **state)
{
	int fd = mkstemp(keys_file);

	(void)state;
	if (fd == -1)
		return -1;
	close(fd);
	write_keys(keys);
	return 0;
}

static int
remove_keys(void **state)
{
	(void)state;
	return unlink(keys_file);
}

static struct signing
open_signing(const char *parts, const char *keyid)
{
	struct signing s = {0};

	assert_int_equal(signing_read_parts(&s, parts), 0);
	assert_int_equal(signing_open(&s, keys_file, keyid), 0);
	return s;
}

/* The request for that id; the caller clears the buffer. */
static void
make(struct buffer *out, const char *id, const char *parts, const char *keyid)
{
	struct signing s = open_signing(parts, keyid);
	const struct transfer t = {id, "alice", "bob", 100, NULL, NULL, false};

	assert_int_equal(request_transfer(out, "gateway", &t, &s, NOW), 0);
	signing_clear(&s);
}

/* Reads it back; the message lives as long as the reader. */
static struct http_reader *
parse(const struct buffer *wire, const struct http_message **m)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct bytes in = buffer_bytes(wire);

	assert_int_equal(http_reader_feed(reader, &in, m), HTTP_COMPLETE);
	assert_int_equal(in.left, 0);
	return reader;
}

static void
an_unsigned_transfer_is_these_very_bytes(void **state)
{
	struct buffer out = {0};

	(void)state;
	make(&out, "t-1", "none", "client");
	assert_string_equal(buffer_text(&out),
	    "POST /transfers HTTP/1.1\r\n"
	    "Host: gateway\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Length: 51\r\n"
	    "\r\n"
	    "{\"id\":\"t-1\",\"from\":\"alice\",\"to\":\"bob\","
	    "\"amount\":100}");
	buffer_clear(&out);
}

static void
verifies(const char *keyid, const struct signature_key *key)
{
	struct buffer out = {0};
	const struct http_message *m;
	struct http_signature sig;
	struct http_reader *reader;

	make(&out, "t-1", NULL, keyid);
	reader = parse(&out, &m);
	assert_int_equal(content_digest_check(m), DIGEST_GOOD);
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	assert_true(http_signature_covers(&sig, "@method"));
	assert_true(http_signature_covers(&sig, "@authority"));
	assert_true(http_signature_covers(&sig, "@path"));
	assert_true(http_signature_covers(&sig, "@query"));
	assert_true(http_signature_covers(&sig, "content-digest"));
	assert_true(sig.has_created && sig.created == NOW);
	assert_true(sig.has_nonce && sig.nonce.left == 22);
	assert_true(bytes_equal_text(sig.keyid, keyid));
	assert_int_equal(http_signature_verify(m, &sig, key), SIGNATURE_GOOD);
	http_reader_free(reader);
	buffer_clear(&out);
}

static void
a_signed_transfer_verifies_under_its_key_only(void **state)
{
	uint8_t secret[32];
	const struct signature_key hmac = {
	    SIGNATURE_HMAC_SHA256, {secret, sizeof(secret)}};
	const struct signature_key ed25519 = {
	    SIGNATURE_ED25519, {ed25519_public, sizeof(ed25519_public)}};
	struct buffer out = {0};
	const struct http_message *m;
	struct http_signature sig;
	struct http_reader *reader;

	(void)state;
	for (uint8_t i = 0; i < sizeof(secret); i++)
		secret[i] = i;
	verifies("client", &hmac);
	verifies("ed", &ed25519);
	make(&out, "t-1", NULL, "client");
	reader = parse(&out, &m);
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	secret[31] ^= 1;
	assert_int_equal(
	    http_signature_verify(m, &sig, &hmac), SIGNATURE_WRONG);
	http_reader_free(reader);
	buffer_clear(&out);
}

static void
a_balance_is_signed_without_content(void **state)
{
	struct signing s = open_signing(NULL, "client");
	struct buffer out = {0};
	const struct http_message *m;
	struct http_signature sig;
	struct http_reader *reader;

	(void)state;
	assert_int_equal(
	    request_balance(&out, "gateway", "a/b c\r\n", &s, NOW), 0);
	reader = parse(&out, &m);
	assert_true(bytes_equal_text(m->target, "/accounts/a%2Fb%20c%0D%0A"));
	assert_int_equal(http_signature_read(m, &sig), SIGNATURE_GOOD);
	assert_false(http_signature_covers(&sig, "content-digest"));
	assert_null(http_field(m, "Content-Digest", NULL));
	http_reader_free(reader);
	buffer_clear(&out);
}

/* A copy cut from one place fits into another of the same length. */
static void
requests_that_differ_in_the_id_have_one_length(void **state)
{
	static const struct {
		const char *parts, *keyid;
	} rows[] = {
	    {"none", "client"},
	    {"signature", "client"},
	    {"timestamp", "client"},
	    {"nonce", "client"},
	    {NULL, "client"},
	    {NULL, "ed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer a = {0}, b = {0};

		for (int again = 0; again < 20; again++) {
			buffer_reset(&a);
			buffer_reset(&b);
			make(&a, "t-1", rows[i].parts, rows[i].keyid);
			make(&b, "t-2", rows[i].parts, rows[i].keyid);
			assert_int_equal(
			    buffer_bytes(&a).left, buffer_bytes(&b).left);
		}
		buffer_clear(&a);
		buffer_clear(&b);
	}
}

static void
parts_are_words_and_imply_a_signature(void **state)
{
	static const struct {
		const char *words;
		int result;
		bool signature, timestamp, nonce;
	} rows[] = {
	    {NULL, 0, true, true, true},
	    {"none", 0, false, false, false},
	    {"signature", 0, true, false, false},
	    {"timestamp", 0, true, true, false},
	    {"nonce", 0, true, false, true},
	    {"nonce,timestamp", 0, true, true, true},
	    {"signature,timestamp,nonce", 0, true, true, true},
	    {"", -1, false, false, false},
	    {"nonce,", -1, true, false, true},
	    {"none,nonce", -1, false, false, false},
	    {"Nonce", -1, false, false, false},
	    {"signature,signature,signature,signature,signature,signature,"
	     "signature",
		-1, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signing s;

		assert_int_equal(
		    signing_read_parts(&s, rows[i].words), rows[i].result);
		assert_int_equal(s.signature, rows[i].signature);
		assert_int_equal(s.timestamp, rows[i].timestamp);
		assert_int_equal(s.nonce, rows[i].nonce);
	}
}

static void
every_nonce_is_another(void **state)
{
	char a[SIGNING_NONCE_SIZE], b[SIGNING_NONCE_SIZE];

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(strlen(signing_nonce(a)), 22);
		assert_string_not_equal(a, signing_nonce(b));
		assert_int_equal(strcspn(a, "+/="), 22);
	}
}

static void
keys_that_cannot_be_used_are_refused(void **state)
{
	static const char *const keyids[] = {
	    "absent", "odd", "empty", "broken", ""};
	struct signing s = {.signature = true};

	(void)state;
	for (size_t i = 0; i < sizeof(keyids) / sizeof(keyids[0]); i++)
		assert_int_equal(signing_open(&s, keys_file, keyids[i]), -1);
	assert_int_equal(signing_open(&s, NULL, "client"), -1);
	assert_int_equal(signing_open(&s, "/nowhere/keys", "client"), -1);
	assert_int_equal(signing_open(&s, "/tmp", "client"), -1);
	assert_int_equal(signing_open(&s, "/dev/zero", "client"), -1);
	s.signature = false;
	assert_int_equal(signing_open(&s, NULL, "client"), 0);
}

static void
every_shorter_prefix_of_the_keys_is_refused(void **state)
{
	static const char whole[] =
	    "{\"v\":1,\"keys\":[{\"keyid\":\"client\","
	    "\"alg\":\"hmac-sha256\",\"secret\":\"AAEC\"}]}";
	struct signing s = {.signature = true};
	char text[sizeof(whole)];

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		write_keys(text);
		assert_int_equal(signing_open(&s, keys_file, "client"),
		    n < sizeof(whole) - 1 ? -1 : 0);
	}
	assert_int_equal(s.secret_length, 3);
	write_keys(keys);
}

static const char *
field_text(const struct http_message *m, const char *name, char into[512])
{
	const struct http_field *field = http_field(m, name, NULL);

	if (field == NULL)
		return NULL;
	snprintf(into, 512, "%.*s", (int)field->value.left,
	    (const char *)field->value.at);
	return into;
}

/* What a careless client leaves out of its signature. */
static void
only_what_is_chosen_is_covered(void **state)
{
	static const struct {
		const char *words, *inner;
	} rows[] = {
	    {NULL, "sig1=(\"@method\" \"@authority\" \"@path\" \"@query\" "
		   "\"content-digest\");created=1764000000;nonce=\"n-1\";"},
	    {"none", "sig1=();created=1764000000;nonce=\"n-1\";"},
	    {"@method,content-digest", "sig1=(\"@method\" "
				       "\"content-digest\");created="},
	};
	const struct transfer t = {"t-1", "alice", "bob", 1, NULL, NULL, false};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_reader *reader = http_reader_new(HTTP_REQUEST);
		struct signing s = open_signing(NULL, "client");
		const struct http_message *m;
		struct buffer wire = {0};
		struct bytes in;
		char text[512];

		s.fixed_nonce = "n-1";
		s.bearer = "sesame";
		assert_int_equal(signing_read_cover(&s, rows[i].words), 0);
		assert_int_equal(signing_read_unsigned(&s, "nonce"), 0);
		assert_int_equal(
		    request_transfer(&wire, "gateway", &t, &s, NOW), 0);
		in = buffer_bytes(&wire);
		assert_int_equal(
		    http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
		assert_string_equal(
		    field_text(m, "Request-Nonce", text), "n-1");
		assert_null(field_text(m, "Request-Created", text));
		assert_string_equal(
		    field_text(m, "Authorization", text), "Bearer sesame");
		assert_non_null(strstr(
		    field_text(m, "Signature-Input", text), rows[i].inner));
		signing_clear(&s);
		buffer_clear(&wire);
		http_reader_free(reader);
	}
}

static void
a_list_that_is_none_is_refused(void **state)
{
	static const char *const covers[] = {
	    "", "@method,", ",", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"};
	static const char *const parts[] = {"", "none", "nonce,", "nonces"};
	struct signing s = {0};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(signing_read_cover(&s, covers[i]), -1);
		assert_int_equal(signing_read_unsigned(&s, parts[i]), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_unsigned_transfer_is_these_very_bytes),
	    cmocka_unit_test(a_signed_transfer_verifies_under_its_key_only),
	    cmocka_unit_test(a_balance_is_signed_without_content),
	    cmocka_unit_test(requests_that_differ_in_the_id_have_one_length),
	    cmocka_unit_test(parts_are_words_and_imply_a_signature),
	    cmocka_unit_test(every_nonce_is_another),
	    cmocka_unit_test(keys_that_cannot_be_used_are_refused),
	    cmocka_unit_test(every_shorter_prefix_of_the_keys_is_refused),
	    cmocka_unit_test(only_what_is_chosen_is_covered),
	    cmocka_unit_test(a_list_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
