/* SPDX-License-Identifier: MIT */
#include "tls_handshake.h"

#include "buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A ClientHello with GREASE, SNI, two versions, a key share and early data. */
static const uint8_t client_hello[] = {
    3, 3,                                           /* legacy_version */
    1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, /* random */
    1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, /* random */
    2, 0xaa, 0xbb,                                  /* session id */
    0, 6, 0x1a, 0x1a, 0x13, 0x01, 0xc0, 0x2f,       /* suites */
    1, 0,                                           /* compression */
    0, 49,                                          /* extensions */
    0, 0, 0, 12, 0, 10, 0, 0, 7, 'g', 'a', 't', 'e', 'w', 'a', 'y', 0, 43, 0, 7,
    6, 0x3a, 0x3a, 3, 4, 3, 3,                         /* versions */
    0, 51, 0, 10, 0, 8, 0x2a, 0x2a, 0, 0, 0, 29, 0, 0, /* key shares */
    0, 42, 0, 0,                                       /* early data */
    0, 41, 0, 0,                                       /* pre_shared_key */
};

static struct bytes
window(const uint8_t *at, size_t left)
{
	return (struct bytes){at, left};
}

static void
a_client_hello_is_read(void **state)
{
	struct tls_hello hello;

	(void)state;
	assert_true(tls_client_hello_read(
	    window(client_hello, sizeof(client_hello)), &hello));
	assert_int_equal(hello.legacy_version, 0x0303);
	assert_int_equal(hello.version, 0x0304);
	assert_int_equal(hello.random.left, 32);
	assert_int_equal(hello.session_id.left, 2);
	assert_int_equal(hello.suites.left, 6);
	assert_true(bytes_equal_text(hello.server_name, "gateway"));
	assert_int_equal(hello.group, 29);
	assert_true(hello.has_early_data);
	assert_true(hello.has_pre_shared_key);
	assert_false(hello.has_ticket);
}

static void
the_first_offered_key_is_read_and_every_shorter_extension_refused(void **state)
{
	static const uint8_t extension[] = {0, 15,             /* identities */
	    0, 3, 't', 'i', 'c', 1, 2, 3, 4, 0, 0, 9, 9, 9, 9, /* two */
	    0, 7,                                              /* binders */
	    3, 'b', 'i', 'n', 2, 'x', 'x'};
	struct tls_offered_psk psk;

	(void)state;
	assert_true(
	    tls_offered_psk_read(window(extension, sizeof(extension)), &psk));
	assert_true(bytes_equal_text(psk.identity, "tic"));
	assert_int_equal(psk.obfuscated_age, 0x01020304);
	assert_true(bytes_equal_text(psk.binder, "bin"));
	for (size_t n = 0; n < sizeof(extension); n++)
		assert_false(tls_offered_psk_read(window(extension, n), &psk));
}

static void
every_shorter_client_hello_is_refused(void **state)
{
	/* The one whole prefix is the hello that has no extensions. */
	const size_t without_extensions = 2 + 32 + 3 + 8 + 2;
	struct tls_hello hello;

	(void)state;
	for (size_t n = 0; n < sizeof(client_hello); n++)
		assert_int_equal(
		    tls_client_hello_read(window(client_hello, n), &hello),
		    n == without_extensions);
}

static void
a_server_hello_is_read_and_every_shorter_one_refused(void **state)
{
	uint8_t wire[2 + 32 + 1 + 2 + 1 + 2 + 6 + 8] = {3, 3};
	const uint8_t rest[] = {0, 0x13, 0x02, 0, 0, 14, 0, 43, 0, 2, 3, 4, 0,
	    51, 0, 4, 0x11, 0xec, 0, 0};
	struct tls_hello hello;

	(void)state;
	memcpy(wire + 34, rest, sizeof(wire) - 34);
	assert_true(tls_server_hello_read(window(wire, sizeof(wire)), &hello));
	assert_int_equal(hello.version, 0x0304);
	assert_int_equal(hello.suite, 0x1302);
	assert_int_equal(hello.group, 0x11ec);
	for (size_t n = 0; n < sizeof(wire); n++)
		assert_int_equal(tls_server_hello_read(window(wire, n), &hello),
		    n == 2 + 32 + 1 + 2 + 1);
}

