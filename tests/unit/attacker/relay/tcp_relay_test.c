/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/tcp_relay.h"

#include <string.h>

/*
 * Two ends are played by hand: what each of them would send, and what comes
 * out for the other.  Numbers wrap in the middle of everything.
 */
#define CLIENT_ISN (UINT32_MAX - 20)
#define SERVER_ISN (UINT32_MAX - 10)
#define NOW INT64_C(1000000000)

struct lab {
	struct rules rules;
	struct tcp_pair_calls calls;
	struct outlet outlet;
	struct tcp_relay *relay;
	struct buffer frame[32];
	struct tcp_frame got[32];
	size_t count;
	size_t edits;
	int64_t now;
};

static const struct endpoint ends[SIDES] = {
    {AF_INET, {198, 51, 100, 10}, 40000}, {AF_INET, {198, 51, 100, 20}, 443}};

static void
take(void *user, struct bytes frame)
{
	struct lab *l = user;

	assert_true(l->count < 32);
	buffer_reset(&l->frame[l->count]);
	buffer_add_bytes(&l->frame[l->count], frame);
	assert_true(tcp_frame_read(
	    buffer_bytes(&l->frame[l->count]), &l->got[l->count]));
	l->count++;
}

static void
hear_edit(void *user, const struct tcp_edit *edit)
{
	struct lab *l = user;

	assert_non_null(edit->edit->rule);
	l->edits++;
}

/* One side says something; what had come out before is forgotten. */
static bool
say(struct lab *l, enum side side, uint32_t seq, uint32_t ack, uint8_t flags,
    struct bytes payload)
{
	const struct hop hop = {{2, 6}, {2, 1}, 1500};
	struct tcp_frame f = {.segment = {.src = ends[side],
				  .dest = ends[side_other(side)],
				  .src_mac = {2, 0x10},
				  .dest_mac = {2, 6},
				  .seq = seq,
				  .ack = ack,
				  .flags = flags,
				  .window = 500,
				  .ttl = 64,
				  .has_timestamp = true,
				  .tsval = 100 + (uint32_t)(l->now / NOW),
				  .tsecr = 7,
				  .payload = payload}};
	struct buffer frame = {0};
	bool taken;

	l->count = 0;
	tcp_frame_write(&f, &frame);
	taken = tcp_relay_frame(l->relay, buffer_bytes(&frame), &hop, l->now);
	buffer_clear(&frame);
	return taken;
}

static const struct bytes nothing = {(const uint8_t *)"", 0};

static void
open_lab(struct lab *l, enum rule_action action, const char *words)
{
	*l = (struct lab){.rules = {.allowed = true}, .now = NOW};
	l->calls = (struct tcp_pair_calls){hear_edit, NULL, l};
	l->outlet = (struct outlet){take, l};
	assert_true(rules_add(&l->rules, action, words, 0));
	l->relay = tcp_relay_new(&l->rules, 1500, &l->outlet, &l->calls);
	/* The handshake passes as it is, but for its last segment. */
	assert_false(say(l, SIDE_CLIENT, CLIENT_ISN, 0, TCP_FLAG_SYN, nothing));
	assert_false(say(l, SIDE_SERVER, SERVER_ISN, CLIENT_ISN + 1,
	    TCP_FLAG_SYN | TCP_FLAG_ACK, nothing));
	assert_true(say(l, SIDE_CLIENT, CLIENT_ISN + 1, SERVER_ISN + 1,
	    TCP_FLAG_ACK, nothing));
	assert_int_equal(l->count, 1);
}

static void
close_lab(struct lab *l)
{
	tcp_relay_free(l->relay);
	for (size_t i = 0; i < 32; i++)
		buffer_clear(&l->frame[i]);
}

/* Numbers behind the handshake, for reading. */
static uint32_t
c(uint32_t n)
{
	return CLIENT_ISN + 1 + n;
}

static uint32_t
s(uint32_t n)
{
	return SERVER_ISN + 1 + n;
}

static void
assert_sent(const struct lab *l, size_t i, enum side from, uint32_t seq,
    uint32_t ack, size_t length)
{
	assert_true(i < l->count);
	assert_true(endpoint_equal(&l->got[i].segment.src, &ends[from]));
	assert_int_equal(l->got[i].segment.seq, seq);
	assert_int_equal(l->got[i].segment.ack, ack);
	assert_int_equal(l->got[i].segment.payload.left, length);
	assert_int_equal(l->got[i].segment.src_mac[1], 6);
}

/* Two records: 15 bytes, then 25. */
static const uint8_t two[] = {23, 3, 3, 0, 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 23,
    3, 3, 0, 20, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
static const struct bytes first = {two, 15}, both = {two, 40};

static void
without_an_edit_numbers_pass_unchanged(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DROP, "client:99");
	assert_true(say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, both));
	assert_int_equal(l.count, 1);
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 40);
	assert_true(say(&l, SIDE_SERVER, s(0), c(40), TCP_FLAG_ACK, first));
	assert_int_equal(l.count, 1);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(40), 15);
	close_lab(&l);
}

