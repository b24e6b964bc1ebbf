/* SPDX-License-Identifier: MIT */
#include "reassemble/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PIECES_MAX 6

struct piece {
	uint32_t seq; /* from the first byte */
	const char *text;
	enum stream_verdict verdict;
};

/* Pieces in the order they come, and what has come out after the last. */
static const struct arrival {
	struct piece pieces[PIECES_MAX];
	const char *expected;
} arrivals[] = {
    {{{0, "abc", STREAM_MORE}, {3, "def", STREAM_MORE}}, "abcdef"},
    /* out of order */
    {{{3, "def", STREAM_HELD}, {0, "abc", STREAM_MORE}}, "abcdef"},
    {{{4, "ef", STREAM_HELD}, {2, "cd", STREAM_HELD}, {0, "ab", STREAM_MORE}},
	"abcdef"},
    {{{2, "cd", STREAM_HELD}, {4, "ef", STREAM_HELD}, {0, "ab", STREAM_MORE}},
	"abcdef"},
    {{{5, "f", STREAM_HELD}, {1, "b", STREAM_HELD}, {3, "d", STREAM_HELD},
	 {0, "a", STREAM_MORE}},
	"ab"},
    /* retransmission */
    {{{0, "abc", STREAM_MORE}, {0, "abc", STREAM_REPEATED}}, "abc"},
    {{{3, "def", STREAM_HELD}, {3, "def", STREAM_REPEATED}}, ""},
    {{{0, "abc", STREAM_MORE}, {0, "abcdef", STREAM_MORE}}, "abcdef"},
    {{{1, "bc", STREAM_HELD}, {0, "abcd", STREAM_MORE}}, "abcd"},
    /* overlap among what is held */
    {{{2, "cd", STREAM_HELD}, {1, "bcde", STREAM_HELD}, {0, "a", STREAM_MORE}},
	"abcde"},
    {{{1, "b", STREAM_HELD}, {3, "d", STREAM_HELD}, {1, "bcde", STREAM_HELD},
	 {0, "a", STREAM_MORE}},
	"abcde"},
    {{{2, "cdef", STREAM_HELD}, {3, "de", STREAM_REPEATED},
	 {0, "abc", STREAM_MORE}},
	"abcdef"},
    /* the first to come is believed */
    {{{0, "abc", STREAM_MORE}, {1, "XYdef", STREAM_MORE}}, "abcdef"},
    {{{2, "c", STREAM_HELD}, {1, "bXd", STREAM_HELD}, {0, "a", STREAM_MORE}},
	"abcd"},
    /* a keep-alive, and nothing at all */
    {{{0, "a", STREAM_MORE}, {0, "?", STREAM_REPEATED},
	 {1, "", STREAM_REPEATED}, {1, "b", STREAM_MORE}},
	"ab"},
    /* from before the first byte */
    {{{(uint32_t)-2, "??ab", STREAM_MORE}}, "ab"},
    {{{(uint32_t)-2, "??", STREAM_REPEATED}}, ""},
    /* too far ahead */
    {{{STREAM_AHEAD_MAX, "x", STREAM_HELD},
	 {STREAM_AHEAD_MAX + 1u, "x", STREAM_REFUSED}},
	""},
};

static void
run_arrival(const struct arrival *a, uint32_t first)
{
	struct stream s = {0};

	stream_start(&s, first);
	for (size_t i = 0; i < PIECES_MAX && a->pieces[i].text != NULL; i++)
		assert_string_equal(
		    stream_verdict_name(stream_put(&s, first + a->pieces[i].seq,
			bytes_of(a->pieces[i].text))),
		    stream_verdict_name(a->pieces[i].verdict));
	assert_true(bytes_equal_text(stream_bytes(&s), a->expected));
	stream_clear(&s);
}

static void
pieces_in_any_order_and_overlap_give_each_byte_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]); i++)
		run_arrival(&arrivals[i], 1000);
}

static void
sequence_numbers_may_wrap_anywhere_within(void **state)
{
	(void)state;
	for (uint32_t before = 0; before < 8; before++)
		for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]);
		     i++)
			run_arrival(&arrivals[i], (uint32_t)-before);
}

static void
every_order_of_three_pieces_gives_the_same_stream(void **state)
{
	static const int orders[][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	static const char *const texts[] = {"abc", "bcde", "def"};
	static const uint32_t places[] = {0, 1, 3};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct stream s = {0};

		stream_start(&s, 7);
		for (int j = 0; j < 3; j++)
			(void)stream_put(&s, 7 + places[orders[i][j]],
			    bytes_of(texts[orders[i][j]]));
		assert_true(bytes_equal_text(stream_bytes(&s), "abcdef"));
		assert_int_equal(s.held_bytes, 0);
		assert_int_equal(s.held_pieces, 0);
		stream_clear(&s);
	}
}

