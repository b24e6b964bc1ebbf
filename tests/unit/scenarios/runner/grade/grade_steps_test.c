/* SPDX-License-Identifier: MIT */
/* A story's steps are found in its events, and each that is not is told. */
#include "grade/grade_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char story[] =
    "id x\ntitle x\nclause x\ntags honest\nover suite tls12-cbc tls13\n"
    "start gateway gateway --suite {suite}\n"
    "clock gateway +300s\n"
    "control client transfer --from a --to b --amount 1\n"
    "clock gateway 0s\n"
    "control client transfer --from a --to b --amount 1\n"
    "expect executed control-1 once\n";

#define P(host, pid)                                                           \
	"{\"seq\":0,\"host\":\"" host "\",\"pid\":" pid                        \
	",\"event_type\":\"ready\"}\n"
#define CLOCK(ahead)                                                           \
	"{\"seq\":1,\"host\":\"lab\",\"event_type\":\"clock\",\"on\":"         \
	"\"gateway\",\"ahead_ns\":" ahead "}\n"
#define HANDSHAKE(version, cipher)                                             \
	"{\"seq\":1,\"host\":\"gateway\",\"event_type\":\"tls_handshake\","    \
	"\"version\":\"" version "\",\"cipher_suite\":\"" cipher "\"}\n"
#define PROGRAMS P("gateway", "2") P("client", "3") P("client", "4")
#define CLOCKS CLOCK("300000000000") CLOCK("0")
#define TLS13 HANDSHAKE("TLSv1.3", "TLS_AES_256_GCM_SHA384")

static struct grade_notes notes;

static const char *
steps_of(const char *lines, const char *value)
{
	struct scenario_error error;
	struct scenario *s = scenario_parse(bytes_of(story), &error);
	struct evidence e;

	if (s == NULL)
		fail_msg("%u: %s", error.line, error.why);
	evidence_read(&e, bytes_of(lines));
	assert_int_equal(e.unreadable, 0);
	notes = (struct grade_notes){0};
	grade_steps(s, value, &e, &notes);
	evidence_close(&e);
	scenario_free(s);
	return notes.text;
}

static void
what_was_played_is_found(void **state)
{
	(void)state;
	assert_string_equal(steps_of(PROGRAMS CLOCKS TLS13, "tls13"), "");
	assert_string_equal(steps_of(PROGRAMS CLOCKS HANDSHAKE(
					 "DTLSv1.2", "ECDHE-RSA-AES128-SHA256"),
				"tls12-cbc"),
	    "");
}

static void
each_program_ran(void **state)
{
	(void)state;
	assert_string_equal(
	    steps_of(P("gateway", "2") P("client", "3") CLOCKS TLS13, "tls13"),
	    "steps: 1 programs ran on client, the story has 2");
	assert_string_equal(
	    steps_of(PROGRAMS P("attacker", "9") CLOCKS TLS13, "tls13"),
	    "steps: 1 programs ran on attacker, the story has 0");
}

static void
each_clock_was_moved(void **state)
{
	static const char not_as[] =
	    "steps: a clock was not moved as in line 9";

	(void)state;
	assert_string_equal(
	    steps_of(PROGRAMS CLOCK("300000000000") TLS13, "tls13"), not_as);
	assert_string_equal(
	    steps_of(PROGRAMS CLOCK("300000000000") CLOCK("1") TLS13, "tls13"),
	    not_as);
	assert_string_equal(steps_of(PROGRAMS CLOCKS CLOCK("0") TLS13, "tls13"),
	    "steps: a clock was moved that the story leaves");
}

static void
the_suite_is_that_of_the_value(void **state)
{
	(void)state;
	assert_string_equal(steps_of(PROGRAMS CLOCKS TLS13, "tls12-cbc"),
	    "steps: no handshake was that of tls12-cbc");
	assert_string_equal(steps_of(PROGRAMS CLOCKS, "nginx+tls13"),
	    "steps: no handshake was that of tls13");
	assert_string_equal(steps_of(PROGRAMS CLOCKS, "+301s"), "");
	assert_string_equal(steps_of(PROGRAMS CLOCKS, NULL), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_played_is_found),
	    cmocka_unit_test(each_program_ran),
	    cmocka_unit_test(each_clock_was_moved),
	    cmocka_unit_test(the_suite_is_that_of_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
