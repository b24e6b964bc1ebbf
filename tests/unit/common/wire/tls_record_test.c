/* SPDX-License-Identifier: MIT */
#include "tls_record.h"

#include "buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const uint8_t wire[] = {22, 3, 1, 0, 4, 'a', 'b', 'c', 'd', 23};

static void
a_record_is_taken_and_the_rest_left(void **state)
{
	struct bytes in = {wire, sizeof(wire)};
	struct tls_record record;

	(void)state;
	assert_int_equal(tls_record_take(&in, &record), TLS_RECORD_COMPLETE);
	assert_int_equal(record.type, TLS_HANDSHAKE);
	assert_int_equal(record.legacy_version, 0x0301);
	assert_true(bytes_equal_text(record.fragment, "abcd"));
	assert_true(record.whole.at == wire && record.whole.left == 9);
	assert_true(in.at == wire + 9 && in.left == 1);
}

static void
every_shorter_prefix_is_partial_and_consumes_nothing(void **state)
{
	(void)state;
	for (size_t n = 0; n < 9; n++) {
		struct bytes in = {wire, n};
		struct tls_record record;

		assert_int_equal(
		    tls_record_take(&in, &record), TLS_RECORD_PARTIAL);
		assert_true(in.at == wire && in.left == n);
	}
}

static enum tls_record_verdict
verdict_of(const uint8_t *header, size_t size)
{
	struct bytes in = {header, size};
	struct tls_record record;

	return tls_record_take(&in, &record);
}

static void
what_is_not_tls_is_known_from_its_first_bytes(void **state)
{
	(void)state;
	assert_int_equal(
	    verdict_of((const uint8_t *)"G", 1), TLS_RECORD_NOT_TLS);
	assert_int_equal(
	    verdict_of((const uint8_t[]){19}, 1), TLS_RECORD_NOT_TLS);
	assert_int_equal(
	    verdict_of((const uint8_t[]){24}, 1), TLS_RECORD_NOT_TLS);
	assert_int_equal(
	    verdict_of((const uint8_t[]){22, 2}, 2), TLS_RECORD_NOT_TLS);
}

static void
the_longest_fragment_is_waited_for_and_one_more_refused(void **state)
{
	const uint8_t longest[] = {23, 3, 3, 0x48, 0x00};
	const uint8_t longer[] = {23, 3, 3, 0x48, 0x01};

	(void)state;
	assert_int_equal(TLS_RECORD_FRAGMENT_MAX, 0x4800);
	assert_int_equal(
	    verdict_of(longest, sizeof(longest)), TLS_RECORD_PARTIAL);
	assert_int_equal(
	    verdict_of(longer, sizeof(longer)), TLS_RECORD_NOT_TLS);
}

static void
an_empty_fragment_is_a_record(void **state)
{
	const uint8_t empty[] = {23, 3, 3, 0, 0};

	(void)state;
	assert_int_equal(verdict_of(empty, sizeof(empty)), TLS_RECORD_COMPLETE);
}

static void
every_type_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(tls_content_type_name(TLS_CHANGE_CIPHER_SPEC),
	    "change_cipher_spec");
	assert_string_equal(tls_content_type_name(TLS_ALERT), "alert");
	assert_string_equal(tls_content_type_name(TLS_HANDSHAKE), "handshake");
	assert_string_equal(
	    tls_content_type_name(TLS_APPLICATION_DATA), "application_data");
	assert_string_equal(tls_content_type_name(24), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_record_is_taken_and_the_rest_left),
	    cmocka_unit_test(
		every_shorter_prefix_is_partial_and_consumes_nothing),
	    cmocka_unit_test(what_is_not_tls_is_known_from_its_first_bytes),
	    cmocka_unit_test(
		the_longest_fragment_is_waited_for_and_one_more_refused),
	    cmocka_unit_test(an_empty_fragment_is_a_record),
	    cmocka_unit_test(every_type_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
