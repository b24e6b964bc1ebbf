/* SPDX-License-Identifier: MIT */
/* A copy sent by datagram: nobody answers what DTLS drops. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

/* The association of the client with the gateway, by datagrams. */
#define UDP FLOW ",\"proto\":\"UDP\""
#define DATAGRAM_COPY(bytes)                                                   \
	E("copy_sent", "\"kind\":\"record\",\"fingerprint\":\"" bytes "\""     \
		       "," UDP)
#define DATAGRAM(bytes, said, flow)                                            \
	E("dtls_record", "\"host\":\"gateway\",\"type\":\"application_data\"," \
			 "\"fingerprint\":\"" bytes "\"," said flow)
#define HAD "\"verdict\":\"accepted\","
#define DROPPED "\"verdict\":\"dropped\","
#define UDP_REQUEST                                                            \
	E("request", "\"host\":\"gateway\",\"role\":\"gateway\","              \
		     "\"fingerprint\":\"aa\"," PASSED("balancer") "," UDP)     \
	AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED)
#define TAKEN_AND_SERVED DATAGRAM("rr", HAD, UDP) UDP_REQUEST

static void
a_datagram_is_credited_to_dtls_only_if_the_gateway_says_so(void **state)
{
	(void)state;
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, UDP),
	    1, "dtls-record", "dtls");
	/* Nothing executed and nothing said: nobody knows. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr"), 1, "unknown", "nowhere");
	/* Had it, and does not say what it did with it. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM("rr", "", UDP), 1,
	    "unknown", "dtls");
	/* Another record; the same before the copy; on another flow, on TCP. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("ss", DROPPED, UDP),
	    1, "unknown", "nowhere");
	expect(TAKEN_AND_SERVED DATAGRAM("rr", DROPPED, UDP)
		   DATAGRAM_COPY("rr"),
	    1, "unknown", "nowhere");
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, OTHER_FLOW),
	    1, "unknown", "nowhere");
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, FLOW),
	    1, "unknown", "nowhere");
	/* What TCP drops meanwhile is no datagram. */
	expect(
	    TAKEN_AND_SERVED DATAGRAM_COPY("rr") DROP, 1, "unknown", "nowhere");
}

static void
a_datagram_that_is_accepted_again_was_stopped_by_nobody(void **state)
{
	(void)state;
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") TAKEN_AND_SERVED, 2,
	    "nobody", "backend");
	/* Not yet a request: it is on its way. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM("rr", HAD, UDP), 1,
	    "unknown", "dtls");
	/* One of two came through. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM_COPY("rr")
		   DATAGRAM("rr", DROPPED, UDP) TAKEN_AND_SERVED,
	    2, "nobody", "backend");
	/* The next honest request with other bytes is not the copy. */
	expect(TAKEN_AND_SERVED DATAGRAM_COPY("rr") DATAGRAM("rr", DROPPED, UDP)
		   DATAGRAM("ss", HAD, UDP) UDP_REQUEST,
	    2, "dtls-record", "dtls");
}

/* The original was withheld and comes last: then it is what is dropped. */
static void
a_copy_before_its_original_is_not_the_one_that_is_dropped(void **state)
{
	(void)state;
	expect(DATAGRAM_COPY("rr")
		   TAKEN_AND_SERVED DATAGRAM("rr", DROPPED, UDP),
	    1, "nobody", "backend");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_datagram_is_credited_to_dtls_only_if_the_gateway_says_so),
	    cmocka_unit_test(
		a_datagram_that_is_accepted_again_was_stopped_by_nobody),
	    cmocka_unit_test(
		a_copy_before_its_original_is_not_the_one_that_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
