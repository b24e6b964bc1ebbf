/* SPDX-License-Identifier: MIT */
#include "datagram_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define REQUEST "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

static struct http_reader *reader;

static const struct http_message *
parse(struct bytes in)
{
	const struct http_message *m;

	http_reader_free(reader);
	reader = http_reader_new(HTTP_REQUEST);
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	return m;
}

static void
what_is_added_is_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t number;
	} rows[] = {{"0", 0}, {"1", 1}, {"18446", 18446},
	    {"999999999999999999", UINT64_C(999999999999999999)}};
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer b = {0};

		buffer_add_text(&b, REQUEST);
		datagram_number_add(&b, bytes_of(rows[i].text));
		assert_true(
		    datagram_number_read(parse(buffer_bytes(&b)), &number));
		assert_int_equal(number, rows[i].number);
		buffer_clear(&b);
	}
}

static void
it_stands_behind_the_first_line(void **state)
{
	struct buffer b = {0};

	(void)state;
	buffer_add_text(&b, REQUEST);
	datagram_number_add(&b, bytes_of("7"));
	assert_string_equal(buffer_text(&b),
	    "GET / HTTP/1.1\r\nDatagram-Number: 7\r\nHost: a\r\n\r\n");
	buffer_reset(&b);
	buffer_add_text(&b, "no line");
	datagram_number_add(&b, bytes_of("7"));
	assert_string_equal(buffer_text(&b), "no line");
	buffer_clear(&b);
}

static void
what_is_no_number_is_none(void **state)
{
	static const char *const values[] = {
	    "", "x", "1x", "-1", "+1", "0x1", "1 2", "1000000000000000000"};
	uint64_t number = 42;

	(void)state;
	assert_false(datagram_number_read(parse(bytes_of(REQUEST)), &number));
	assert_int_equal(datagram_number_of(parse(bytes_of(REQUEST))).left, 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct buffer b = {0};

		buffer_add_text(&b, REQUEST);
		datagram_number_add(&b, bytes_of(values[i]));
		assert_false(
		    datagram_number_read(parse(buffer_bytes(&b)), &number));
		buffer_clear(&b);
	}
	assert_int_equal(number, 42);
}

static int
clear(void **state)
{
	(void)state;
	http_reader_free(reader);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_added_is_read),
	    cmocka_unit_test(it_stands_behind_the_first_line),
	    cmocka_unit_test(what_is_no_number_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, clear);
}
