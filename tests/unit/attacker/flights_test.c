/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "flights.h"

#include <string.h>

/*
 * Lower case: the client said it.  A dot: the server spoke; a bar: that was a
 * TLS record.
 */
static void
play(struct flights *f, const char *turns)
{
	*f = (struct flights){0};
	for (; *turns != '\0'; turns++) {
		if (*turns == '.')
			flights_hear(f);
		else if (*turns == '|')
			f->other_records++;
		else
			flights_speak(
			    f, (struct bytes){(const uint8_t *)turns, 1});
	}
}

static void
a_flight_ends_where_the_other_spoke(void **state)
{
	static const struct {
		const char *turns;
		const char *flights[4];
	} rows[] = {
	    {"", {NULL}},
	    {".", {NULL}},
	    {"abc", {"abc"}},
	    {".abc", {"abc"}},
	    {"ab.", {"ab"}},
	    {"ab..c.de", {"ab", "c", "de"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flights f;
		size_t n;

		play(&f, rows[i].turns);
		for (n = 0; rows[i].flights[n] != NULL; n++)
			assert_true(bytes_equal_text(
			    flights_get(&f, n), rows[i].flights[n]));
		assert_int_equal(f.count, n);
		flights_clear(&f);
	}
}

static void
only_the_first_flights_can_be_kept(void **state)
{
	static const struct {
		size_t keep, left;
		const char *stream;
		bool cut;
	} rows[] = {
	    {0, 0, "", true},
	    {1, 1, "ab", true},
	    {2, 2, "abc", true},
	    {3, 3, "abcde", false},
	    {4, 3, "abcde", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flights f;

		play(&f, "ab..c.de");
		assert_int_equal(flights_keep(&f, rows[i].keep), rows[i].cut);
		assert_int_equal(f.count, rows[i].left);
		assert_true(
		    bytes_equal_text(buffer_bytes(&f.stream), rows[i].stream));
		flights_clear(&f);
	}
}

static void
nothing_said_is_no_flight(void **state)
{
	struct flights f = {0};

	(void)state;
	flights_speak(&f, (struct bytes){NULL, 0});
	assert_int_equal(f.count, 0);
	flights_clear(&f);
}

static void
what_comes_after_the_most_flights_is_part_of_the_last(void **state)
{
	struct flights f = {0};

	(void)state;
	for (int i = 0; i < FLIGHTS_MAX + 2; i++) {
		flights_speak(&f, bytes_of("x"));
		flights_hear(&f);
	}
	assert_int_equal(f.count, FLIGHTS_MAX);
	assert_int_equal(flights_get(&f, FLIGHTS_MAX - 2).left, 1);
	assert_int_equal(flights_get(&f, FLIGHTS_MAX - 1).left, 3);
	flights_clear(&f);
}

static void
a_flight_is_due_after_as_many_records_as_then(void **state)
{
	struct flights f;

	(void)state;
	play(&f, "a.|b.|.|c.");
	assert_false(flights_is_due(&f, 0, 0)); /* it came first */
	assert_false(flights_is_due(&f, 1, 0));
	assert_true(flights_is_due(&f, 1, 1));
	assert_false(flights_is_due(&f, 2, 2));
	assert_true(flights_is_due(&f, 2, 3));
	assert_true(flights_is_due(&f, 2, 4));
	flights_clear(&f);
	play(&f, "a.b.c");
	for (uint64_t records = 0; records < 4; records++)
		assert_false(flights_is_due(&f, 2, records));
	flights_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_flight_ends_where_the_other_spoke),
	    cmocka_unit_test(only_the_first_flights_can_be_kept),
	    cmocka_unit_test(nothing_said_is_no_flight),
	    cmocka_unit_test(
		what_comes_after_the_most_flights_is_part_of_the_last),
	    cmocka_unit_test(a_flight_is_due_after_as_many_records_as_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
