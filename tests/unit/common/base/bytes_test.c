/* SPDX-License-Identifier: MIT */
/* The cursor: what it takes, and that it never runs past its end. */
#include "bytes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static const uint8_t wire[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

static void
integers_are_big_endian(void **state)
{
	struct bytes b = {wire, sizeof(wire)};
	uint32_t wide;
	uint16_t half;
	uint8_t one;

	(void)state;
	assert_true(bytes_take_u8(&b, &one));
	assert_int_equal(one, 0x01);
	assert_true(bytes_take_u16(&b, &half));
	assert_int_equal(half, 0x0203);
	assert_true(bytes_take_u24(&b, &wide));
	assert_int_equal(wide, 0x040506);
	assert_true(bytes_take_u32(&b, &wide));
	assert_int_equal(wide, 0x0708090a);
	assert_int_equal(b.left, 0);
	assert_false(bytes_take_u8(&b, &one));
}

static void
an_integer_that_is_cut_takes_nothing(void **state)
{
	uint32_t wide;
	uint16_t half;
	uint8_t one;

	(void)state;
	for (size_t n = 0; n < 4; n++) {
		struct bytes b = {wire, n};

		assert_true(n >= 1 || !bytes_take_u8(&b, &one));
		assert_true(n >= 2 || !bytes_take_u16(&b, &half));
		assert_true(n >= 3 || !bytes_take_u24(&b, &wide));
		assert_false(bytes_take_u32(&b, &wide));
		assert_true(b.at == wire && b.left == n);
	}
}

static void
a_window_is_taken_whole_or_not_at_all(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof(wire) + 1; n++) {
		struct bytes b = {wire, sizeof(wire)}, taken;
		bool fits = n <= sizeof(wire);

		assert_true(bytes_take(&b, n, &taken) == fits);
		assert_int_equal(
		    b.left, fits ? sizeof(wire) - n : sizeof(wire));
		if (fits)
			assert_true(taken.at == wire && taken.left == n);
		b = (struct bytes){wire, sizeof(wire)};
		assert_true(bytes_skip(&b, n) == fits);
	}
}

static void
a_huge_length_does_not_wrap(void **state)
{
	struct bytes b = {wire, sizeof(wire)}, taken;

	(void)state;
	assert_false(bytes_take(&b, SIZE_MAX, &taken));
	assert_false(bytes_skip(&b, SIZE_MAX - 1));
	assert_true(b.at == wire && b.left == sizeof(wire));
}

static void
an_empty_window_of_null_gives_nothing(void **state)
{
	struct bytes b = {NULL, 0}, taken;
	uint8_t one;

	(void)state;
	assert_true(bytes_take(&b, 0, &taken));
	assert_int_equal(taken.left, 0);
	assert_false(bytes_take_u8(&b, &one));
	assert_false(bytes_take_until(&b, 0, &taken));
	assert_true(bytes_equal(b, bytes_of("")));
	assert_true(bytes_equal_text(b, ""));
	assert_true(bytes_equal_text_nocase(b, ""));
}

static void
vectors_take_their_length_first(void **state)
{
	static const uint8_t vectors[] = {
	    2, 'a', 'b', 0, 1, 'c', 0, 0, 3, 'd', 'e', 'f', 0};
	struct bytes b = {vectors, sizeof(vectors)}, taken;

	(void)state;
	assert_true(bytes_take_vector8(&b, &taken));
	assert_true(bytes_equal_text(taken, "ab"));
	assert_true(bytes_take_vector16(&b, &taken));
	assert_true(bytes_equal_text(taken, "c"));
	assert_true(bytes_take_vector24(&b, &taken));
	assert_true(bytes_equal_text(taken, "def"));
	assert_true(bytes_take_vector8(&b, &taken));
	assert_int_equal(taken.left, 0);
	assert_int_equal(b.left, 0);
}

static void
a_vector_that_is_cut_takes_nothing(void **state)
{
	static const uint8_t vector[] = {0, 0, 3, 'd', 'e', 'f'};

	(void)state;
	for (size_t n = 0; n < sizeof(vector); n++) {
		struct bytes b = {vector, n}, taken;

		assert_false(bytes_take_vector24(&b, &taken));
		assert_true(b.at == vector && b.left == n);
	}
}

static void
a_stop_ends_a_window_and_goes_with_it(void **state)
{
	struct bytes b = bytes_of("ab,,c"), taken;

	(void)state;
	assert_true(bytes_take_until(&b, ',', &taken));
	assert_true(bytes_equal_text(taken, "ab"));
	assert_true(bytes_take_until(&b, ',', &taken));
	assert_int_equal(taken.left, 0);
	assert_false(bytes_take_until(&b, ',', &taken));
	assert_true(bytes_equal_text(b, "c"));
	assert_true(bytes_take_until(&b, 'c', &taken));
	assert_int_equal(b.left, 0);
}

static void
what_stands_before_a_text_is_taken_with_it(void **state)
{
	struct bytes b = bytes_of("a, b,, c"), taken;

	(void)state;
	assert_true(bytes_take_until_text(&b, ", ", &taken));
	assert_true(bytes_equal_text(taken, "a"));
	assert_true(bytes_take_until_text(&b, ", ", &taken));
	assert_true(bytes_equal_text(taken, "b,"));
	assert_false(bytes_take_until_text(&b, ", ", &taken));
	assert_false(bytes_take_until_text(&b, "c,", &taken));
	assert_true(bytes_equal_text(b, "c"));
	assert_true(bytes_take_until_text(&b, "c", &taken));
	assert_int_equal(taken.left, 0);
	assert_false(bytes_take_until_text(&b, "c", &taken));
	assert_int_equal(b.left, 0);
}

static void
equal_means_the_same_length_and_content(void **state)
{
	struct bytes nul = {(const uint8_t *)"a\0", 2};

	(void)state;
	assert_true(bytes_equal(bytes_of("ab"), bytes_of("ab")));
	assert_false(bytes_equal(bytes_of("ab"), bytes_of("aB")));
	assert_false(bytes_equal(bytes_of("ab"), bytes_of("abc")));
	assert_false(bytes_equal_text(bytes_of("ab"), "a"));
	assert_false(bytes_equal_text(nul, "a"));
	assert_true(bytes_equal_text_nocase(bytes_of("hOSt"), "Host"));
	assert_false(bytes_equal_text_nocase(bytes_of("hos"), "Host"));
	assert_false(bytes_equal_text_nocase(nul, "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(integers_are_big_endian),
	    cmocka_unit_test(an_integer_that_is_cut_takes_nothing),
	    cmocka_unit_test(a_window_is_taken_whole_or_not_at_all),
	    cmocka_unit_test(a_huge_length_does_not_wrap),
	    cmocka_unit_test(an_empty_window_of_null_gives_nothing),
	    cmocka_unit_test(vectors_take_their_length_first),
	    cmocka_unit_test(a_vector_that_is_cut_takes_nothing),
	    cmocka_unit_test(a_stop_ends_a_window_and_goes_with_it),
	    cmocka_unit_test(what_stands_before_a_text_is_taken_with_it),
	    cmocka_unit_test(equal_means_the_same_length_and_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
