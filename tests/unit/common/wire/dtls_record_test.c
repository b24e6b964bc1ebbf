/* SPDX-License-Identifier: MIT */
#include "dtls_record.h"

#include "tls_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t wire[] = {
    23, 0xfe, 0xfd, 0, 1, 1, 2, 3, 4, 5, 6, 0, 4, 'a', 'b', 'c', 'd', 22};
#define RECORD_SIZE (sizeof(wire) - 1)

static void
a_record_is_taken_and_the_rest_left(void **state)
{
	struct bytes in = {wire, sizeof(wire)};
	struct dtls_record r;

	(void)state;
	assert_true(dtls_record_take(&in, &r));
	assert_int_equal(r.type, TLS_APPLICATION_DATA);
	assert_int_equal(r.version, DTLS_1_2);
	assert_int_equal(r.epoch, 1);
	assert_int_equal(r.number, UINT64_C(0x010203040506));
	assert_true(bytes_equal_text(r.fragment, "abcd"));
	assert_true(r.whole.at == wire && r.whole.left == RECORD_SIZE);
	assert_true(in.at == wire + RECORD_SIZE && in.left == 1);
}

static void
every_shorter_datagram_is_no_record_and_consumes_nothing(void **state)
{
	(void)state;
	for (size_t n = 0; n < RECORD_SIZE; n++) {
		struct bytes in = {wire, n};
		struct dtls_record r;

		assert_false(dtls_record_take(&in, &r));
		assert_true(in.at == wire && in.left == n);
	}
}

/* Is it one with that byte there? */
static bool
is_record(size_t place, uint8_t byte)
{
	uint8_t changed[sizeof(wire)];
	struct bytes in = {changed, sizeof(changed)};
	struct dtls_record r;

	memcpy(changed, wire, sizeof(wire));
	changed[place] = byte;
	return dtls_record_take(&in, &r);
}

static void
types_and_versions_of_others_are_refused(void **state)
{
	(void)state;
	assert_false(is_record(0, 19));
	assert_true(is_record(0, 20));
	assert_true(is_record(0, 23));
	assert_false(is_record(0, 24));
	assert_false(is_record(1, 3));   /* TLS */
	assert_true(is_record(2, 0xff)); /* DTLS 1.0 */
}

static void
the_longest_fragment_is_taken_and_one_more_refused(void **state)
{
	static uint8_t
	    longest[DTLS_RECORD_HEADER_SIZE + TLS_RECORD_FRAGMENT_MAX + 1] = {
		23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0x48, 0x00};
	struct bytes in = {longest, sizeof(longest)};
	struct dtls_record r;

	(void)state;
	assert_int_equal(TLS_RECORD_FRAGMENT_MAX, 0x4800);
	assert_true(dtls_record_take(&in, &r));
	longest[12] = 1;
	in = (struct bytes){longest, sizeof(longest)};
	assert_false(dtls_record_take(&in, &r));
}

static void
what_is_written_is_what_was_taken(void **state)
{
	struct bytes in = {wire, RECORD_SIZE};
	struct buffer out = {0};
	struct dtls_record r;

	(void)state;
	assert_true(dtls_record_take(&in, &r));
	dtls_record_write(&r, &out);
	assert_true(
	    bytes_equal(buffer_bytes(&out), (struct bytes){wire, RECORD_SIZE}));
	buffer_clear(&out);
}

static void
the_place_is_the_epoch_before_the_number(void **state)
{
	(void)state;
	assert_int_equal(dtls_place(0, 0), 0);
	assert_int_equal(dtls_place(1, 2), UINT64_C(0x0001000000000002));
	assert_int_equal(dtls_place(0xffff, DTLS_NUMBER_MAX), UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_record_is_taken_and_the_rest_left),
	    cmocka_unit_test(
		every_shorter_datagram_is_no_record_and_consumes_nothing),
	    cmocka_unit_test(types_and_versions_of_others_are_refused),
	    cmocka_unit_test(
		the_longest_fragment_is_taken_and_one_more_refused),
	    cmocka_unit_test(what_is_written_is_what_was_taken),
	    cmocka_unit_test(the_place_is_the_epoch_before_the_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
