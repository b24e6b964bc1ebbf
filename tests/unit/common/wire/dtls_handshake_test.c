/* SPDX-License-Identifier: MIT */
#include "dtls_handshake.h"

#include "buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
put_u24(struct buffer *out, uint32_t value)
{
	buffer_add_u8(out, (uint8_t)(value >> 16));
	buffer_add_u16(out, (uint16_t)value);
}

/* Type, length, number, offset and length of the fragment, body. */
static void
put(struct buffer *out, uint8_t type, uint32_t length, uint32_t offset,
    uint32_t here)
{
	static const uint8_t body[300];

	buffer_add_u8(out, type);
	put_u24(out, length);
	buffer_add_u16(out, 7);
	put_u24(out, offset);
	put_u24(out, here);
	buffer_add(out, body, here);
}

static void
messages_are_taken_one_by_one(void **state)
{
	struct buffer wire = {0};
	struct tls_handshake message;
	struct bytes in;

	(void)state;
	put(&wire, TLS_SERVER_HELLO, 300, 0, 300);
	put(&wire, TLS_SERVER_HELLO_DONE, 0, 0, 0);
	in = buffer_bytes(&wire);
	assert_true(dtls_handshake_take(&in, &message));
	assert_int_equal(message.type, TLS_SERVER_HELLO);
	assert_int_equal(message.body.left, 300);
	assert_int_equal(message.whole.left, 312);
	assert_true(dtls_handshake_take(&in, &message));
	assert_int_equal(message.type, TLS_SERVER_HELLO_DONE);
	assert_int_equal(message.body.left, 0);
	assert_int_equal(in.left, 0);
	assert_false(dtls_handshake_take(&in, &message));
	buffer_clear(&wire);
}

static void
what_breaks_off_is_none(void **state)
{
	struct buffer wire = {0};
	struct tls_handshake message;

	(void)state;
	put(&wire, TLS_CLIENT_HELLO, 40, 0, 40);
	for (size_t length = 0; length < buffer_bytes(&wire).left; length++) {
		struct bytes in = {buffer_bytes(&wire).at, length};

		assert_false(dtls_handshake_take(&in, &message));
		assert_int_equal(in.left, length);
	}
	buffer_clear(&wire);
}

static void
a_fragment_is_no_message(void **state)
{
	static const uint32_t fragments[][3] = {
	    /* length, offset, here */
	    {40, 0, 39},
	    {40, 1, 39},
	    {40, 1, 40},
	    {39, 0, 40},
	};
	struct tls_handshake message;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct buffer wire = {0};
		struct bytes in;

		put(&wire, TLS_CERTIFICATE, fragments[i][0], fragments[i][1],
		    fragments[i][2]);
		in = buffer_bytes(&wire);
		assert_false(dtls_handshake_take(&in, &message));
		buffer_clear(&wire);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_taken_one_by_one),
	    cmocka_unit_test(what_breaks_off_is_none),
	    cmocka_unit_test(a_fragment_is_no_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
