/* SPDX-License-Identifier: MIT */
/* What comes out for the receiver, datagram by datagram, under each rule. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/datagram_relay.h"

#include "dtls_record.h"

#include <pcap/dlt.h>
#include <string.h>

static struct rules rules;
static struct outlet outlet;
static struct datagram_relay *relay;
static struct datagram_calls calls;
static uint16_t client_port;
/* "c1 c2 ": who sent what came out; "c2! c3? ": arrives, or is withheld. */
static struct buffer out, told;

static char
letter(enum side side)
{
	return side == SIDE_CLIENT ? 'c' : 's';
}

static void
take(void *user, struct bytes frame)
{
	struct dtls_record record;
	struct segment s;

	(void)user;
	assert_int_equal(segment_read(DLT_EN10MB, frame, &s), SEGMENT_UDP);
	assert_int_equal(s.dest_mac[1], 1); /* on its way, from us */
	assert_int_equal(s.src_mac[1], 6);
	assert_true(dtls_record_take(&s.payload, &record));
	buffer_printf(
	    &out, "%c%d ", s.src.port == 443 ? 's' : 'c', (int)record.number);
}

static void
hear(void *user, const struct datagram_edit *e)
{
	(void)user;
	assert_int_equal(e->end[SIDE_SERVER].port, 443);
	buffer_printf(&told, "%zu%c%d%c ", e->conversation, letter(e->side),
	    (int)e->edit->number, e->edit->arrives ? '!' : '?');
}

static void
count(void *user, enum side side, const struct unit_piece *last)
{
	(void)user;
	(void)side;
	assert_true(last->is_unit && last->ends);
}

static void
begin(enum rule_action action, const char *words)
{
	rules = (struct rules){.allowed = true};
	outlet = (struct outlet){take, NULL};
	calls = (struct datagram_calls){hear, count, NULL};
	assert_true(rules_add(&rules, action, words, 0));
	relay = datagram_relay_new(&rules, &outlet, &calls);
	client_port = 40000;
}

static void
end(void)
{
	datagram_relay_free(relay);
	buffer_clear(&out);
	buffer_clear(&told);
}

static void
expect(const char *came, const char *said)
{
	assert_string_equal(buffer_text(&out), came);
	assert_string_equal(buffer_text(&told), said);
	buffer_reset(&out);
	buffer_reset(&told);
}

static bool
say_bytes(enum side side, struct bytes payload)
{
	const struct hop hop = {{2, 6}, {2, 1}, 1500};
	const uint8_t c = 10, s = 20;
	struct buffer b = {0};
	bool taken;

	buffer_add(&b, "\2\6\0\0\0\0\2\x10\0\0\0\0\x08\0\x45\0", 16);
	buffer_add_u16(&b, (uint16_t)(28 + payload.left));
	buffer_add(&b, "\0\0\0\0\x40\x11\0\0", 8);
	buffer_add(
	    &b, (uint8_t[]){198, 51, 100, side == SIDE_CLIENT ? c : s}, 4);
	buffer_add(
	    &b, (uint8_t[]){198, 51, 100, side == SIDE_CLIENT ? s : c}, 4);
	buffer_add_u16(&b, side == SIDE_CLIENT ? client_port : 443);
	buffer_add_u16(&b, side == SIDE_CLIENT ? 443 : client_port);
	buffer_add_u16(&b, (uint16_t)(8 + payload.left));
	buffer_add_u16(&b, 0);
	buffer_add_bytes(&b, payload);
	taken = datagram_relay_frame(relay, buffer_bytes(&b), &hop);
	buffer_clear(&b);
	return taken;
}

/* A datagram with records of these numbers; 0: no further one. */
static void
say(enum side side, uint64_t number, uint64_t second)
{
	struct dtls_record r = {.type = 23,
	    .version = DTLS_1_2,
	    .epoch = 1,
	    .number = number,
	    .fragment = {(const uint8_t *)"x", 1}};
	struct buffer b = {0};

	dtls_record_write(&r, &b);
	r.number = second;
	if (second != 0)
		dtls_record_write(&r, &b);
	assert_true(say_bytes(side, buffer_bytes(&b)));
	buffer_clear(&b);
}