static void
a_stream_that_was_not_started_starts_with_its_first_piece(void **state)
{
	struct stream s = {0};

	(void)state;
	assert_int_equal(stream_put(&s, 55, bytes_of("ab")), STREAM_MORE);
	assert_int_equal(
	    stream_put(&s, 50, bytes_of("before")), STREAM_REPEATED);
	assert_int_equal(stream_put(&s, 57, bytes_of("c")), STREAM_MORE);
	assert_true(bytes_equal_text(stream_bytes(&s), "abc"));
	stream_clear(&s);
}

static void
what_is_drained_does_not_come_again(void **state)
{
	struct stream s = {0};

	(void)state;
	stream_start(&s, 0);
	assert_int_equal(stream_put(&s, 0, bytes_of("abcd")), STREAM_MORE);
	stream_drain(&s, 3);
	assert_true(bytes_equal_text(stream_bytes(&s), "d"));
	assert_int_equal(stream_put(&s, 0, bytes_of("abcde")), STREAM_MORE);
	assert_true(bytes_equal_text(stream_bytes(&s), "de"));
	stream_clear(&s);
}

static void
it_ends_with_fin_and_not_before_every_byte_came(void **state)
{
	struct stream s = {0};

	(void)state;
	stream_start(&s, 0);
	assert_false(stream_finished(&s));
	stream_finish(&s, 4);
	assert_int_equal(stream_put(&s, 2, bytes_of("cd")), STREAM_HELD);
	assert_false(stream_finished(&s));
	assert_int_equal(stream_put(&s, 0, bytes_of("ab")), STREAM_MORE);
	assert_true(stream_finished(&s));
	stream_clear(&s);
}

static void
an_acknowledgement_tells_a_gap_from_a_delay(void **state)
{
	struct stream s = {0};

	(void)state;
	stream_start(&s, 0);
	assert_int_equal(stream_put(&s, 0, bytes_of("ab")), STREAM_MORE);
	/* Nothing is held: the rest may still come. */
	assert_int_equal(stream_acknowledged(&s, 5), 0);
	assert_int_equal(stream_put(&s, 5, bytes_of("fg")), STREAM_HELD);
	assert_int_equal(stream_acknowledged(&s, 2), 0);
	assert_int_equal(stream_acknowledged(&s, 4), 0);
	assert_true(bytes_equal_text(stream_bytes(&s), "ab"));
	assert_int_equal(stream_acknowledged(&s, 7), 3);
	assert_true(bytes_equal_text(stream_bytes(&s), "fg"));
	assert_int_equal(stream_acknowledged(&s, 7), 0);
	assert_int_equal(stream_put(&s, 7, bytes_of("h")), STREAM_MORE);
	stream_clear(&s);
}

static void
as_many_bytes_are_held_as_allowed_and_not_one_more(void **state)
{
	static uint8_t piece[1 << 16];
	const uint32_t pieces = STREAM_HELD_MAX / sizeof(piece);
	struct stream s = {0};

	(void)state;
	stream_start(&s, 0);
	for (uint32_t i = 0; i < pieces; i++)
		assert_int_equal(stream_put(&s, 1 + i * (uint32_t)sizeof(piece),
				     (struct bytes){piece, sizeof(piece)}),
		    STREAM_HELD);
	assert_int_equal(
	    stream_put(&s, 1 + STREAM_HELD_MAX, bytes_of("x")), STREAM_REFUSED);
	assert_int_equal(stream_put(&s, 0, bytes_of("x")), STREAM_MORE);
	assert_int_equal(stream_bytes(&s).left, STREAM_HELD_MAX + 1);
	stream_clear(&s);
}

static void
as_many_pieces_are_held_as_allowed_and_not_one_more(void **state)
{
	struct stream s = {0};

	(void)state;
	stream_start(&s, 0);
	for (uint32_t i = 1; i <= STREAM_PIECES_MAX; i++)
		assert_int_equal(
		    stream_put(&s, 2 * i, bytes_of("x")), STREAM_HELD);
	assert_int_equal(
	    stream_put(&s, 2 * STREAM_PIECES_MAX + 2, bytes_of("x")),
	    STREAM_REFUSED);
	stream_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		pieces_in_any_order_and_overlap_give_each_byte_once),
	    cmocka_unit_test(sequence_numbers_may_wrap_anywhere_within),
	    cmocka_unit_test(every_order_of_three_pieces_gives_the_same_stream),
	    cmocka_unit_test(
		a_stream_that_was_not_started_starts_with_its_first_piece),
	    cmocka_unit_test(what_is_drained_does_not_come_again),
	    cmocka_unit_test(it_ends_with_fin_and_not_before_every_byte_came),
	    cmocka_unit_test(an_acknowledgement_tells_a_gap_from_a_delay),
	    cmocka_unit_test(
		as_many_bytes_are_held_as_allowed_and_not_one_more),
	    cmocka_unit_test(
		as_many_pieces_are_held_as_allowed_and_not_one_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
