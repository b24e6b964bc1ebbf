/* SPDX-License-Identifier: MIT */
#include "reassemble/conversation.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Everything found, as one word each. */
static struct buffer found;

static void
note(void *user, const struct finding *f)
{
	static const char *const words[] = {
	    [FOUND_SYN] = "syn",
	    [FOUND_SYN_ACK] = "syn-ack",
	    [FOUND_ACK] = "ack",
	    [FOUND_SEGMENT] = "segment",
	    [FOUND_DATA] = NULL,
	    [FOUND_RECORD] = "record",
	    [FOUND_HANDSHAKE] = "handshake",
	    [FOUND_ENCRYPTED_HANDSHAKE] = "encrypted-handshake",
	    [FOUND_CHANGE_CIPHER_SPEC] = "change",
	    [FOUND_ENCRYPTION] = "encryption",
	    [FOUND_ALERT] = "alert",
	    [FOUND_REQUEST] = "request",
	    [FOUND_RESPONSE] = "response",
	    [FOUND_UNREADABLE] = "unreadable",
	    [FOUND_GAP] = "gap",
	    [FOUND_FIN] = "fin",
	    [FOUND_RST] = "rst",
	};

	(void)user;
	assert_non_null(f->segment);
	if (f->kind == FOUND_SEGMENT || words[f->kind] == NULL)
		return;
	buffer_printf(&found, "%zu%c:%s", f->conversation->number,
	    f->side == SIDE_CLIENT ? 'c' : 's', words[f->kind]);
	if (f->number != 0)
		buffer_printf(&found, "%d", (int)f->number);
	buffer_add_u8(&found, ' ');
}

static void
expect_found(const char *words)
{
	assert_string_equal(buffer_text(&found), words);
	buffer_reset(&found);
}

#define PORT 40000
static uint16_t client_port = PORT;

/* Feed a segment over raw IPv4 between 10 (client) and 20 (server). */
static void
feed(struct conversations *set, enum side from, uint8_t flags, uint32_t seq,
    uint32_t ack, struct bytes payload)
{
	const uint8_t c = 10, s = 20;
	struct buffer b = {0};
	static int64_t at = 1000;

	buffer_add(&b, "\x45\0", 2);
	buffer_add_u16(&b, (uint16_t)(40 + payload.left));
	buffer_add(&b, "\0\0\0\0\x40\6\0\0", 8);
	buffer_add(
	    &b, (uint8_t[]){198, 51, 100, from == SIDE_CLIENT ? c : s}, 4);
	buffer_add(
	    &b, (uint8_t[]){198, 51, 100, from == SIDE_CLIENT ? s : c}, 4);
	buffer_add_u16(&b, from == SIDE_CLIENT ? client_port : 443);
	buffer_add_u16(&b, from == SIDE_CLIENT ? 443 : client_port);
	buffer_add_u32(&b, seq);
	buffer_add_u32(&b, ack);
	buffer_add_u8(&b, 0x50);
	buffer_add_u8(&b, flags);
	buffer_add_u16(&b, 100);
	buffer_add_u32(&b, 0);
	buffer_add_bytes(&b, payload);
	assert_int_equal(conversations_feed(set,
			     &(struct frame){.at = at++,
				 .link_type = DLT_RAW,
				 .bytes = buffer_bytes(&b),
				 .length = (uint32_t)buffer_bytes(&b).left}),
	    SEGMENT_TCP);
	buffer_clear(&b);
}

#define NOTHING ((struct bytes){NULL, 0})
#define BYTES(...)                                                             \
	((struct bytes){(const uint8_t[]){__VA_ARGS__},                        \
	    sizeof((const uint8_t[]){__VA_ARGS__})})

/* Client's first byte is 101, server's is 501. */
static void
shake(struct conversations *set)
{
	feed(set, SIDE_CLIENT, TCP_FLAG_SYN, 100, 0, NOTHING);
	feed(set, SIDE_SERVER, TCP_FLAG_SYN | TCP_FLAG_ACK, 500, 101, NOTHING);
	feed(set, SIDE_CLIENT, TCP_FLAG_ACK, 101, 501, NOTHING);
}

static struct conversations *
begin(void)
{
	struct conversations *set = conversations_new(note, NULL);

	client_port = PORT;
	shake(set);
	expect_found("1c:syn 1s:syn-ack 1c:ack ");
	return set;
}

