/* SPDX-License-Identifier: MIT */
#include "ground/tcp_counters.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char netstat[] =
    "TcpExt: SyncookiesSent PAWSEstab TCPDSACKOldSent TCPACKSkippedSeq\n"
    "TcpExt: 9 2 7 1\n"
    "IpExt: InNoRoutes PAWSEstabX\n"
    "IpExt: 5 6\n";

static void
counters_are_found_by_name(void **state)
{
	struct tcp_counters c;

	(void)state;
	tcp_counters_parse(bytes_of(netstat), &c);
	assert_int_equal(c.value[TCP_PAWS_ESTAB], 2);
	assert_int_equal(c.value[TCP_DSACK_OLD_SENT], 7);
	assert_int_equal(c.value[TCP_ACK_SKIPPED_SEQ], 1);
	assert_int_equal(c.value[TCP_ACK_SKIPPED_PAWS], 0);
}

static void
every_shorter_prefix_is_read_without_harm(void **state)
{
	struct tcp_counters c;

	(void)state;
	for (size_t n = 0; n < sizeof(netstat); n++) {
		tcp_counters_parse(
		    (struct bytes){(const uint8_t *)netstat, n}, &c);
		assert_true(c.value[TCP_DSACK_OLD_SENT] <= 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counters_are_found_by_name),
	    cmocka_unit_test(every_shorter_prefix_is_read_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
