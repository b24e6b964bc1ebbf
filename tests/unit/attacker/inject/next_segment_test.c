/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "inject/next_segment.h"
#include "lab_clock.h"

#include <string.h>

#define MS (NANOSECONDS / 1000)

/* A connection in the middle of its life. */
static struct conversation
alive(void)
{
	struct conversation c = {
	    .number = 1,
	    .side = {{.endpoint = {AF_INET, {198, 51, 100, 10}, 40000},
			 .seen = true,
			 .mac = {2, 0, 0, 0, 1, 0x10},
			 .ttl = 64,
			 .next_seq = 1000,
			 .last_ack = 4900,
			 .window = 501,
			 .has_timestamp = true,
			 .tsval = 70,
			 .tsecr = 80,
			 .tsval_at = 10 * NANOSECONDS},
		{.endpoint = {AF_INET, {198, 51, 100, 20}, 443},
		    .seen = true,
		    .mac = {2, 0, 0, 0, 1, 0x20},
		    .ttl = 63,
		    .next_seq = 5000,
		    .window = 502,
		    .has_timestamp = true,
		    .tsval = 90,
		    .tsval_at = 10 * NANOSECONDS}},
	};

	return c;
}

static const struct bytes hello = {(const uint8_t *)"hello", 5};

static void
the_clients_next_segment_goes_on_from_where_both_sides_are(void **state)
{
	struct conversation c = alive();
	struct segment s;

	(void)state;
	assert_int_equal(next_segment(&c, SIDE_CLIENT,
			     10 * NANOSECONDS + 25 * MS, 0, hello, &s),
	    NEXT_SEGMENT_READY);
	assert_true(endpoint_equal(&s.src, &c.side[SIDE_CLIENT].endpoint));
	assert_true(endpoint_equal(&s.dest, &c.side[SIDE_SERVER].endpoint));
	assert_memory_equal(s.src_mac, c.side[SIDE_CLIENT].mac, 6);
	assert_memory_equal(s.dest_mac, c.side[SIDE_SERVER].mac, 6);
	assert_int_equal(s.seq, 1000);
	assert_int_equal(s.ack, 5000);
	assert_int_equal(s.flags, TCP_FLAG_PSH | TCP_FLAG_ACK);
	assert_int_equal(s.window, 501);
	assert_int_equal(s.ttl, 64);
	assert_true(s.has_timestamp);
	assert_int_equal(s.tsval, 96);
	assert_int_equal(s.tsecr, 90);
	assert_true(bytes_equal(s.payload, hello));
}

static void
the_servers_next_segment_is_the_mirror_of_it(void **state)
{
	struct conversation c = alive();
	struct segment s;

	(void)state;
	assert_int_equal(
	    next_segment(&c, SIDE_SERVER, 10 * NANOSECONDS, 0, hello, &s),
	    NEXT_SEGMENT_READY);
	assert_int_equal(s.seq, 5000);
	assert_int_equal(s.ack, 1000);
	assert_int_equal(s.window, 502);
	assert_int_equal(s.ttl, 63);
	assert_int_equal(s.tsecr, 70);
}

static void
a_time_stamp_is_one_tick_further_than_the_time_and_wraps(void **state)
{
	static const struct {
		int64_t elapsed; /* nanoseconds */
		uint32_t last, expected;
	} rows[] = {
	    {0, 70, 71},
	    {-5 * NANOSECONDS, 70, 71}, /* the clock was set back */
	    {MS - 1, 70, 71},
	    {MS, 70, 72},
	    {2 * MS - 1, 70, 72},
	    {2 * MS, 70, 73},
	    {60 * NANOSECONDS, 70, 60071},
	    {10 * MS, UINT32_MAX - 4, 6},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conversation c = alive();
		struct segment s;

		c.side[SIDE_CLIENT].tsval = rows[i].last;
		assert_int_equal(
		    next_segment(&c, SIDE_CLIENT,
			10 * NANOSECONDS + rows[i].elapsed, 0, hello, &s),
		    NEXT_SEGMENT_READY);
		assert_int_equal(s.tsval, rows[i].expected);
	}
}

static void
a_later_piece_has_a_later_sequence_number_which_wraps(void **state)
{
	struct conversation c = alive();
	struct segment s;

	(void)state;
	c.side[SIDE_CLIENT].next_seq = UINT32_MAX - 1;
	assert_int_equal(next_segment(&c, SIDE_CLIENT, 0, 1400, hello, &s),
	    NEXT_SEGMENT_READY);
	assert_int_equal(s.seq, 1398);
}

static void
without_time_stamps_on_both_sides_there_is_none(void **state)
{
	(void)state;
	for (int i = 0; i < SIDES; i++) {
		struct conversation c = alive();
		struct segment s;

		c.side[i].has_timestamp = false;
		assert_int_equal(next_segment(&c, SIDE_CLIENT, 0, 0, hello, &s),
		    NEXT_SEGMENT_READY);
		assert_false(s.has_timestamp);
	}
}

static void
a_connection_that_cannot_go_on_is_refused(void **state)
{
	struct segment s;

	(void)state;
	for (int i = 0; i < SIDES; i++) {
		struct conversation c = alive();

		c.side[i].finished = true;
		assert_int_equal(next_segment(&c, SIDE_CLIENT, 0, 0, hello, &s),
		    NEXT_SEGMENT_OVER);
		c = alive();
		c.side[i].seen = false;
		assert_int_equal(next_segment(&c, SIDE_CLIENT, 0, 0, hello, &s),
		    NEXT_SEGMENT_SIDE_SILENT);
		c = alive();
		memset(c.side[i].mac, 0, sizeof(c.side[i].mac));
		assert_int_equal(next_segment(&c, SIDE_CLIENT, 0, 0, hello, &s),
		    NEXT_SEGMENT_NO_ETHERNET);
		c = alive();
		c.reset = true;
		assert_int_equal(
		    next_segment(&c, (enum side)i, 0, 0, hello, &s),
		    NEXT_SEGMENT_OVER);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_clients_next_segment_goes_on_from_where_both_sides_are),
	    cmocka_unit_test(the_servers_next_segment_is_the_mirror_of_it),
	    cmocka_unit_test(
		a_time_stamp_is_one_tick_further_than_the_time_and_wraps),
	    cmocka_unit_test(
		a_later_piece_has_a_later_sequence_number_which_wraps),
	    cmocka_unit_test(without_time_stamps_on_both_sides_there_is_none),
	    cmocka_unit_test(a_connection_that_cannot_go_on_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