static void
client_says(struct conversations *set, uint32_t seq, struct bytes payload)
{
	feed(set, SIDE_CLIENT, TCP_FLAG_ACK, seq, 501, payload);
}

static void
the_state_of_the_flow_is_what_a_further_segment_needs(void **state)
{
	struct conversations *set = begin();
	const struct conversation *c = conversations_get(set, 1);

	(void)state;
	client_says(set, 101, bytes_of("hello"));
	feed(set, SIDE_SERVER, TCP_FLAG_ACK, 501, 106, bytes_of("xy"));
	assert_int_equal(c->side[SIDE_CLIENT].next_seq, 106);
	assert_int_equal(c->side[SIDE_CLIENT].last_ack, 501);
	assert_int_equal(c->side[SIDE_SERVER].next_seq, 503);
	assert_int_equal(c->side[SIDE_SERVER].last_ack, 106);
	assert_int_equal(c->side[SIDE_CLIENT].window, 100);
	assert_int_equal(c->side[SIDE_CLIENT].ttl, 64);
	client_says(set, 101, bytes_of("hel")); /* repeated: no step back */
	assert_int_equal(c->side[SIDE_CLIENT].next_seq, 106);
	feed(set, SIDE_CLIENT, TCP_FLAG_RST, 9999, 0, NOTHING);
	assert_int_equal(c->side[SIDE_CLIENT].next_seq, 106);
	assert_null(conversations_get(set, 0));
	assert_null(conversations_get(set, 2));
	conversations_free(set);
	buffer_reset(&found);
}

static void
a_message_over_records_over_segments_is_one_message(void **state)
{
	struct conversations *set = begin();

	(void)state;
	/* ServerHelloDone, a byte of it a record, and those in two segments. */
	client_says(set, 101, BYTES(22, 3, 3, 0, 1, 14, 22, 3, 3));
	expect_found("1c:record1 ");
	client_says(set, 110, BYTES(0, 3, 0, 0, 0));
	expect_found("1c:record2 1c:handshake ");
	conversations_free(set);
}

static void
records_count_each_side_from_one(void **state)
{
	struct conversations *set = begin();

	(void)state;
	client_says(set, 101, BYTES(23, 3, 3, 0, 0, 23, 3, 3, 0, 0));
	feed(set, SIDE_SERVER, TCP_FLAG_ACK, 501, 111, BYTES(23, 3, 3, 0, 0));
	client_says(set, 111, BYTES(23, 3, 3, 0, 0));
	expect_found("1c:record1 1c:record2 1s:record1 1c:record3 ");
	conversations_free(set);
}

static void
after_a_change_of_cipher_the_handshake_is_encrypted(void **state)
{
	struct conversations *set = begin();

	(void)state;
	client_says(
	    set, 101, BYTES(20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 9, 9, 9, 9));
	expect_found("1c:record1 1c:change 1c:encryption "
		     "1c:record2 1c:encrypted-handshake ");
	feed(set, SIDE_SERVER, TCP_FLAG_ACK, 501, 116,
	    BYTES(21, 3, 3, 0, 2, 2, 40));
	expect_found("1s:record1 1s:alert ");
	conversations_free(set);
}

static void
segments_out_of_order_give_records_in_order(void **state)
{
	struct conversations *set = begin();

	(void)state;
	client_says(set, 108, BYTES(21, 3, 3, 0, 2, 1, 0));
	expect_found("");
	client_says(set, 101, BYTES(23, 3, 3, 0, 2, 8, 8));
	expect_found("1c:record1 1c:record2 1c:alert ");
	client_says(set, 101, BYTES(23, 3, 3, 0, 2, 8, 8));
	expect_found("");
	conversations_free(set);
}

static void
behind_a_gap_reading_goes_on_if_it_can(void **state)
{
	struct conversations *set = begin();

	(void)state;
	client_says(set, 101, BYTES(23, 3, 3, 0, 9, 1));
	client_says(set, 200, BYTES(23, 3, 3, 0, 0));
	expect_found("");
	feed(set, SIDE_SERVER, TCP_FLAG_ACK, 501, 205, NOTHING);
	expect_found("1c:gap 1c:record1 ");
	client_says(set, 300, bytes_of("middle of a record"));
	feed(set, SIDE_SERVER, TCP_FLAG_ACK, 501, 318, NOTHING);
	expect_found("1c:gap 1c:unreadable ");
	conversations_free(set);
}

