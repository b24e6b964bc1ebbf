/* SPDX-License-Identifier: MIT */
#include "story/scenario.h"

#include "buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "id X1\ntitle A title\nclause RFC 1\n"
#define CONTROL "control client transfer --from alice --to bob --amount 1\n"
#define EXPECT "expect executed t-1 once\n"
#define HONEST "tags honest\n"

static struct scenario *
parse(const char *text, struct scenario_error *error)
{
	return scenario_parse(bytes_of(text), error);
}

static void
refused(const char *text, unsigned int line, const char *why)
{
	struct scenario_error error;
	struct scenario *s = parse(text, &error);

	assert_null(s);
	if (error.line != line || strstr(error.why, why) == NULL)
		fail_msg("line %u: %s", error.line, error.why);
}

static void
a_whole_scenario_is_read(void **state)
{
	struct scenario_error error;
	struct scenario *s =
	    parse("# a comment\n" HEAD
		  "tags headline tls ladder.2\nwiring hub\nminutes 5\n"
		  "over suite tls13 tls12-gcm\n"
		  "story One line.\nstory Two lines.\n\n"
		  "start gateway gateway --suite {suite}\n" CONTROL
		  "start attacker record --until \"1 request\"  # why\n"
		  "run attacker replay --request 1\r\n"
		  "clock backend1 -5s\n"
		  "expect stopped-by backend:nonce\n" EXPECT CONTROL,
		&error);
	char word[64];

	(void)state;
	if (s == NULL)
		fail_msg("line %u: %s", error.line, error.why);
	assert_string_equal(s->id, "X1");
	assert_string_equal(s->title, "A title");
	assert_int_equal(s->wiring, WIRING_HUB);
	assert_int_equal(s->value_count, 2);
	assert_int_equal(s->story_count, 2);
	assert_int_equal(scenario_tag_place(s, "tls"), 0);
	assert_int_equal(scenario_tag_place(s, "tl"), -1);
	assert_int_equal(scenario_tag_place(s, "ladder"), 2);
	assert_int_equal(scenario_tag_place(s, "ladder.2"), 0);
	assert_int_equal(scenario_tag_place(s, "ladder."), -1);
	assert_int_equal(s->step_count, 8);
	assert_string_equal(s->steps[0].actor, "gateway");
	assert_string_equal(
	    scenario_word(s, s->steps[0].words[2], "tls13", word, sizeof(word)),
	    "tls13");
	assert_string_equal(s->steps[2].words[2], "1 request");
	assert_int_equal(s->steps[2].word_count, 3);
	assert_false(scenario_step_attacks(&s->steps[2]));
	assert_true(scenario_step_attacks(&s->steps[3]));
	assert_int_equal(s->steps[3].line, 15);
	scenario_free(s);
}

static void
a_mistake_is_named_with_its_line(void **state)
{
	(void)state;
	refused(HEAD "banana client x\n", 4, "unknown word banana");
	refused(HEAD "run nobody x\n", 4, "nobody is no host");
	refused(HEAD "run\n", 4, "run whom?");
	refused(HEAD "run client\n", 4, "run client what?");
	refused(HEAD "step client now\n", 4, "no further word");
	refused(HEAD "clock backend1 5m\n", 4, "seconds such as");
	refused(HEAD "id X2\n", 4, "stands here twice");
	refused(HEAD "wiring ring\n", 4, "switch or hub");
	refused(HEAD "minutes 0\n", 4, "from 1 to 240");
	refused(HEAD "over suite\n", 4, "list is empty");
	refused(HEAD "run client \"open\n", 4, "quote that does not end");
	refused(HEAD "expect stopped-by magic\n", 4, "stopped-by takes");
	refused(HEAD "expect executed t-1 often\n", 4, "executed takes");
	refused(HEAD "expect moved t-1 much\n", 4, "moved takes");
	refused(HEAD "expect moved t-1 -1\n", 4, "moved takes");
	refused(HEAD "expect moved t-1\n", 4, "moved takes");
	refused(HEAD "expect executed t-1 once when\n", 4, "when takes");
	refused(HEAD "over suite a b\n" CONTROL EXPECT
		     "expect executed t-2 once when a c\n",
	    7, "over has no such value");
	refused(HEAD "over suite a b\n" CONTROL
		     "expect executed t-2 once when a\n",
	    0, "nothing of the ledger when b");
	refused(HEAD CONTROL "expect executed t-1 once when a\n", 5,
	    "over has no such value");
	refused(HEAD "expect collateral rain t-1\n", 4, "collateral takes");
	refused(HEAD "expect delivered home\n", 4, "delivered takes");
	refused(HEAD "expect\n", 4, "expect takes");
}