static void
what_no_rule_speaks_of_passes_at_once(void **state)
{
	(void)state;
	begin(RULE_DROP, "client:9");
	say(SIDE_CLIENT, 1, 0);
	say(SIDE_SERVER, 1, 0);
	say(SIDE_CLIENT, 2, 3);
	expect("c1 s1 c2 ", "");
	end();
}

static void
a_held_datagram_holds_up_no_other(void **state)
{
	(void)state;
	begin(RULE_HOLD, "client:2");
	say(SIDE_CLIENT, 1, 0);
	say(SIDE_CLIENT, 2, 0);
	say(SIDE_CLIENT, 3, 0);
	say(SIDE_SERVER, 1, 0);
	expect("c1 c3 s1 ", "1c2? ");
	assert_int_equal(datagram_relay_release(relay), 1);
	expect("c2 ", "1c2! ");
	assert_int_equal(datagram_relay_release(relay), 0);
	end();
}

static void
two_of_one_side_change_places(void **state)
{
	(void)state;
	begin(RULE_SWAP, "client:1");
	say(SIDE_CLIENT, 1, 0);
	say(SIDE_SERVER, 1, 0); /* is not the next of that side */
	client_port++;          /* nor is another client's */
	say(SIDE_CLIENT, 7, 0);
	client_port--;
	expect("s1 c7 ", "1c1? ");
	say(SIDE_CLIENT, 2, 0);
	say(SIDE_CLIENT, 3, 0);
	expect("c2 c1 c3 ", "1c2! ");
	end();
}

/* Nothing came behind it; when the relay leaves it goes on all the same. */
static void
what_waits_for_its_successor_is_not_lost(void **state)
{
	(void)state;
	begin(RULE_SWAP, "client:1");
	say(SIDE_CLIENT, 1, 0);
	expect("", "1c1? ");
	datagram_relay_release(relay);
	expect("c1 ", "");
	end();
}

static void
dropped_and_duplicated_once(void **state)
{
	(void)state;
	begin(RULE_DROP, "server:2");
	say(SIDE_SERVER, 1, 0);
	say(SIDE_SERVER, 2, 0);
	say(SIDE_SERVER, 3, 0);
	expect("s1 s3 ", "1s2? ");
	end();
	begin(RULE_DUPLICATE, "client:1");
	say(SIDE_CLIENT, 1, 0);
	say(SIDE_CLIENT, 2, 0);
	expect("c1 c1 c2 ", "1c1! ");
	end();
}

static void
each_record_counts_and_its_datagram_goes_with_it(void **state)
{
	(void)state;
	begin(RULE_DROP, "client:3");
	say(SIDE_CLIENT, 1, 0);
	say(SIDE_CLIENT, 2, 3);
	say(SIDE_CLIENT, 4, 0);
	expect("c1 c4 ", "1c3? ");
	end();
}

static void
the_next_is_the_first_after_arming(void **state)
{
	(void)state;
	begin(RULE_HOLD, "client:next");
	say(SIDE_CLIENT, 1, 0);
	expect("c1 ", "");
	assert_int_equal(rules_arm(&rules), 1);
	say(SIDE_CLIENT, 2, 0);
	expect("", "1c2? ");
	end();
}

static void
what_is_for_streams_does_nothing(void **state)
{
	(void)state;
	begin(RULE_CUT, "client:1");
	say(SIDE_CLIENT, 1, 0);
	expect("c1 ", "");
	end();
	begin(RULE_REFLECT, "client:1");
	say(SIDE_CLIENT, 1, 0);
	expect("c1 ", "");
	end();
}

static void
other_datagrams_are_the_callers(void **state)
{
	(void)state;
	begin(RULE_DROP, "client:1");
	assert_false(say_bytes(SIDE_CLIENT, bytes_of("a question of names")));
	assert_false(say_bytes(SIDE_CLIENT, bytes_of("")));
	expect("", "");
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_no_rule_speaks_of_passes_at_once),
	    cmocka_unit_test(a_held_datagram_holds_up_no_other),
	    cmocka_unit_test(two_of_one_side_change_places),
	    cmocka_unit_test(what_waits_for_its_successor_is_not_lost),
	    cmocka_unit_test(dropped_and_duplicated_once),
	    cmocka_unit_test(each_record_counts_and_its_datagram_goes_with_it),
	    cmocka_unit_test(the_next_is_the_first_after_arming),
	    cmocka_unit_test(what_is_for_streams_does_nothing),
	    cmocka_unit_test(other_datagrams_are_the_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
