/* SPDX-License-Identifier: MIT */
/* What each layer is credited with: only what an event of its own says. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

static void
a_record_is_credited_to_tls_only_if_the_gateway_read_it(void **state)
{
	(void)state;
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT, 1,
	    "tls-record", "tls");
	/* The alert alone may have another cause. */
	expect(
	    HANDSHAKE SERVED TOLD RECORD_COPY ALERT, 1, "unknown", "nowhere");
	/* An alert from before the copy says nothing of it. */
	expect(HANDSHAKE SERVED TOLD RECORD_READ ALERT RECORD_COPY, 1,
	    "unknown", "nowhere");
}

#define LEFT_OUT                                                               \
	E("withheld", "\"rule\":\"drop\",\"kind\":\"record\","                 \
		      "\"side\":\"client\",\"fingerprint\":\"ww\"," FLOW)
#define NEXT_READ                                                              \
	E("tls_record", "\"host\":\"gateway\",\"direction\":\"received\","     \
			"\"fingerprint\":\"nn\"," FLOW)

/* One record left out and another put in: the alert is about what was read. */
static void
what_is_left_out_and_what_is_put_in_are_told_apart(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	expect(HANDSHAKE SERVED TOLD LEFT_OUT NEXT_READ ALERT, 1, "tls-record",
	    "tls");
	observe_text(
	    HANDSHAKE SERVED TOLD LEFT_OUT RECORD_COPY RECORD_READ ALERT, 1, &e,
	    &o);
	assert_int_equal(o.copies[0].stopped_by, LAYER_UNKNOWN);
	assert_int_equal(o.copies[1].stopped_by, LAYER_TLS_RECORD);
	evidence_close(&e);
	observe_text(HANDSHAKE SERVED TOLD LEFT_OUT RECORD_COPY NEXT_READ ALERT,
	    1, &e, &o);
	assert_int_equal(o.copies[0].stopped_by, LAYER_TLS_RECORD);
	assert_int_equal(o.copies[1].stopped_by, LAYER_UNKNOWN);
	evidence_close(&e);
	/* The copy was taken, and what came behind it was not. */
	observe_text(
	    HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ NEXT_READ ALERT, 1,
	    &e, &o);
	assert_int_equal(o.copies[0].stopped_by, LAYER_UNKNOWN);
	assert_int_equal(o.copies[0].delivered, PLACE_TLS);
	evidence_close(&e);
}

static void
an_alert_in_an_unfinished_handshake_is_the_handshake_s(void **state)
{
	(void)state;
	expect(SERVED TOLD RECORD_COPY ALERT, 1, "tls-handshake", "tls");
}

static void
an_alert_of_another_cause_is_no_refusal_of_the_copy(void **state)
{
	(void)state;
	expect(SERVED TOLD RECORD_COPY E("tls_alert",
		   "\"direction\":\"sent\",\"level\":\"fatal\","
		   "\"description\":\"protocol_version\"," FLOW),
	    1, "unknown", "nowhere");
}

static void
a_record_left_out_is_missed_by_tls(void **state)
{
#define WITHHELD(rule)                                                         \
	E("withheld",                                                          \
	    "\"kind\":\"record\",\"side\":\"client\",\"rule\":\"" rule         \
	    "\",\"fingerprint\":\"rr\"," FLOW)
	(void)state;
	expect(HANDSHAKE WITHHELD("drop") ALERT, 0, "tls-record", "tls");
	expect(HANDSHAKE ALERT WITHHELD("drop"), 0, "unknown", "nowhere");
	/* What is only held may still come. */
	expect(HANDSHAKE WITHHELD("hold") ALERT, 0, "no-copy-sent", "nowhere");
}