static void
a_control_is_a_transfer_or_a_balance_of_a_client(void **state)
{
	struct scenario_error error;
	struct scenario *s = parse(HEAD HONEST CONTROL EXPECT
	    "control client2 balance --account bob\n",
	    &error);

	(void)state;
	assert_non_null(s);
	scenario_free(s);
	refused(HEAD CONTROL "start attacker intercept --to gateway\n" EXPECT,
	    0, "one after its last");
	refused(HEAD "control client --help\n", 4, "not --help");
	refused(HEAD "control client transfers\n", 4, "not transfers");
	refused(HEAD "control backend1 transfer\n", 4, "one of backend1");
	refused(HEAD "control attacker balance\n", 4, "one of attacker");
}

static void
values_are_plain_and_distinct(void **state)
{
	struct scenario_error error;
	struct scenario *s = parse(HEAD
	    "over skew -5s +31s a.b_C\n"
	    "needs openssl s_client g++ tls1.3-tool\n" HONEST CONTROL EXPECT,
	    &error);

	(void)state;
	assert_non_null(s);
	assert_int_equal(s->value_count, 3);
	assert_int_equal(s->need_count, 4);
	scenario_free(s);
	refused(HEAD "over suite a/b\n", 4, "over takes");
	refused(HEAD "over suite \"\"\n", 4, "over takes");
	refused(HEAD "over suite \"a b\"\n", 4, "over takes");
	refused(HEAD "over s{t a\n", 4, "over takes");
	refused(HEAD "over suite a b a\n", 4, "a twice");
	refused(HEAD "needs openssl x';id;'\n", 4, "needs takes");
	refused(HEAD "needs ../x\n", 4, "needs takes");
	refused(HEAD "needs \"\"\n", 4, "needs takes");
}

static void
a_value_up_to_its_limit_is_read_and_one_longer_is_refused(void **state)
{
	struct scenario_error error;
	struct scenario *s = parse(HEAD
	    "over w 01234567890123456789012345678901\n" HONEST CONTROL EXPECT,
	    &error);

	(void)state;
	assert_non_null(s);
	scenario_free(s);
	refused(
	    HEAD "over w 012345678901234567890123456789012\n", 4, "1 to 32");
}

static void
a_control_byte_is_refused(void **state)
{
	(void)state;
	refused("id X1\ntitle a \x1b[31mred\n", 2, "control byte");
	refused("id X1\ntitle a \x7f\n", 2, "control byte");
	refused("id X1\ntitle one\rtwo\r\n", 2, "control byte");
	refused(HEAD "story \x01\n", 4, "control byte");
	refused("title tabs\tand \xc3\xa9 are text\n", 0, "id is missing");
}

static void
only_checks_there_are_can_stop(void **state)
{
	static const char *const checks[] = {"syntax", "authority", "bearer",
	    "signature", "timestamp", "nonce", "store", "bank"};
	char line[80], text[400];
	struct scenario_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct scenario *s;

		snprintf(line, sizeof(line), "expect stopped-by backend:%s\n",
		    checks[i]);
		snprintf(
		    text, sizeof(text), HEAD HONEST CONTROL EXPECT "%s", line);
		s = parse(text, &error);
		assert_non_null(s);
		scenario_free(s);
	}
	refused(HEAD "expect stopped-by backend:magic\n", 4,
	    "backend: takes syntax, authority");
	refused(HEAD "expect stopped-by tls-early-data:sen\n", 4,
	    "tls-early-data: takes seen, too-soon");
	refused(HEAD "expect stopped-by backend:magic\n", 4, "store, bank");
	refused(HEAD "expect stopped-by magic\n", 4, "backend:CHECK or nobody");
	refused(HEAD "expect stopped-by\n", 4, "stopped-by takes");
	refused(HEAD "expect stopped-by backend:\n", 4, "takes");
	refused(HEAD "expect stopped-by backend:nonc\n", 4, "takes");
}

static void
a_number_of_times_is_one_that_can_be_counted(void **state)
{
	struct scenario_error error;
	struct scenario *s =
	    parse(HEAD HONEST CONTROL "expect executed t-1 3-times\n", &error);

	(void)state;
	assert_non_null(s);
	scenario_free(s);
	refused(HEAD "expect executed t-1 99999999999999999999-times\n", 4,
	    "executed takes");
	refused(HEAD "expect executed t-1 -1-times\n", 4, "executed takes");
	refused(HEAD "expect executed t-1 +1-times\n", 4, "executed takes");
	refused(HEAD "expect executed t-1 -times\n", 4, "executed takes");
}

