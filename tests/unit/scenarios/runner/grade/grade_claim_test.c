/* SPDX-License-Identifier: MIT */
/* Each claim that is not so is a note; what is so is none. */
#include "grade/grade_claim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define R(result, stopped, times, copies, frames)                              \
	"{\"result\":\"" result "\",\"reason\":\"line 31 does not hold\","     \
	"\"stopped_by\":\"" stopped "\",\"delivered\":\"tls\","                \
	"\"executed\":[{\"id\":\"t-1\",\"times\":" times "}],"                 \
	"\"collateral\":[],\"expected\":[],\"ledger\":[],\"copies\":[" copies  \
	"],\"frames\":" frames "}"
#define COPY "{\"event\":4,\"at\":\"gateway\"}"
#define TRUTH R("FAIL", "nobody", "2", COPY, "9")

static struct grade_notes notes;

static const char *
compare(const char *claimed, bool whole)
{
	cJSON *a = cJSON_Parse(claimed), *b = cJSON_Parse(TRUTH);

	assert_non_null(b);
	notes = (struct grade_notes){0};
	grade_claim_compare(a, b, whole, &notes);
	cJSON_Delete(a);
	cJSON_Delete(b);
	return notes.text;
}

static void
what_is_so_is_no_note(void **state)
{
	(void)state;
	assert_string_equal(compare(TRUTH, true), "");
}

static void
each_claim_is_compared(void **state)
{
	(void)state;
	assert_string_equal(compare(R("PASS", "nobody", "2", COPY, "9"), true),
	    "verdict: judged FAIL, claimed PASS: line 31 does not hold");
	assert_string_equal(compare(R("FAIL", "tcp", "2", COPY, "9"), true),
	    "claim: stopped_by is nobody, claimed tcp");
	assert_string_equal(compare(R("FAIL", "nobody", "1", COPY, "9"), true),
	    "claim: executed: number 1 has another times");
	assert_string_equal(compare(R("FAIL", "nobody", "2", "", "9"), true),
	    "claim: copies: there are 1, claimed 0");
	assert_string_equal(compare(R("FAIL", "nobody", "2",
					"{\"event\":4,\"at\":\"client\"}", "9"),
				true),
	    "claim: copies: number 1 has another at");
	assert_string_equal(compare(R("FAIL", "nobody", "2", COPY, "8"), true),
	    "claim: the capture has 9 frames, claimed 8");
}

static void
without_a_capture_nothing_is_said_of_it(void **state)
{
	(void)state;
	assert_string_equal(
	    compare(R("FAIL", "nobody", "2", "", "8"), false), "");
}

static void
what_is_no_result_claims_nothing_that_is_shown(void **state)
{
	cJSON *none = cJSON_Parse("{\"result\":\"A+\"}");

	(void)state;
	assert_string_equal(grade_claim_word(none), "?");
	assert_string_equal(grade_claim_word(NULL), "?");
	cJSON_Delete(none);
	compare("[1,2]", true);
	assert_true(notes.count > GRADE_NOTES_MAX);
	assert_null(strstr(
	    compare(R("FAIL", "\\u001b[2J", "2", COPY, "9"), true), "[2J"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_so_is_no_note),
	    cmocka_unit_test(each_claim_is_compared),
	    cmocka_unit_test(without_a_capture_nothing_is_said_of_it),
	    cmocka_unit_test(what_is_no_result_claims_nothing_that_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