static void
after_a_duplicate_the_ends_count_differently_and_do_not_notice(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DUPLICATE, "client:1");
	assert_true(say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, first));
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 30);
	assert_int_equal(l.edits, 1);
	/* The server has both; the client is told of the one it sent. */
	say(&l, SIDE_SERVER, s(0), c(30), TCP_FLAG_ACK, nothing);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(15), 0);
	/* What follows is moved, and so is FIN. */
	say(&l, SIDE_CLIENT, c(15), s(0), TCP_FLAG_ACK | TCP_FLAG_FIN, first);
	assert_sent(&l, 0, SIDE_CLIENT, c(30), s(0), 15);
	assert_true(l.got[0].segment.flags & TCP_FLAG_FIN);
	say(&l, SIDE_SERVER, s(0), c(46), TCP_FLAG_ACK | TCP_FLAG_FIN, nothing);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(31), 0);
	close_lab(&l);
}

static void
what_is_dropped_is_acknowledged_by_us(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DROP, "client:1");
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, first);
	assert_int_equal(l.count, 1);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(15), 0);
	say(&l, SIDE_CLIENT, c(15), s(0), TCP_FLAG_ACK, first);
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 15);
	say(&l, SIDE_SERVER, s(0), c(15), TCP_FLAG_ACK, nothing);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(30), 0);
	close_lab(&l);
}

/* Half of a record may be lost on the way to us, and come later. */
static void
a_gap_waits_and_a_repetition_is_answered(void **state)
{
	struct bytes rest = both, front;
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DUPLICATE, "client:1");
	assert_true(bytes_take(&rest, 7, &front));
	say(&l, SIDE_CLIENT, c(7), s(0), TCP_FLAG_ACK, rest);
	assert_int_equal(l.count, 0);
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, front);
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 55);
	/* The second record again: it is behind the copy now. */
	assert_true(bytes_skip(&rest, 8));
	say(&l, SIDE_CLIENT, c(15), s(0), TCP_FLAG_ACK, rest);
	assert_sent(&l, 0, SIDE_CLIENT, c(30), s(0), 25);
	/* All of it was had: the client missed the acknowledgement. */
	say(&l, SIDE_SERVER, s(0), c(55), TCP_FLAG_ACK, nothing);
	say(&l, SIDE_CLIENT, c(15), s(0), TCP_FLAG_ACK, rest);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(40), 0);
	close_lab(&l);
}

static void
what_was_put_in_is_repeated_by_us_until_it_is_acknowledged(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DUPLICATE, "client:1");
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, first);
	say(&l, SIDE_SERVER, s(0), c(15), TCP_FLAG_ACK, nothing);
	l.count = 0;
	tcp_relay_tick(l.relay, l.now + NOW / 10);
	assert_int_equal(l.count, 0);
	tcp_relay_tick(l.relay, l.now + NOW);
	assert_int_equal(l.count, 1);
	assert_sent(&l, 0, SIDE_CLIENT, c(15), s(0), 15);
	say(&l, SIDE_SERVER, s(0), c(30), TCP_FLAG_ACK, nothing);
	l.count = 0;
	tcp_relay_tick(l.relay, l.now + 60 * NOW);
	assert_int_equal(l.count, 0);
	close_lab(&l);
}

static void
what_is_held_leaves_when_released_and_a_reset_does_not(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_HOLD, "client:1");
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, both);
	assert_int_equal(l.count, 1);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(15), 0);
	say(&l, SIDE_CLIENT, c(40), s(0), TCP_FLAG_ACK | TCP_FLAG_RST, nothing);
	assert_int_equal(l.count, 0);
	assert_int_equal(tcp_relay_release(l.relay, l.now), 1);
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 40);
	assert_int_equal(tcp_relay_release(l.relay, l.now), 0);
	close_lab(&l);
}

static void
a_reset_gets_the_number_that_is_due(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DROP, "client:1");
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, first);
	say(&l, SIDE_CLIENT, c(15), 0, TCP_FLAG_RST, nothing);
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 0);
	assert_true(l.got[0].segment.flags & TCP_FLAG_RST);
	close_lab(&l);
}

static void
what_is_reflected_comes_back_as_the_others_next_bytes(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_REFLECT, "server:1");
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, first);
	say(&l, SIDE_SERVER, s(0), c(15), TCP_FLAG_ACK, both);
	assert_int_equal(l.count, 2);
	assert_sent(&l, 0, SIDE_CLIENT, c(15), s(0), 15);
	assert_sent(&l, 1, SIDE_SERVER, s(0), c(15), 40);
	close_lab(&l);
}

static void
no_more_is_sent_than_the_receiver_has_room_for(void **state)
{
	static uint8_t large[1005] = {23, 3, 3, 1000 >> 8, 1000 & 255};
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DUPLICATE, "client:1");
	/* 500 bytes of room, as every segment here says. */
	say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK,
	    (struct bytes){large, sizeof(large)});
	assert_sent(&l, 0, SIDE_CLIENT, c(0), s(0), 500);
	assert_int_equal(l.count, 1);
	say(&l, SIDE_SERVER, s(0), c(500), TCP_FLAG_ACK, nothing);
	assert_sent(&l, 0, SIDE_CLIENT, c(500), s(0), 500);
	close_lab(&l);
}