static void
what_is_missing_or_changed_places_and_is_not_missed(void **state)
{
	(void)state;
	/* A request made of the rest went through. */
	expect(HANDSHAKE WITHHELD("drop") SERVED, 1, "nobody", "backend");
	expect(HANDSHAKE WITHHELD("drop") AT_GATEWAY("aa"), 1, "unknown",
	    "gateway");
	expect(HANDSHAKE SERVED WITHHELD("drop"), 1, "unknown", "nowhere");
	expect(HANDSHAKE WITHHELD("swap") RECORD_COPY RECORD_READ SERVED, 1,
	    "nobody", "backend");
	/* What a server said is not in its client's requests. */
	expect(HANDSHAKE E("withheld", "\"kind\":\"record\",\"side\":"
				       "\"server\",\"rule\":\"drop\"," FLOW)
		   SERVED,
	    1, "unknown", "nowhere");
}

static void
a_stream_that_was_cut_is_missed_only_by_who_says_so(void **state)
{
#define CLOSED(reason)                                                         \
	E("connection", "\"host\":\"client\",\"action\":\"closed\","           \
			"\"reason\":\"" reason "\"," FLOW)
#define CUT                                                                    \
	E("withheld",                                                          \
	    "\"kind\":\"record\",\"side\":\"server\",\"rule\":\"cut\","        \
	    "\"fingerprint\":\"rr\"," FLOW)
	(void)state;
	expect(HANDSHAKE CUT CLOSED("truncated"), 0, "tls-record", "tls");
	expect(CUT CLOSED("truncated"), 0, "tls-handshake", "tls");
	expect(HANDSHAKE CUT CLOSED("eof"), 0, "unknown", "nowhere");
	expect(HANDSHAKE CLOSED("truncated") CUT, 0, "unknown", "nowhere");
	/* Whose words were cut off has missed nothing. */
	expect(HANDSHAKE WITHHELD("cut") CLOSED("truncated"), 0, "unknown",
	    "nowhere");
	expect(HANDSHAKE WITHHELD("drop") CLOSED("truncated"), 0, "unknown",
	    "nowhere");
}

static void
tcp_is_credited_only_while_no_higher_layer_has_spoken(void **state)
{
	(void)state;
	expect(HANDSHAKE SERVED TOLD RECORD_COPY DROP, 1, "tcp", "tcp");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY OTHER_DROP, 1, "unknown",
	    "nowhere");
	/* Nor to the TCP of the one whose words it repeats. */
	expect(
	    HANDSHAKE SERVED TOLD RECORD_COPY E("tcp_drop",
		"\"host\":\"lab\",\"on\":\"client\",\"ip\":\"198.51.100.10\","
		"\"counter\":\"TCPACKSkippedSeq\""),
	    1, "unknown", "nowhere");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ DROP, 1, "unknown",
	    "tls");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY DROP RECORD_READ ALERT, 1,
	    "tls-record", "tls");
}

static void
an_honest_request_with_the_same_bytes_is_no_copy_that_tcp_dropped(void **state)
{
#define INNER_FLOW                                                             \
	"\"src_ip\":\"203.0.113.30\",\"src_port\":6000,"                       \
	"\"dest_ip\":\"203.0.113.30\",\"dest_port\":80"
#define SEGMENT_COPY                                                           \
	E("copy_sent",                                                         \
	    "\"kind\":\"segment\",\"fingerprint\":\"aa\"," INNER_FLOW)
#define INNER_DROP                                                             \
	E("tcp_drop", "\"host\":\"lab\",\"on\":\"balancer\","                  \
		      "\"ip\":\"203.0.113.30\","                               \
		      "\"counter\":\"TCPDSACKOldSent\"")
	(void)state;
	expect(SERVED SEGMENT_COPY INNER_DROP SERVED, 2, "tcp", "tcp");
	expect(SERVED SEGMENT_COPY AT_BACKEND("aa", ACCEPTED), 2, "nobody",
	    "backend");
	expect(SERVED SEGMENT_COPY SERVED AT_BACKEND("aa", ACCEPTED), 3,
	    "nobody", "backend");
}

