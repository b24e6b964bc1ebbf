/* SPDX-License-Identifier: MIT */
/*
 * A scenario as a whole: all its copies, the ledger, and what an expectation
 * makes of them.
 */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "fates.h"

static void
several_copies_are_summed_up_by_the_worst(void **state)
{
#define SECOND REQUEST_COPY COPY_PASSED AT_BACKEND("aa", ACCEPTED)
	(void)state;
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT SECOND, 2,
	    "nobody", "backend");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT REQUEST_COPY
		   COPY_PASSED AT_BACKEND("aa", REFUSED),
	    1, "several-layers", "backend");
	expect(HANDSHAKE SERVED TOLD RECORD_COPY RECORD_READ ALERT REQUEST_COPY,
	    1, "unknown", "nowhere");
}

static void
without_a_copy_there_is_nothing_to_stop(void **state)
{
	(void)state;
	expect(HANDSHAKE SERVED TOLD, 1, "no-copy-sent", "nowhere");
	expect("", 0, "no-copy-sent", "nowhere");
}

static void
every_inverted_expectation_is_not_met(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(
	    SERVED TOLD REQUEST_COPY COPY_PASSED AT_BACKEND("aa", ACCEPTED), 2,
	    &e, &o);
	assert_true(meets(&o, "stopped-by", "nobody", NULL));
	assert_false(meets(&o, "stopped-by", "tcp", NULL));
	assert_false(meets(&o, "stopped-by", "tls-record", NULL));
	assert_false(meets(&o, "stopped-by", "tls-handshake", NULL));
	assert_false(meets(&o, "stopped-by", "gateway", NULL));
	assert_false(meets(&o, "stopped-by", "backend:nonce", NULL));
	assert_false(meets(&o, "stopped-by", "backend", NULL));
	assert_true(meets(&o, "delivered", "backend", NULL));
	assert_false(meets(&o, "delivered", "tcp", NULL));
	assert_true(meets(&o, "executed", "t-1", "twice"));
	assert_false(meets(&o, "executed", "t-1", "once"));
	assert_false(meets(&o, "executed", "t-1", "never"));
	assert_false(meets(&o, "executed", "t-9", "never"));
	assert_true(meets(&o, "moved", "t-1", "200"));
	assert_false(meets(&o, "moved", "t-1", "100"));
	assert_false(meets(&o, "moved", "t-9", "0"));
	assert_false(meets(&o, "collateral", "connection-lost", "t-1"));
	evidence_close(&e);
}

static void
what_took_effect_and_nobody_asked_for_is_seen(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(SERVED TOLD TOLD REQUEST_COPY SERVED, 3, &e, &o);
	assert_true(meets(&o, "executed", "t-1", "twice"));
	assert_true(meets(&o, "executed", "t-8", "once"));
	assert_false(meets(&o, "executed", "t-9", "never"));
	assert_int_equal(o.executed_count, 2);
	evidence_close(&e);
}

static void
what_the_client_was_told_is_held_against_the_ledger(void **state)
{
	struct evidence e;
	struct observation o;

	(void)state;
	observe_text(TOLD E("transfer", "\"id\":\"t-2\","
					"\"outcome\":\"connection-lost\"")
			 E("transfer", "\"id\":\"t-3\","
				       "\"outcome\":\"refused\"")
			     E("transfer", "\"id\":\"t-4\","
					   "\"outcome\":\"unanswered\""),
	    0, &e, &o);
	assert_true(meets(&o, "collateral", "request-swallowed", "t-1"));
	assert_true(meets(&o, "collateral", "connection-lost", "t-2"));
	assert_true(meets(&o, "collateral", "honest-refused", "t-3"));
	assert_true(meets(&o, "collateral", "unanswered", "t-4"));
	assert_int_equal(o.price_count, 4);
	evidence_close(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(several_copies_are_summed_up_by_the_worst),
	    cmocka_unit_test(without_a_copy_there_is_nothing_to_stop),
	    cmocka_unit_test(every_inverted_expectation_is_not_met),
	    cmocka_unit_test(what_took_effect_and_nobody_asked_for_is_seen),
	    cmocka_unit_test(
		what_the_client_was_told_is_held_against_the_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
