/* SPDX-License-Identifier: MIT */
/* A cell from evidence: what took effect, when, and who was refused. */
#include "report/matrix_cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RESULT(word, executed)                                                 \
	"{\"result\":\"" word "\",\"stopped_by\":\"nobody\",\"reason\":\"\","  \
	"\"executed\":[" executed "]}"
#define TIMES(id, n) "{\"id\":\"" id "\",\"times\":" n "}"
#define CONTROL TIMES("control-1", "1")
#define TOLD(outcome, rest)                                                    \
	"{\"event_type\":\"transfer\",\"id\":\"t-1\",\"outcome\":\"" outcome   \
	"\"" rest "}\n"
#define BACKEND(verdict)                                                       \
	"{\"event_type\":\"request\",\"role\":\"backend\",\"id\":\"t-1\","     \
	"\"verdict\":\"" verdict "\"}\n"
#define GIVEN_UP TOLD("connection-lost", "")

static struct matrix_cell
judged(const char *result, const char *events)
{
	struct matrix_cell c = {0};
	cJSON *parsed = result == NULL ? NULL : cJSON_Parse(result);
	struct evidence e;

	evidence_read(&e, bytes_of(events));
	assert_int_equal(e.unreadable, 0);
	matrix_cell_judge(&c, parsed, &e);
	evidence_close(&e);
	cJSON_Delete(parsed);
	return c;
}

static void
assert_words(const char *words, struct matrix_cell c)
{
	char into[MATRIX_CELL_WORDS];

	assert_string_equal(matrix_cell_words(&c, into), words);
}

static void
what_took_effect_beyond_the_honest_once_is_counted(void **state)
{
	(void)state;
	assert_words("0", judged(RESULT("PASS", TIMES("t-1", "0")), ""));
	assert_words("0", judged(RESULT("PASS", TIMES("t-1", "1")), ""));
	assert_words("+1", judged(RESULT("PASS", TIMES("t-1", "2")), ""));
	assert_words("+9",
	    judged(RESULT("PASS",
		       CONTROL "," TIMES("t-1", "8") "," TIMES("t-2", "3")),
		""));
	/* What a control does is judged elsewhere. */
	assert_words("0", judged(RESULT("PASS", TIMES("control-1", "5")), ""));
}

static void
late_is_once_and_after_its_client_gave_up(void **state)
{
	const char *once = RESULT("PASS", TIMES("t-1", "1"));

	(void)state;
	assert_words("late", judged(once, GIVEN_UP BACKEND("accepted")));
	assert_words("late", judged(once, GIVEN_UP BACKEND("store-unavailable")
					      BACKEND("accepted")));
	/* The answer was lost, and not the request. */
	assert_words("0",
	    judged(once, BACKEND("accepted") GIVEN_UP BACKEND("accepted")));
	assert_words("0", judged(once, GIVEN_UP BACKEND("replayed")));
	/* Who comes again and late has come again. */
	assert_words("+1", judged(RESULT("PASS", TIMES("t-1", "2")),
			       GIVEN_UP BACKEND("accepted")));
}

static void
refused_is_who_was_told_that_the_fault_is_his(void **state)
{
	const char *once = RESULT("PASS", TIMES("t-1", "1"));

	(void)state;
	assert_words("0 r1", judged(once, TOLD("refused", ",\"status\":409")));
	assert_words(
	    "0 r2", judged(once, TOLD("refused", ",\"status\":401")
				     TOLD("refused", ",\"status\":409")));
	assert_words("0", judged(once, TOLD("refused", ",\"status\":502")));
	assert_words("0", judged(once, TOLD("accepted", ",\"status\":201")));
}

static void
what_the_story_does_not_expect_is_marked(void **state)
{
	struct matrix_cell c = judged(RESULT("FAIL", TIMES("t-1", "2")), "");

	(void)state;
	assert_true(c.differs);
	assert_words("+1*", c);
	assert_true(judged(RESULT("XPASS", ""), "").differs);
	assert_false(judged(RESULT("XFAIL", ""), "").differs);
}

static void
without_a_verdict_nothing_is_claimed(void **state)
{
	(void)state;
	assert_words("?", judged(RESULT("SKIP", ""), ""));
	assert_words("?*", judged(NULL, ""));
	assert_words("?*", judged("{}", ""));
	assert_words("?*", judged("[1]", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		what_took_effect_beyond_the_honest_once_is_counted),
	    cmocka_unit_test(late_is_once_and_after_its_client_gave_up),
	    cmocka_unit_test(refused_is_who_was_told_that_the_fault_is_his),
	    cmocka_unit_test(what_the_story_does_not_expect_is_marked),
	    cmocka_unit_test(without_a_verdict_nothing_is_claimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
