/* SPDX-License-Identifier: MIT */
/* A first flight that came again: who stopped its early data. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

/* A first flight that came again, on a connection of the attacker's own. */
#define FLIGHT_FLOW                                                            \
	"\"src_ip\":\"198.51.100.66\",\"src_port\":40002,"                     \
	"\"dest_ip\":\"198.51.100.20\",\"dest_port\":443"
#define FLIGHT_COPY                                                            \
	E("copy_sent",                                                         \
	    "\"kind\":\"stream\",\"fingerprint\":\"ff\"," FLIGHT_FLOW)
#define EARLY(said, flow)                                                      \
	E("early_data", "\"host\":\"gateway\",\"outcome\":" said "," flow)
#define TAKEN EARLY("\"accepted\"", FLIGHT_FLOW)
#define NOT_TAKEN EARLY("\"rejected\",\"reason\":\"seen\"", FLIGHT_FLOW)
#define FLIGHT_AT_GATEWAY(said)                                                \
	E("request", "\"host\":\"gateway\",\"role\":\"gateway\","              \
		     "\"fingerprint\":\"aa\"," said "," FLIGHT_FLOW)
#define UNFINISHED                                                             \
	E("tls_handshake", "\"host\":\"gateway\",\"outcome\":\"failed\","      \
			   "\"reason\":\"eof\"," FLIGHT_FLOW)
#define FLIGHT_ALERT                                                           \
	E("tls_alert", "\"host\":\"gateway\",\"direction\":\"sent\","          \
		       "\"level\":\"fatal\","                                  \
		       "\"description\":\"bad_record_mac\"," FLIGHT_FLOW)
#define TOO_EARLY "\"verdict\":\"too-early\",\"check\":\"early-data\""

static void
early_data_is_refused_only_by_the_gateway_s_own_word(void **state)
{
	(void)state;
	expect(SERVED TOLD FLIGHT_COPY NOT_TAKEN UNFINISHED, 1,
	    "tls-early-data", "tls");
	/* That a copy cannot finish the handshake has stopped nothing. */
	expect(SERVED TOLD FLIGHT_COPY UNFINISHED, 1, "unknown", "nowhere");
	/* Early data of somebody else, or from before the copy. */
	expect(SERVED TOLD FLIGHT_COPY EARLY("\"rejected\"", FLOW) UNFINISHED,
	    1, "unknown", "nowhere");
	expect(SERVED TOLD NOT_TAKEN FLIGHT_COPY UNFINISHED, 1, "unknown",
	    "nowhere");
	/* A record copied into a live connection is not early data. */
	expect(HANDSHAKE SERVED TOLD RECORD_COPY EARLY("\"rejected\"", FLOW), 1,
	    "unknown", "nowhere");
	/* The alert behind it is about what follows in the stream. */
	expect(SERVED TOLD FLIGHT_COPY NOT_TAKEN FLIGHT_ALERT, 1,
	    "tls-early-data", "tls");
}

static void
early_data_is_stopped_for_the_reason_that_is_expected(void **state)
{
#define REJECTED(reason)                                                       \
	EARLY("\"rejected\",\"reason\":\"" reason "\"", FLIGHT_FLOW)
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(FLIGHT_COPY REJECTED("seen"), 0, &e, &o);
	assert_true(meets(&o, "stopped-by", "tls-early-data:seen", NULL));
	assert_true(meets(&o, "stopped-by", "tls-early-data", NULL));
	assert_false(meets(&o, "stopped-by", "tls-early-data:refused", NULL));
	evidence_close(&e);
	/* An outage of the memory is no defence. */
	observe_text(FLIGHT_COPY REJECTED("no-memory"), 0, &e, &o);
	assert_false(meets(&o, "stopped-by", "tls-early-data", NULL));
	assert_true(meets(&o, "stopped-by", "tls-early-data:no-memory", NULL));
	evidence_close(&e);
	/* Who takes no early data at all knows no copy from the first. */
	observe_text(FLIGHT_COPY REJECTED("refused"), 0, &e, &o);
	assert_false(meets(&o, "stopped-by", "tls-early-data", NULL));
	assert_true(meets(&o, "stopped-by", "tls-early-data:refused", NULL));
	evidence_close(&e);
}

static void
early_data_that_was_taken_takes_effect_without_a_handshake(void **state)
{
	(void)state;
	expect(
	    SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(PASSED("balancer"))
		UNFINISHED AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED),
	    2, "nobody", "backend");
	/* Taken, and then nobody says what became of it. */
	expect(SERVED TOLD FLIGHT_COPY TAKEN UNFINISHED, 1, "unknown", "tls");
	/* Whole streams end with an alert, when it is too late. */
	expect(
	    SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(PASSED("balancer"))
		FLIGHT_ALERT AT_BALANCER("aa") AT_BACKEND("aa", ACCEPTED),
	    2, "nobody", "backend");
}

static void
whoever_answers_425_has_stopped_it(void **state)
{
	(void)state;
	expect(SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(TOO_EARLY), 1,
	    "gateway", "gateway");
	expect(SERVED TOLD FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(PASSED(
		   "balancer")) AT_BALANCER("aa") AT_BACKEND("aa", TOO_EARLY),
	    1, "backend:early-data", "backend");
}

static void
a_gateway_that_cannot_read_a_copy_has_not_stopped_it(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(TOO_EARLY), 0, &e, &o);
	assert_true(meets(&o, "stopped-by", "gateway", NULL));
	evidence_close(&e);
	observe_text(FLIGHT_COPY TAKEN FLIGHT_AT_GATEWAY(
			 "\"verdict\":\"malformed\",\"check\":\"syntax\""),
	    0, &e, &o);
	assert_false(meets(&o, "stopped-by", "gateway", NULL));
	evidence_close(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		early_data_is_refused_only_by_the_gateway_s_own_word),
	    cmocka_unit_test(
		early_data_is_stopped_for_the_reason_that_is_expected),
	    cmocka_unit_test(
		early_data_that_was_taken_takes_effect_without_a_handshake),
	    cmocka_unit_test(whoever_answers_425_has_stopped_it),
	    cmocka_unit_test(
		a_gateway_that_cannot_read_a_copy_has_not_stopped_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