static const uint8_t request[] = "GET / HTTP/1.1\r\nHost: g\r\n\r\n";
static const struct bytes get = {request, sizeof(request) - 1};

static void
a_connection_that_began_before_us_is_joined_where_a_message_begins(void **state)
{
	const uint32_t n = (uint32_t)sizeof(request) - 1;
	struct bytes middle = {two + 7, 8};
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DUPLICATE, "request 1");
	tcp_relay_free(l.relay);
	l.relay = tcp_relay_new(&l.rules, 1500, &l.outlet, &l.calls);
	assert_false(say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, nothing));
	assert_false(say(&l, SIDE_CLIENT, c(0), s(0), TCP_FLAG_ACK, middle));
	assert_int_equal(l.count, 0);
	assert_true(say(&l, SIDE_CLIENT, c(8), s(0), TCP_FLAG_ACK, get));
	assert_sent(&l, 0, SIDE_CLIENT, c(8), s(0), 2 * n);
	say(&l, SIDE_SERVER, s(0), c(8 + 2 * n), TCP_FLAG_ACK, first);
	assert_sent(&l, 0, SIDE_SERVER, s(0), c(8 + n), 15);
	close_lab(&l);
}

static void
what_is_dropped_from_a_joined_connection_is_acknowledged_for_it(void **state)
{
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DROP, "request 1");
	tcp_relay_free(l.relay);
	l.relay = tcp_relay_new(&l.rules, 1500, &l.outlet, &l.calls);
	assert_true(say(&l, SIDE_CLIENT, c(8), s(5), TCP_FLAG_ACK, get));
	assert_int_equal(l.count, 1);
	assert_sent(&l, 0, SIDE_SERVER, s(5), c(8 + (uint32_t)get.left), 0);
	close_lab(&l);
}

/* The second one's SYN is the client's, too. */
static void
connections_side_by_side_are_told_apart(void **state)
{
	const struct endpoint other = {AF_INET, {198, 51, 100, 10}, 40001};
	const struct hop hop = {{2, 6}, {2, 1}, 1500};
	struct tcp_frame f = {.segment = {.src = other,
				  .dest = ends[SIDE_SERVER],
				  .seq = 50,
				  .flags = TCP_FLAG_SYN}};
	struct buffer frame = {0};
	struct lab l;

	(void)state;
	open_lab(&l, RULE_DUPLICATE, "client:1");
	tcp_frame_write(&f, &frame);
	assert_false(tcp_relay_frame(l.relay, buffer_bytes(&frame), &hop, NOW));
	buffer_reset(&frame);
	f.segment.src = ends[SIDE_SERVER];
	f.segment.dest = other;
	f.segment.flags |= TCP_FLAG_ACK;
	f.segment.ack = 51;
	tcp_frame_write(&f, &frame);
	assert_false(tcp_relay_frame(l.relay, buffer_bytes(&frame), &hop, NOW));
	assert_int_equal(tcp_relay_connections(l.relay), 2);
	buffer_reset(&frame);
	f.segment.src = other;
	f.segment.dest = ends[SIDE_SERVER];
	f.segment.flags = TCP_FLAG_ACK;
	f.segment.seq = f.segment.ack = 51;
	tcp_frame_write(&f, &frame);
	l.count = 0;
	assert_true(tcp_relay_frame(l.relay, buffer_bytes(&frame), &hop, NOW));
	assert_int_equal(l.count, 1);
	assert_int_equal(l.got[0].segment.seq, 51);
	assert_int_equal(l.got[0].segment.ack, 51);
	buffer_clear(&frame);
	close_lab(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(connections_side_by_side_are_told_apart),
	    cmocka_unit_test(without_an_edit_numbers_pass_unchanged),
	    cmocka_unit_test(
		after_a_duplicate_the_ends_count_differently_and_do_not_notice),
	    cmocka_unit_test(what_is_dropped_is_acknowledged_by_us),
	    cmocka_unit_test(a_gap_waits_and_a_repetition_is_answered),
	    cmocka_unit_test(
		what_was_put_in_is_repeated_by_us_until_it_is_acknowledged),
	    cmocka_unit_test(
		what_is_held_leaves_when_released_and_a_reset_does_not),
	    cmocka_unit_test(a_reset_gets_the_number_that_is_due),
	    cmocka_unit_test(
		what_is_reflected_comes_back_as_the_others_next_bytes),
	    cmocka_unit_test(no_more_is_sent_than_the_receiver_has_room_for),
	    cmocka_unit_test(
		a_connection_that_began_before_us_is_joined_where_a_message_begins),
	    cmocka_unit_test(
		what_is_dropped_from_a_joined_connection_is_acknowledged_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