#define REQUEST "GET /a HTTP/1.1\r\nHost: b\r\n\r\n"

static void
requests_are_told_apart_and_counted_over_all_conversations(void **state)
{
	struct conversations *set = begin();
	struct conversation_counts counts;

	(void)state;
	client_says(set, 101, bytes_of(REQUEST REQUEST "GET /"));
	expect_found("1c:request1 1c:request2 ");
	feed(set, SIDE_SERVER, TCP_FLAG_ACK, 501, 300,
	    bytes_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
	expect_found("1s:response ");
	client_port = PORT + 1;
	shake(set);
	client_says(set, 101, bytes_of(REQUEST));
	expect_found("2c:syn 2s:syn-ack 2c:ack 2c:request3 ");
	conversations_count(set, &counts);
	assert_int_equal(counts.requests, 3);
	assert_int_equal(counts.conversations, 2);
	conversations_free(set);
}

static void
what_is_neither_tls_nor_http_is_left_alone(void **state)
{
	struct conversations *set = begin();

	(void)state;
	client_says(set, 101, bytes_of("SSH-2.0-x\r\n"));
	client_says(set, 112, BYTES(23, 3, 3, 0, 0));
	expect_found("");
	assert_int_equal(conversations_get(set, 1)->content, CONTENT_OTHER);
	conversations_free(set);
}

static void
a_syn_with_another_number_begins_anew(void **state)
{
	struct conversations *set = begin();

	(void)state;
	feed(set, SIDE_CLIENT, TCP_FLAG_SYN, 100, 0, NOTHING); /* repeated */
	expect_found("");
	feed(set, SIDE_CLIENT, TCP_FLAG_SYN, 9000, 0, NOTHING);
	expect_found("2c:syn ");
	feed(set, SIDE_CLIENT, TCP_FLAG_ACK, 9001, 1, BYTES(23, 3, 3, 0, 0));
	expect_found("2c:record1 ");
	conversations_free(set);
}

static void
from_the_middle_the_content_tells_who_the_client_is(void **state)
{
	struct conversations *set = conversations_new(note, NULL);

	(void)state;
	client_port = 80; /* ports would say the opposite */
	client_says(set, 5, bytes_of(REQUEST));
	expect_found("1c:request1 ");
	assert_true(conversations_get(set, 1)->from_the_middle);
	conversations_free(set);
}

static void
both_ends_of_a_conversation_are_found(void **state)
{
	struct conversations *set = begin();

	(void)state;
	feed(set, SIDE_CLIENT, TCP_FLAG_ACK | TCP_FLAG_FIN, 101, 501, NOTHING);
	feed(set, SIDE_CLIENT, TCP_FLAG_ACK | TCP_FLAG_FIN, 101, 501, NOTHING);
	feed(set, SIDE_SERVER, TCP_FLAG_ACK | TCP_FLAG_FIN, 501, 102, NOTHING);
	expect_found("1c:fin 1s:fin ");
	client_says(set, 102, bytes_of("too late"));
	feed(set, SIDE_SERVER, TCP_FLAG_RST, 502, 0, NOTHING);
	expect_found("1s:rst ");
	assert_true(conversations_get(set, 1)->reset);
	conversations_free(set);
}

static int
clear(void **state)
{
	(void)state;
	buffer_clear(&found);
	return 0;
}

/* A datagram between the same ends and ports as the segments above. */
static enum segment_verdict
feed_datagram(struct conversations *set, enum side from, struct bytes payload)
{
	const uint8_t c = 10, s = 20;
	struct buffer b = {0};
	enum segment_verdict verdict;

	buffer_add(&b, "\x45\0", 2);
	buffer_add_u16(&b, (uint16_t)(28 + payload.left));
	buffer_add(&b, "\0\0\0\0\x40\x11\0\0", 8);
	buffer_add(
	    &b, (uint8_t[]){198, 51, 100, from == SIDE_CLIENT ? c : s}, 4);
	buffer_add(
	    &b, (uint8_t[]){198, 51, 100, from == SIDE_CLIENT ? s : c}, 4);
	buffer_add_u16(&b, from == SIDE_CLIENT ? client_port : 443);
	buffer_add_u16(&b, from == SIDE_CLIENT ? 443 : client_port);
	buffer_add_u16(&b, (uint16_t)(8 + payload.left));
	buffer_add_u16(&b, 0);
	buffer_add_bytes(&b, payload);
	verdict = conversations_feed(set,
	    &(struct frame){.link_type = DLT_RAW, .bytes = buffer_bytes(&b)});
	buffer_clear(&b);
	return verdict;
}

#define DTLS(type, epoch, number, length)                                      \
	type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, number, 0, length
#define CLIENT_HELLO DTLS(22, 0, 0, 1), 1
#define HELLO_VERIFY_REQUEST DTLS(22, 0, 0, 1), 3

static void
datagrams_are_a_conversation_of_their_own_and_have_records(void **state)
{
	struct conversations *set = begin();

	(void)state;
	assert_int_equal(
	    feed_datagram(set, SIDE_CLIENT, BYTES(CLIENT_HELLO)), SEGMENT_UDP);
	feed_datagram(set, SIDE_SERVER, BYTES(HELLO_VERIFY_REQUEST));
	feed_datagram(set, SIDE_CLIENT,
	    BYTES(DTLS(20, 0, 1, 1), 1, DTLS(22, 1, 0, 2), 7, 7));
	feed_datagram(set, SIDE_CLIENT, BYTES(DTLS(23, 1, 1, 1), 5));
	expect_found("2c:record1 2s:record1 2c:record2 2c:record3 2c:record4 ");
	/* The same datagram again is a datagram again. */
	feed_datagram(set, SIDE_CLIENT, BYTES(DTLS(23, 1, 1, 1), 5));
	expect_found("2c:record5 ");
	assert_true(conversations_get(set, 2)->datagrams);
	assert_int_equal(conversations_get(set, 2)->content, CONTENT_DTLS);
	assert_false(conversations_get(set, 1)->datagrams);
	conversations_free(set);
}

static void
other_datagrams_are_left_alone(void **state)
{
	struct conversations *set = begin();

	(void)state;
	assert_int_equal(
	    feed_datagram(set, SIDE_CLIENT, BYTES(1, 2, 3)), SEGMENT_NOT_TCP);
	assert_int_equal(
	    feed_datagram(set, SIDE_CLIENT, NOTHING), SEGMENT_NOT_TCP);
	assert_null(conversations_get(set, 2));
	expect_found("");
	conversations_free(set);
}

/* Who speaks is told by the hello, else by the port. */
static void
the_side_of_a_datagram_is_told_by_its_hello(void **state)
{
	struct conversations *set = conversations_new(note, NULL);

	(void)state;
	client_port = 80; /* lower than the server's */
	feed_datagram(set, SIDE_SERVER, BYTES(HELLO_VERIFY_REQUEST));
	feed_datagram(set, SIDE_CLIENT, BYTES(CLIENT_HELLO));
	expect_found("1s:record1 1c:record1 ");
	client_port = PORT;
	feed_datagram(set, SIDE_CLIENT, BYTES(DTLS(23, 1, 1, 1), 5));
	expect_found("2c:record1 ");
	conversations_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		datagrams_are_a_conversation_of_their_own_and_have_records),
	    cmocka_unit_test(other_datagrams_are_left_alone),
	    cmocka_unit_test(the_side_of_a_datagram_is_told_by_its_hello),
	    cmocka_unit_test(
		the_state_of_the_flow_is_what_a_further_segment_needs),
	    cmocka_unit_test(
		a_message_over_records_over_segments_is_one_message),
	    cmocka_unit_test(records_count_each_side_from_one),
	    cmocka_unit_test(
		after_a_change_of_cipher_the_handshake_is_encrypted),
	    cmocka_unit_test(segments_out_of_order_give_records_in_order),
	    cmocka_unit_test(behind_a_gap_reading_goes_on_if_it_can),
	    cmocka_unit_test(
		requests_are_told_apart_and_counted_over_all_conversations),
	    cmocka_unit_test(what_is_neither_tls_nor_http_is_left_alone),
	    cmocka_unit_test(a_syn_with_another_number_begins_anew),
	    cmocka_unit_test(
		from_the_middle_the_content_tells_who_the_client_is),
	    cmocka_unit_test(both_ends_of_a_conversation_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, clear);
}