static void
messages_come_out_of_pieces_of_one_byte(void **state)
{
	const uint8_t wire[] = {14, 0, 0, 0, 12, 0, 0, 3, 3, 0, 23, 0, 0, 0, 0};
	struct buffer b = {0};
	struct tls_handshake m;
	struct bytes in;
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(wire); i++) {
		buffer_add_u8(&b, wire[i]);
		in = buffer_bytes(&b);
		if (tls_handshake_take(&in, &m) != TLS_HANDSHAKE_COMPLETE) {
			assert_int_equal(in.left, buffer_bytes(&b).left);
			continue;
		}
		assert_int_equal(
		    m.type, ((const uint8_t[]){14, 12, 0})[taken++]);
		assert_int_equal(m.whole.left, m.body.left + 4);
		buffer_drain(&b, buffer_bytes(&b).left - in.left);
	}
	assert_int_equal(taken, 3);
	buffer_clear(&b);
}

static void
a_message_as_long_as_allowed_is_waited_for_and_one_more_refused(void **state)
{
	const uint8_t longest[] = {11, 2, 0, 0}, longer[] = {11, 2, 0, 1};
	struct bytes in = window(longest, sizeof(longest));
	struct tls_handshake m;

	(void)state;
	assert_int_equal(tls_handshake_take(&in, &m), TLS_HANDSHAKE_PARTIAL);
	in = window(longer, sizeof(longer));
	assert_int_equal(tls_handshake_take(&in, &m), TLS_HANDSHAKE_TOO_LONG);
}

static void
the_random_of_a_hello_retry_request_gives_it_away(void **state)
{
	/* RFC 8446 section 4.1.3 */
	const uint8_t wire[] = {2, 0, 0, 34, 3, 3, 0xcf, 0x21, 0xad, 0x74, 0xe5,
	    0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09,
	    0xe2, 0xc8, 0xa8, 0x33, 0x9c};
	struct bytes in = window(wire, sizeof(wire));
	struct tls_handshake m;

	(void)state;
	assert_int_equal(tls_handshake_take(&in, &m), TLS_HANDSHAKE_COMPLETE);
	assert_true(m.retry_request);
	assert_string_equal(tls_handshake_name(&m), "HelloRetryRequest");
	m.retry_request = false;
	assert_string_equal(tls_handshake_name(&m), "ServerHello");
}

static void
names_are_the_registries(void **state)
{
	(void)state;
	assert_string_equal(tls_suite_name(0x003b), "TLS_RSA_WITH_NULL_SHA256");
	assert_string_equal(
	    tls_suite_name(0x1303), "TLS_CHACHA20_POLY1305_SHA256");
	assert_string_equal(tls_suite_name(0x9a9a), "GREASE");
	assert_null(tls_suite_name(0x9a8a));
	assert_string_equal(tls_group_name(0x11ec), "X25519MLKEM768");
	assert_string_equal(tls_version_name(0x0304), "TLSv1.3");
	assert_null(tls_version_name(0x0305));
	assert_string_equal(tls_alert_name(20), "bad_record_mac");
	assert_null(tls_alert_name(1));
}

static void
only_a_named_curve_has_a_group(void **state)
{
	const uint8_t named[] = {3, 0, 29}, explicit_prime[] = {1, 0, 29};
	uint16_t group;

	(void)state;
	assert_true(tls_server_key_exchange_group(window(named, 3), &group));
	assert_int_equal(group, 29);
	assert_false(tls_server_key_exchange_group(window(named, 2), &group));
	assert_false(
	    tls_server_key_exchange_group(window(explicit_prime, 3), &group));
}

static void
a_certificate_that_is_none_has_no_subject(void **state)
{
	const uint8_t wire[] = {0, 0, 6, 0, 0, 3, 'x', 'y', 'z'};
	char subject[TLS_SUBJECT_SIZE];
	struct bytes certificate;

	(void)state;
	assert_true(
	    tls_certificate_read(window(wire, sizeof(wire)), &certificate));
	assert_true(bytes_equal_text(certificate, "xyz"));
	assert_false(tls_certificate_subject(certificate, subject));
	assert_string_equal(subject, "");
	for (size_t n = 0; n < sizeof(wire); n++)
		assert_false(
		    tls_certificate_read(window(wire, n), &certificate));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_hello_is_read),
	    cmocka_unit_test(
		the_first_offered_key_is_read_and_every_shorter_extension_refused),
	    cmocka_unit_test(every_shorter_client_hello_is_refused),
	    cmocka_unit_test(
		a_server_hello_is_read_and_every_shorter_one_refused),
	    cmocka_unit_test(messages_come_out_of_pieces_of_one_byte),
	    cmocka_unit_test(
		a_message_as_long_as_allowed_is_waited_for_and_one_more_refused),
	    cmocka_unit_test(the_random_of_a_hello_retry_request_gives_it_away),
	    cmocka_unit_test(names_are_the_registries),
	    cmocka_unit_test(only_a_named_curve_has_a_group),
	    cmocka_unit_test(a_certificate_that_is_none_has_no_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
