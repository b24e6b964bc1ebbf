/* SPDX-License-Identifier: MIT */
/* Growing bytes: first in, first out, whatever happens in between. */
#include "buffer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static void
an_empty_buffer_is_empty_text(void **state)
{
	struct buffer b = {0};

	(void)state;
	assert_int_equal(buffer_bytes(&b).left, 0);
	buffer_add(&b, NULL, 0);
	buffer_drain(&b, 0);
	assert_string_equal(buffer_text(&b), "");
	buffer_clear(&b);
	buffer_clear(&b);
}

static void
everything_that_is_added_stands_one_after_the_other(void **state)
{
	static const char expected[] = "ab\x01\x02\x03\x04\x05\x06\x07n=5;c";
	struct buffer b = {0};

	(void)state;
	buffer_add(&b, "abc", 2);
	buffer_add_u8(&b, 1);
	buffer_add_u16(&b, 0x0203);
	buffer_add_u32(&b, 0x04050607);
	buffer_printf(&b, "n=%d%s", 5, ";");
	buffer_add_text(&b, "c");
	buffer_add_bytes(&b, (struct bytes){NULL, 0});
	assert_int_equal(buffer_bytes(&b).left, sizeof(expected) - 1);
	assert_string_equal(buffer_text(&b), expected);
	buffer_clear(&b);
}

/* A queue against a counter: bytes come out in the order they went in. */
static void
draining_and_adding_in_turn_loses_nothing(void **state)
{
	struct buffer b = {0};
	uint8_t in = 0, out = 0, c;
	struct bytes held;

	(void)state;
	for (size_t round = 1; round < 2000; round++) {
		for (size_t i = 0; i < round * 7 % 31; i++)
			buffer_add_u8(&b, in++);
		held = buffer_bytes(&b);
		if (held.left > round * 5 % 29)
			held.left = round * 5 % 29;
		buffer_drain(&b, held.left);
		/* Draining leaves the bytes where they were. */
		while (bytes_take_u8(&held, &c))
			assert_int_equal(c, out++);
	}
	held = buffer_bytes(&b);
	assert_int_equal((uint8_t)(out + held.left), in);
	buffer_clear(&b);
}

static void
a_buffer_that_is_emptied_again_and_again_does_not_grow(void **state)
{
	struct buffer b = {0};
	size_t capacity;

	(void)state;
	buffer_add(&b, "0123456789", 10);
	capacity = b.capacity;
	for (int i = 0; i < 1000; i++) {
		buffer_drain(&b, 10);
		buffer_add(&b, "0123456789", 10);
	}
	assert_int_equal(b.capacity, capacity);
	buffer_reset(&b);
	assert_int_equal(buffer_bytes(&b).left, 0);
	assert_int_equal(b.capacity, capacity);
	buffer_clear(&b);
}

static void
printing_more_than_there_is_room_for_makes_room(void **state)
{
	struct buffer b = {0};

	(void)state;
	for (int i = 0; i < 500; i++)
		buffer_printf(&b, "%0100d", i);
	assert_int_equal(buffer_bytes(&b).left, 50000);
	assert_int_equal(strlen(buffer_text(&b)), 50000);
	assert_string_equal(buffer_text(&b) + 49997, "499");
	buffer_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_buffer_is_empty_text),
	    cmocka_unit_test(
		everything_that_is_added_stands_one_after_the_other),
	    cmocka_unit_test(draining_and_adding_in_turn_loses_nothing),
	    cmocka_unit_test(
		a_buffer_that_is_emptied_again_and_again_does_not_grow),
	    cmocka_unit_test(printing_more_than_there_is_room_for_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
