/* SPDX-License-Identifier: MIT */
/* Every decision as the client reads it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/decision.h"

#include <stdint.h>
#include <string.h>

static const struct defence_policy policy;

/* The caller clears it. */
static const char *
write_answer(const struct decision *d, const struct defence_policy *by,
    struct buffer *out)
{
	struct metrics metrics = {.commits = 77};
	struct http_draft draft = {0};

	buffer_clear(out);
	decision_draft(d, by, &metrics, &draft);
	http_draft_write(&draft, out);
	http_draft_clear(&draft);
	return buffer_text(out);
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no %s in:\n%s", part, text);
}

static void
a_transfer_is_created_and_has_a_receipt(void **state)
{
	struct decision d = {.route = ROUTE_TRANSFER,
	    .transfer.id = "t-1",
	    .receipt = {.seq = 3, .balance = 900}};
	const char *receipt = "{\"id\":\"t-1\",\"seq\":3,\"balance\":900}";
	struct buffer out = {0};

	(void)state;
	assert_int_equal(decision_status(&d), 201);
	assert_has(write_answer(&d, &policy, &out), "HTTP/1.1 201 ");
	assert_has(write_answer(&d, &policy, &out), receipt);
	d.verdict = VERDICT_ANSWERED_BEFORE;
	assert_has(write_answer(&d, &policy, &out), "HTTP/1.1 201 ");
	assert_has(write_answer(&d, &policy, &out), receipt);
	buffer_clear(&out);
}

static void
a_balance_has_the_tag_of_its_state(void **state)
{
	struct decision d = {.route = ROUTE_BALANCE,
	    .account = {.name = "alice", .balance = 5},
	    .version = 12};
	struct buffer out = {0};
	const char *text;

	(void)state;
	text = write_answer(&d, &policy, &out);
	assert_has(text, "HTTP/1.1 200 ");
	assert_has(text, "\r\nETag: \"v12\"\r\n");
	assert_has(text, "{\"account\":\"alice\",\"balance\":5}");
	buffer_clear(&out);
}

static void
a_tag_holds_every_version(void **state)
{
	struct decision d = {.version = INT64_MIN};
	char tag[DECISION_TAG_SIZE];

	(void)state;
	decision_tag(&d, tag);
	assert_string_equal(tag, "v-9223372036854775808");
}

static void
health_and_metrics_have_their_content(void **state)
{
	struct decision d = {.route = ROUTE_HEALTH};
	struct buffer out = {0};

	(void)state;
	assert_has(write_answer(&d, &policy, &out), "{\"status\":\"ok\"}");
	d.route = ROUTE_METRICS;
	assert_has(write_answer(&d, &policy, &out), METRICS_MEDIA_TYPE);
	assert_has(write_answer(&d, &policy, &out), " 77\n");
	buffer_clear(&out);
}

static void
a_refusal_names_its_verdict_and_no_receipt(void **state)
{
	struct decision d = {.route = ROUTE_TRANSFER,
	    .verdict = VERDICT_REPLAYED,
	    .check = CHECK_NONCE,
	    .receipt.seq = 3};
	struct buffer out = {0};
	const char *text;

	(void)state;
	text = write_answer(&d, &policy, &out);
	assert_has(text, ":replayed\"");
	assert_null(strstr(text, "\"seq\""));
	buffer_clear(&out);
}

static void
a_refused_method_is_told_the_others(void **state)
{
	struct decision d = {
	    .route = ROUTE_HEALTH, .verdict = VERDICT_METHOD_NOT_ALLOWED};
	struct buffer out = {0};

	(void)state;
	assert_has(write_answer(&d, &policy, &out), "\r\nAllow: GET, HEAD\r\n");
	buffer_clear(&out);
}

static void
an_unsigned_request_is_challenged(void **state)
{
	struct decision d = {
	    .verdict = VERDICT_UNSIGNED, .check = CHECK_SIGNATURE, .at = 1000};
	struct challenge issuer;
	struct defence_policy with = {.issuer = &issuer};
	struct buffer out = {0};
	struct bytes rest, given;
	const char *nonce;

	(void)state;
	assert_int_equal(challenge_init(&issuer, 60), 0);
	assert_has(write_answer(&d, &policy, &out), "\r\nWWW-Authenticate: ");
	assert_null(strstr(buffer_text(&out), " nonce="));
	nonce = strstr(write_answer(&d, &with, &out), " nonce=\"");
	assert_non_null(nonce);
	rest = bytes_of(nonce + strlen(" nonce=\""));
	assert_true(bytes_take_until(&rest, '"', &given));
	assert_int_equal(challenge_judge(&issuer, given, 1000), CHALLENGE_OURS);
	buffer_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_transfer_is_created_and_has_a_receipt),
	    cmocka_unit_test(a_balance_has_the_tag_of_its_state),
	    cmocka_unit_test(a_tag_holds_every_version),
	    cmocka_unit_test(health_and_metrics_have_their_content),
	    cmocka_unit_test(a_refusal_names_its_verdict_and_no_receipt),
	    cmocka_unit_test(a_refused_method_is_told_the_others),
	    cmocka_unit_test(an_unsigned_request_is_challenged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
