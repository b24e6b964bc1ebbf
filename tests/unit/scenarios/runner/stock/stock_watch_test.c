/* SPDX-License-Identifier: MIT */
/* Connections by their segments, seen from the server's host. */
#include "stock/stock_watch.h"

#include "buffer.h"
#include "segment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FIN (TCP_FLAG_FIN | TCP_FLAG_ACK)

/* From client port `port` to the server's 443, or back. */
static void
frame_of(struct buffer *out, uint16_t port, uint8_t flags, bool outgoing)
{
	static const uint8_t link[14] = {[12] = 8};
	static const uint8_t ip[12] = {0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6};
	static const uint8_t client[4] = {198, 51, 100, 10};
	static const uint8_t server[4] = {198, 51, 100, 20};

	buffer_add(out, link, sizeof(link));
	buffer_add(out, ip, sizeof(ip));
	buffer_add(out, outgoing ? server : client, 4);
	buffer_add(out, outgoing ? client : server, 4);
	buffer_add_u16(out, outgoing ? 443 : port);
	buffer_add_u16(out, outgoing ? port : 443);
	buffer_add_u32(out, 7);
	buffer_add_u32(out, 9);
	buffer_add_u8(out, 0x50);
	buffer_add_u8(out, flags);
	buffer_add_u16(out, 1000);
	buffer_add_u32(out, 0);
}

static void
see(struct stock_watch *w, uint16_t port, uint8_t flags, bool outgoing)
{
	struct buffer frame = {0};

	frame_of(&frame, port, flags, outgoing);
	stock_watch_frame(w, buffer_bytes(&frame), outgoing);
	buffer_clear(&frame);
}

static void
a_connection_begins_with_its_syn_once(void **state)
{
	struct stock_watch w = {.port = 443};

	(void)state;
	see(&w, 40000, TCP_FLAG_ACK, false); /* of one that was there before */
	assert_int_equal(w.begun, 0);
	see(&w, 40001, TCP_FLAG_SYN, false);
	see(&w, 40001, TCP_FLAG_SYN, false);
	see(&w, 40001, TCP_FLAG_SYN | TCP_FLAG_ACK, true);
	assert_int_equal(w.begun, 1);
	assert_int_equal(w.open_count, 1);
	assert_string_equal(w.last.src_ip, "198.51.100.10");
	assert_int_equal(w.last.src_port, 40001);
	assert_string_equal(w.last.dest_ip, "198.51.100.20");
	assert_int_equal(w.last.dest_port, 443);
}

static void
it_ends_by_the_second_fin_or_by_rst(void **state)
{
	struct stock_watch w = {.port = 443};

	(void)state;
	see(&w, 40001, TCP_FLAG_SYN, false);
	see(&w, 40002, TCP_FLAG_SYN, false);
	see(&w, 40001, FIN, true);
	see(&w, 40001, FIN, true);
	assert_int_equal(w.open_count, 2);
	see(&w, 40001, FIN, false);
	assert_int_equal(w.open_count, 1);
	assert_int_equal(w.open[0].flow.src_port, 40002);
	see(&w, 40002, TCP_FLAG_RST, true);
	assert_int_equal(w.open_count, 0);
	assert_int_equal(w.begun, 2);
	/* The port is used again. */
	see(&w, 40001, TCP_FLAG_SYN, false);
	assert_int_equal(w.begun, 3);
}

static void
other_ports_and_cut_frames_are_nothing(void **state)
{
	struct stock_watch w = {.port = 80};
	struct buffer frame = {0};
	struct bytes whole;

	(void)state;
	see(&w, 40001, TCP_FLAG_SYN, false);
	assert_int_equal(w.begun, 0);
	w.port = 443;
	frame_of(&frame, 40001, TCP_FLAG_SYN, false);
	whole = buffer_bytes(&frame);
	for (size_t n = 0; n < whole.left; n++)
		stock_watch_frame(&w, (struct bytes){whole.at, n}, false);
	assert_int_equal(w.begun, 0);
	buffer_clear(&frame);
}

static void
more_than_there_is_room_for_are_lost(void **state)
{
	struct stock_watch w = {.port = 443};

	(void)state;
	for (uint16_t i = 0; i < STOCK_WATCH_MAX; i++)
		see(&w, (uint16_t)(40000 + i), TCP_FLAG_SYN, false);
	assert_false(w.lost);
	see(&w, 50000, TCP_FLAG_SYN, false);
	assert_true(w.lost);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_connection_begins_with_its_syn_once),
	    cmocka_unit_test(it_ends_by_the_second_fin_or_by_rst),
	    cmocka_unit_test(other_ports_and_cut_frames_are_nothing),
	    cmocka_unit_test(more_than_there_is_room_for_are_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
