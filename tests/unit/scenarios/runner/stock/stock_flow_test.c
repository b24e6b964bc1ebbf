/* SPDX-License-Identifier: MIT */
/* The kernel's list of connections, seen from a server. */
#include "stock/stock_flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr ...\n"
#define ROW(local, remote, state, inode)                                       \
	"   0: " local " " remote " " state " 00000000:00000000 "              \
	"00:00000000 00000000     0        0 " inode " 1 000000006cd6a9b7 "    \
	"100 0 0 10 0\n"
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ /* as the kernel prints it */
#define GATEWAY "146433C6"
#define CLIENT "0A6433C6"
#else
#define GATEWAY "C6336414"
#define CLIENT "C633640A"
#endif
#define LISTENS ROW("00000000:01BB", "00000000:0000", "0A", "1574")
#define OPEN(inode) ROW(GATEWAY ":01BB", CLIENT ":9C40", "01", inode)
#define LEFT(state) ROW(GATEWAY ":01BB", CLIENT ":9C41", state, "0")

static size_t
count(const char *table, enum stock_socket kind, struct stock_flow *flow)
{
	return stock_flow_count(bytes_of(table), 443, kind, flow);
}

static void
a_flow_is_told_from_its_client(void **state)
{
	struct stock_flow flow;

	(void)state;
	assert_int_equal(
	    count(HEAD LISTENS OPEN("77"), STOCK_ACCEPTED, &flow), 1);
	assert_string_equal(flow.src_ip, "198.51.100.10");
	assert_int_equal(flow.src_port, 40000);
	assert_string_equal(flow.dest_ip, "198.51.100.20");
	assert_int_equal(flow.dest_port, 443);
}

static void
each_kind_has_its_states(void **state)
{
	struct stock_flow flow;

	(void)state;
	assert_int_equal(count(HEAD LISTENS, STOCK_LISTENS, &flow), 1);
	/* It waits in the kernel's queue: nobody has taken it. */
	assert_int_equal(count(HEAD OPEN("0"), STOCK_ACCEPTED, &flow), 0);
	assert_int_equal(count(HEAD LEFT("06"), STOCK_ACCEPTED, &flow), 0);
}

static void
another_port_and_what_is_no_row_do_not_count(void **state)
{
	struct stock_flow flow;

	(void)state;
	assert_int_equal(stock_flow_count(bytes_of(HEAD OPEN("77")), 80,
			     STOCK_ACCEPTED, &flow),
	    0);
	assert_int_equal(
	    count("\n\n   0: zz\n" OPEN("77"), STOCK_ACCEPTED, &flow), 1);
	for (size_t n = 0; n < strlen(OPEN("77")); n++)
		assert_int_equal(
		    stock_flow_count(
			(struct bytes){(const uint8_t *)OPEN("77"), n}, 443,
			STOCK_ACCEPTED, &flow),
		    0);
}

static void
connections_taken_stand_in_the_second_line_of_tcp(void **state)
{
	(void)state;
	assert_int_equal(
	    stock_flow_taken(
		bytes_of("Ip: Forwarding DefaultTTL\nIp: 2 64\n"
			 "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens "
			 "PassiveOpens\nTcp: 1 200 120000 -1 12 34 5 6\n")),
	    34);
	assert_int_equal(stock_flow_taken(bytes_of("Tcp: 1 200 120\n")), 0);
	assert_int_equal(stock_flow_taken(bytes_of("")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_flow_is_told_from_its_client),
	    cmocka_unit_test(each_kind_has_its_states),
	    cmocka_unit_test(another_port_and_what_is_no_row_do_not_count),
	    cmocka_unit_test(connections_taken_stand_in_the_second_line_of_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