static void
what_is_missing_as_a_whole_is_named(void **state)
{
	(void)state;
	refused("", 0, "id is missing");
	refused("id X1\n", 0, "title is missing");
	refused("id X1\ntitle t\n", 0, "clause is missing");
	refused("id X_1\ntitle t\nclause c\n", 0, "letters, digits");
	refused(HEAD CONTROL, 0, "expects nothing of the ledger");
	refused(HEAD CONTROL "run attacker replay --request 1\n"
			     "expect delivered backend\n" CONTROL,
	    0, "expects nothing of the ledger");
	refused(HEAD "over suite a b\n" CONTROL "expect stopped-by nobody\n"
		     "expect moved t-1 1 when a\n",
	    0, "nothing of the ledger when b");
	refused(HEAD EXPECT, 0, "control before its first attack");
	refused(HEAD CONTROL "run attacker replay --request 1\n" EXPECT, 0,
	    "one after its last");
	refused(HEAD "run attacker replay --request 1\n" CONTROL EXPECT, 0,
	    "control before its first attack");
}

static void
a_story_without_an_attack_says_so(void **state)
{
	(void)state;
	refused(HEAD CONTROL EXPECT, 0, "nobody attacks");
	refused(
	    HEAD CONTROL "run attacker record\n" EXPECT, 0, "nobody attacks");
	refused(HEAD HONEST CONTROL
	    "run attacker replay --request 1\n" EXPECT CONTROL,
	    0, "has the tag honest");
}

static void
limits_hold_and_one_past_is_refused(void **state)
{
	struct scenario_error error;
	struct scenario *s;
	struct buffer text = {0};

	(void)state;
	buffer_add_text(&text, HEAD HONEST CONTROL EXPECT CONTROL);
	for (int i = 3; i < SCENARIO_STEPS_MAX; i++)
		buffer_add_text(&text, "step client\n");
	s = scenario_parse(buffer_bytes(&text), &error);
	assert_non_null(s);
	scenario_free(s);
	buffer_add_text(&text, "step client\n");
	refused(buffer_text(&text), 4 + SCENARIO_STEPS_MAX + 1,
	    "more than 64 steps");

	buffer_reset(&text);
	buffer_add_text(&text, HEAD "story ");
	for (int i = 0; i < SCENARIO_LINE_MAX; i++)
		buffer_add_text(&text, "x");
	refused(buffer_text(&text), 4, "longer than");
	buffer_reset(&text);
	buffer_add_text(&text, HEAD "run client");
	for (int i = 0; i < SCENARIO_WORDS_MAX; i++)
		buffer_add_text(&text, " w");
	refused(buffer_text(&text), 4, "more than 32 words");
	buffer_clear(&text);
}

static void
a_nul_byte_is_refused(void **state)
{
	static const char text[] = "id X1\0title";
	struct scenario_error error;

	(void)state;
	assert_null(scenario_parse(
	    (struct bytes){(const uint8_t *)text, sizeof(text) - 1}, &error));
	assert_non_null(strstr(error.why, "NUL"));
}

static void
every_shorter_prefix_is_read_or_refused_with_a_reason(void **state)
{
	static const char text[] = HEAD HONEST CONTROL EXPECT CONTROL;
	struct scenario_error error;

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		struct scenario *s = scenario_parse(
		    (struct bytes){(const uint8_t *)text, n}, &error);

		assert_true(s != NULL || *error.why != '\0');
		scenario_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_scenario_is_read),
	    cmocka_unit_test(a_mistake_is_named_with_its_line),
	    cmocka_unit_test(a_control_is_a_transfer_or_a_balance_of_a_client),
	    cmocka_unit_test(values_are_plain_and_distinct),
	    cmocka_unit_test(
		a_value_up_to_its_limit_is_read_and_one_longer_is_refused),
	    cmocka_unit_test(a_control_byte_is_refused),
	    cmocka_unit_test(only_checks_there_are_can_stop),
	    cmocka_unit_test(a_number_of_times_is_one_that_can_be_counted),
	    cmocka_unit_test(what_is_missing_as_a_whole_is_named),
	    cmocka_unit_test(a_story_without_an_attack_says_so),
	    cmocka_unit_test(limits_hold_and_one_past_is_refused),
	    cmocka_unit_test(a_nul_byte_is_refused),
	    cmocka_unit_test(
		every_shorter_prefix_is_read_or_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