#define SERVER_COPY                                                            \
	E("copy_sent", "\"kind\":\"stream\",\"side\":\"server\"," FLOW)
#define BELIEVED                                                               \
	E("transfer",                                                          \
	    "\"host\":\"client\",\"id\":\"t-2\",\"outcome\":\"accepted\"")

static void
a_server_s_old_words_succeed_only_if_the_client_believes_them(void **state)
{
	(void)state;
	expect(SERVER_COPY HANDSHAKE BELIEVED, 0, "nobody", "tls");
#define CLIENT_ALERT                                                           \
	E("tls_alert", "\"host\":\"client\",\"direction\":\"sent\","           \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"decrypt_error\"," FLOW)
	expect(SERVER_COPY CLIENT_ALERT BELIEVED, 0, "tls-handshake", "tls");
	/* The other end's alert is about something else. */
	expect(SERVER_COPY ALERT, 0, "unknown", "nowhere");
	expect(HANDSHAKE RECORD_COPY RECORD_READ CLIENT_ALERT, 0, "unknown",
	    "tls");
	/* And so is what the other end reads: a record that was reflected. */
	expect(HANDSHAKE RECORD_COPY E("tls_record",
		   "\"host\":\"client\",\"direction\":\"received\","
		   "\"fingerprint\":\"rr\"," FLOW) ALERT,
	    0, "unknown", "nowhere");
	/* What he is told next is of this copy, what later of another. */
#define LOST                                                                   \
	E("transfer", "\"host\":\"client\",\"id\":\"t-2\","                    \
		      "\"outcome\":\"connection-lost\"")
#define OTHER_CLIENT                                                           \
	E("transfer",                                                          \
	    "\"host\":\"client2\",\"id\":\"t-3\",\"outcome\":\"accepted\"")
	expect(SERVER_COPY HANDSHAKE LOST BELIEVED, 0, "unknown", "tls");
	expect(SERVER_COPY HANDSHAKE OTHER_CLIENT, 0, "unknown", "tls");
	/* Nor does early data that was not offered prove a handshake. */
	expect(SERVER_COPY E("early_data",
		   "\"host\":\"client\",\"outcome\":\"not-offered\"," FLOW)
		   BELIEVED,
	    0, "unknown", "nowhere");
	/* A certificate is the client's to refuse, and nobody else's. */
#define CERTIFICATE_ALERT                                                      \
	E("tls_alert", "\"host\":\"client\",\"direction\":\"sent\","           \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"bad_certificate\"," FLOW)
	expect(SERVER_COPY CERTIFICATE_ALERT, 0, "tls-handshake", "tls");
	expect(RECORD_COPY CERTIFICATE_ALERT, 0, "unknown", "nowhere");
	/* A handshake elsewhere, or before, says nothing of this copy. */
	expect(SERVER_COPY BELIEVED, 0, "unknown", "nowhere");
	expect(HANDSHAKE SERVER_COPY BELIEVED, 0, "unknown", "nowhere");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_record_is_credited_to_tls_only_if_the_gateway_read_it),
	    cmocka_unit_test(
		what_is_left_out_and_what_is_put_in_are_told_apart),
	    cmocka_unit_test(
		an_alert_in_an_unfinished_handshake_is_the_handshake_s),
	    cmocka_unit_test(
		an_alert_of_another_cause_is_no_refusal_of_the_copy),
	    cmocka_unit_test(a_record_left_out_is_missed_by_tls),
	    cmocka_unit_test(
		what_is_missing_or_changed_places_and_is_not_missed),
	    cmocka_unit_test(
		a_stream_that_was_cut_is_missed_only_by_who_says_so),
	    cmocka_unit_test(
		tcp_is_credited_only_while_no_higher_layer_has_spoken),
	    cmocka_unit_test(
		an_honest_request_with_the_same_bytes_is_no_copy_that_tcp_dropped),
	    cmocka_unit_test(
		a_server_s_old_words_succeed_only_if_the_client_believes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
