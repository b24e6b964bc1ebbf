/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/position.h"

#include <string.h>

static const uint8_t ours[6] = {2, 0, 0, 0, 1, 0x66};
static const struct arp_party ends[2] = {
    {{2, 0, 0, 0, 1, 0x10}, {198, 51, 100, 10}},
    {{2, 0, 0, 0, 1, 0x20}, {198, 51, 100, 20}}};

struct sent {
	struct arp_frame frame[16];
	size_t count;
};

static void
take(void *user, struct bytes frame)
{
	struct sent *s = user;

	assert_true(s->count < 16);
	assert_int_equal(frame.left, 42);
	assert_true(arp_frame_read(frame, &s->frame[s->count++]));
}

/* The bytes of RFC 826, by hand. */
static const uint8_t wire[42] = {2, 0, 0, 0, 1, 0x10, 2, 0, 0, 0, 1, 0x66, 8, 6,
    0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 1, 0x66, 198, 51, 100, 20, 0, 0, 0, 0,
    0, 0, 198, 51, 100, 10};

static void
what_is_written_is_the_bytes_of_the_standard(void **state)
{
	struct arp_frame a = {.to = {2, 0, 0, 0, 1, 0x10},
	    .from = {2, 0, 0, 0, 1, 0x66},
	    .operation = ARP_REQUEST,
	    .sender = {{2, 0, 0, 0, 1, 0x66}, {198, 51, 100, 20}},
	    .target = {{0}, {198, 51, 100, 10}}};
	struct buffer out = {0};

	(void)state;
	assert_int_equal(arp_frame_write(&a, &out), 0);
	assert_true(bytes_equal(
	    buffer_bytes(&out), (struct bytes){wire, sizeof(wire)}));
	buffer_clear(&out);
}

static void
every_shorter_prefix_and_other_kinds_are_no_arp(void **state)
{
	static const size_t kinds[] = {12, 13, 14, 15, 16, 17, 18, 19};
	struct arp_frame a;
	uint8_t other[sizeof(wire)];

	(void)state;
	assert_true(arp_frame_read((struct bytes){wire, sizeof(wire)}, &a));
	for (size_t n = 0; n < sizeof(wire); n++)
		assert_false(arp_frame_read((struct bytes){wire, n}, &a));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		memcpy(other, wire, sizeof(wire));
		other[kinds[i]] ^= 0x40;
		assert_false(
		    arp_frame_read((struct bytes){other, sizeof(other)}, &a));
	}
}

/* An answer of that end to what we asked. */
static struct arp_frame
answer_of(size_t end)
{
	struct arp_frame a = {.operation = ARP_REPLY,
	    .sender = ends[end],
	    .target = ends[1 - end]};

	memcpy(a.from, ends[end].mac, 6);
	memcpy(a.to, ours, 6);
	memcpy(a.target.mac, ours, 6);
	return a;
}

static void
each_end_is_told_that_the_other_is_here_and_later_the_truth(void **state)
{
	struct sent sent = {0};
	const struct outlet outlet = {take, &sent};
	struct position p;

	(void)state;
	position_init(&p, ours, ends, &outlet);
	assert_int_equal(position_claim(&p), 0);
	assert_int_equal(position_give_back(&p), 0);
	assert_int_equal(sent.count, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct arp_frame *a = &sent.frame[i];
		size_t end = i % 2;

		assert_memory_equal(a->to, ends[end].mac, 6);
		assert_memory_equal(a->from, ours, 6);
		assert_memory_equal(
		    a->sender.address, ends[1 - end].address, 4);
		assert_memory_equal(a->target.address, ends[end].address, 4);
		assert_memory_equal(
		    a->sender.mac, i < 2 ? ours : ends[1 - end].mac, 6);
	}
}

