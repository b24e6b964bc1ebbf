/* SPDX-License-Identifier: MIT */
/* Events that hang together pass; each way not to is said, and where. */
#include "grade/grade_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(n) "2026-11-26T14:37:22." n "00000000Z"
#define E(seq, time, host, rest)                                               \
	"{\"timestamp\":\"" time "\",\"seq\":" seq ",\"host\":\"" host         \
	"\",\"program\":\"p\",\"pid\":1,\"event_type\":" rest "}\n"
#define READY(seq, n, host) E(seq, T(n), host, "\"ready\"")
#define ACCEPTED(seq, id)                                                      \
	E(seq, T("3"), "backend1",                                             \
	    "\"request\",\"role\":\"backend\",\"verdict\":\"accepted\","       \
	    "\"id\":\"" id "\"")

static struct grade_notes notes;

static struct evidence
read_events(const char *lines)
{
	struct evidence e;

	evidence_read(&e, bytes_of(lines));
	assert_int_equal(e.unreadable, 0);
	notes = (struct grade_notes){0};
	return e;
}

static const char *
order_of(const char *lines)
{
	struct evidence e = read_events(lines);

	grade_events_order(&e, &notes);
	evidence_close(&e);
	return notes.text;
}

static void
each_program_counts_for_itself(void **state)
{
	(void)state;
	assert_string_equal(order_of(READY("0", "1", "a") READY("0", "1", "b")
				    READY("1", "3", "b") READY("1", "2", "a")),
	    "");
	assert_string_equal(order_of(""), "");
}

static void
a_line_that_is_gone_is_missed(void **state)
{
	(void)state;
	assert_string_equal(order_of(READY("0", "1", "a") READY("2", "1", "a")),
	    "events: event 1 of p on a is not there (line 2)");
	assert_string_equal(order_of(READY("1", "1", "a")),
	    "events: event 0 of p on a is not there (line 1)");
	assert_string_equal(order_of(READY("0", "1", "a") READY("0", "1", "a")),
	    "events: event 1 of p on a is not there (line 2)");
}

static void
a_clock_does_not_go_back(void **state)
{
	(void)state;
	assert_string_equal(order_of(READY("0", "2", "a") READY("1", "1", "a")),
	    "events: line 2 is out of its time");
	assert_string_equal(order_of(E("0", "yesterday", "a", "\"ready\"")),
	    "events: line 1 is out of its time");
	assert_string_equal(
	    order_of(E("0", "2026-11-26T14:37:22.9688073890", "a", "\"r\"")),
	    "events: line 1 is out of its time");
}

static const char *
ledger_of(const char *lines, size_t count, const char *id)
{
	struct evidence e = read_events(lines);
	struct execution rows[3] = {{.seq = 1}, {.seq = 2}, {.seq = 3}};
	struct executions x = {rows, count};

	for (size_t i = 0; i < count; i++)
		snprintf(rows[i].id, sizeof(rows[i].id), "%s", id);
	grade_events_ledger(&e, &x, &notes);
	evidence_close(&e);
	return notes.text;
}

static void
ledger_and_events_say_the_same(void **state)
{
	(void)state;
	assert_string_equal(
	    ledger_of(ACCEPTED("0", "t-1") ACCEPTED("1", "t-1"), 2, "t-1"), "");
	assert_string_equal(ledger_of(ACCEPTED("0", "t-1"), 2, "t-1"),
	    "ledger: t-1 took effect 2 times by the ledger, 1 by the events");
	assert_string_equal(ledger_of(ACCEPTED("0", "t-1"), 0, "t-1"),
	    "ledger: t-1 took effect 0 times by the ledger, 1 by the events");
	assert_string_equal(ledger_of("", 1, "t-1"),
	    "ledger: t-1 took effect 1 times by the ledger, 0 by the events");
}

static void
events_are_of_the_captures_time(void **state)
{
	struct evidence e = read_events(READY("0", "2", "a"));

	(void)state;
	grade_events_within(&e, T("2"), T("2"), &notes);
	grade_events_within(&e, T("1"), T("3"), &notes);
	assert_int_equal(notes.count, 0);
	grade_events_within(&e, T("3"), T("4"), &notes);
	assert_int_equal(notes.count, 1);
	grade_events_within(&e, T("0"), T("1"), &notes);
	assert_int_equal(notes.count, 2);
	evidence_close(&e);
}

static void
marks_stay_where_a_line_is_edited_elsewhere(void **state)
{
	struct evidence a = read_events(READY("0", "1", "a"));
	struct evidence b = read_events(READY("7", "1", "a"));
	struct evidence c = read_events(READY("0", "2", "a"));
	struct grade_marks one = {0}, two = {0}, three = {0};

	(void)state;
	grade_events_mark(&a, &one);
	grade_events_mark(&b, &two);
	grade_events_mark(&c, &three);
	assert_int_equal(one.count[GRADE_MARK_EVENT], 1);
	assert_string_equal(one.names[0][0], two.names[0][0]);
	assert_string_not_equal(one.names[0][0], three.names[0][0]);
	evidence_close(&a);
	evidence_close(&b);
	evidence_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_program_counts_for_itself),
	    cmocka_unit_test(a_line_that_is_gone_is_missed),
	    cmocka_unit_test(a_clock_does_not_go_back),
	    cmocka_unit_test(ledger_and_events_say_the_same),
	    cmocka_unit_test(events_are_of_the_captures_time),
	    cmocka_unit_test(marks_stay_where_a_line_is_edited_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