static void
it_is_taken_when_both_ends_have_answered_to_us(void **state)
{
	struct sent sent = {0};
	const struct outlet outlet = {take, &sent};
	struct arp_frame a = answer_of(0), b = answer_of(1), elsewhere;
	struct position p;

	(void)state;
	position_init(&p, ours, ends, &outlet);
	assert_int_equal(position_hear(&p, &a), POSITION_ANSWERED);
	assert_int_equal(position_hear(&p, &a), POSITION_NO_NEWS);
	assert_false(position_taken(&p));
	elsewhere = b; /* an answer to somebody else proves nothing */
	memcpy(elsewhere.target.mac, ends[0].mac, 6);
	assert_int_equal(position_hear(&p, &elsewhere), POSITION_CONTESTED);
	assert_false(position_taken(&p));
	assert_int_equal(position_hear(&p, &b), POSITION_ANSWERED);
	assert_true(position_taken(&p));
}

static void
an_end_that_asks_aloud_gets_our_answer_and_the_story_is_told_again(void **state)
{
	struct sent sent = {0};
	const struct outlet outlet = {take, &sent};
	struct arp_frame asks = {.to = {255, 255, 255, 255, 255, 255},
	    .operation = ARP_REQUEST,
	    .sender = ends[0],
	    .target = {{0}, {198, 51, 100, 20}}};
	struct position p;

	(void)state;
	memcpy(asks.from, ends[0].mac, 6);
	position_init(&p, ours, ends, &outlet);
	assert_int_equal(position_hear(&p, &asks), POSITION_CONTESTED);
	assert_int_equal(sent.count, 3);
	assert_int_equal(sent.frame[0].operation, ARP_REPLY);
	assert_memory_equal(sent.frame[0].to, ends[0].mac, 6);
	assert_memory_equal(sent.frame[0].sender.mac, ours, 6);
	assert_memory_equal(sent.frame[0].sender.address, ends[1].address, 4);
	sent.count = 0; /* its true answer may come after ours */
	assert_int_equal(position_tick(&p), 0);
	assert_int_equal(sent.count, 2);
}

static void
what_others_say_and_our_own_frames_change_nothing(void **state)
{
	struct sent sent = {0};
	const struct outlet outlet = {take, &sent};
	struct arp_frame stranger = {.operation = ARP_REQUEST,
	    .from = {2, 0, 0, 0, 1, 0x11},
	    .sender = {{2, 0, 0, 0, 1, 0x11}, {198, 51, 100, 11}},
	    .target = {{0}, {198, 51, 100, 20}}};
	struct arp_frame own = answer_of(0);
	struct position p;

	(void)state;
	memcpy(own.from, ours, 6);
	position_init(&p, ours, ends, &outlet);
	assert_int_equal(position_hear(&p, &stranger), POSITION_NO_NEWS);
	assert_int_equal(position_hear(&p, &own), POSITION_NO_NEWS);
	assert_int_equal(sent.count, 0);
}

static void
once_taken_it_is_restated_now_and_then(void **state)
{
	struct sent sent = {0};
	const struct outlet outlet = {take, &sent};
	struct arp_frame a = answer_of(0), b = answer_of(1);
	struct position p;

	(void)state;
	position_init(&p, ours, ends, &outlet);
	assert_int_equal(position_tick(&p), 0); /* not taken yet: again */
	assert_int_equal(sent.count, 2);
	position_hear(&p, &a);
	position_hear(&p, &b);
	sent.count = 0;
	for (int i = 0; i < POSITION_RESTATE * 3; i++)
		assert_int_equal(position_tick(&p), 0);
	assert_int_equal(sent.count, 2 * 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_the_bytes_of_the_standard),
	    cmocka_unit_test(every_shorter_prefix_and_other_kinds_are_no_arp),
	    cmocka_unit_test(
		each_end_is_told_that_the_other_is_here_and_later_the_truth),
	    cmocka_unit_test(it_is_taken_when_both_ends_have_answered_to_us),
	    cmocka_unit_test(
		an_end_that_asks_aloud_gets_our_answer_and_the_story_is_told_again),
	    cmocka_unit_test(what_others_say_and_our_own_frames_change_nothing),
	    cmocka_unit_test(once_taken_it_is_restated_now_and_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
