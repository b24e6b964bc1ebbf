/* SPDX-License-Identifier: MIT */
/*
 * Each planted flaw as a row: what the defence says of the last of two
 * requests, and what it says with the flaw.
 */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/defence.h"
#include "backend/nonce_buckets.h"
#include "content_digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1764000000)
#define WINDOW 300
#define CONTENT                                                                \
	"{\"id\":\"t-1\",\"from\":\"alice\",\"to\":\"bob\",\"amount\":1}"
#define KEYS                                                                   \
	"{\"v\":1,\"keys\":[{\"keyid\":\"client\",\"alg\":\"hmac-sha256\","    \
	"\"secret\":\"c2VjcmV0\"},{\"keyid\":\"client2\","                     \
	"\"alg\":\"hmac-sha256\",\"secret\":\"c2VjcmV0\"}]}"
#define OK VERDICT_ACCEPTED
#define N16 "0123456789abcdef"
#define N128 N16 N16 N16 N16 N16 N16 N16 N16

static const char *const all[] = {
    "@method", "@authority", "@path", "@query", "content-digest", NULL};
static const char *const all_but_digest[] = {
    "@method", "@authority", "@path", "@query", NULL};
static const char *const digest_only[] = {"content-digest", NULL};
static const char *const nothing[] = {NULL};

struct request {
	const char *const *components; /* NULL: there is no such request */
	const char *nonce, *keyid;     /* NULL: "n-1", "client" */
	bool forged;                   /* under a key nobody has */
	bool plain;            /* nonce and time as plain header fields */
	const char *from, *to; /* text replaced in it on the way */
};

static const struct {
	enum weakness weakness;
	const char *checks;
	struct request first, last;
	enum verdict right, weak;
} rows[] = {
    {WEAK_UNSIGNED_NONCE, "timestamp,nonce", {.components = all, .plain = true},
	{.components = all,
	    .plain = true,
	    .from = "Nonce: n-1",
	    .to = "Nonce: n-2"},
	VERDICT_UNSIGNED, OK},
    {WEAK_CHECK_IF_PRESENT, "timestamp,nonce", {.components = all},
	{.components = all, .from = "\r\nSignature: ", .to = "\r\nX-Nothing: "},
	VERDICT_MALFORMED, OK},
    {WEAK_UNSIGNED_BODY, "timestamp", {.components = all_but_digest},
	{.components = all_but_digest,
	    .from = "\"amount\":1",
	    .to = "\"amount\":9"},
	VERDICT_FORGED, OK},
    {WEAK_UNSIGNED_BODY, "timestamp", {.components = all},
	{.components = all, .from = "\"amount\":1", .to = "\"amount\":9"},
	VERDICT_FORGED, VERDICT_FORGED},
    {WEAK_UNSIGNED_TARGET, "timestamp", {.components = digest_only},
	{.components = digest_only,
	    .from = "Host: gateway",
	    .to = "Host: another"},
	VERDICT_FORGED, OK},
    {WEAK_UNSIGNED_TARGET, "timestamp", {.components = all},
	{.components = all, .from = "Host: gateway", .to = "Host: another"},
	VERDICT_FORGED, VERDICT_FORGED},
    {WEAK_EMPTY_COVERAGE, "timestamp", {.components = nothing},
	{.components = nothing, .from = "\"amount\":1", .to = "\"amount\":9"},
	VERDICT_FORGED, OK},
    {WEAK_RAW_TEXT_NONCE, "timestamp,nonce", {.components = all},
	{.components = all, .from = ";nonce=", .to = "; nonce="},
	VERDICT_REPLAYED, OK},
    {WEAK_RAW_TEXT_NONCE, "timestamp,nonce", {.components = all},
	{.components = all}, VERDICT_REPLAYED, VERDICT_REPLAYED},
    {WEAK_CHECK_THEN_INSERT, "timestamp,nonce", {.components = all},
	{.components = all}, VERDICT_REPLAYED, OK},
    {WEAK_NONCE_BEFORE_SIGNATURE, "timestamp,nonce",
	{.components = all, .forged = true}, {.components = all}, OK,
	VERDICT_REPLAYED},
    {WEAK_GLOBAL_NONCE_SPACE, "timestamp,nonce",
	{.components = all, .keyid = "client2"}, {.components = all}, OK,
	VERDICT_REPLAYED},
    {WEAK_UNBOUNDED_NONCE, "timestamp,nonce", {.components = all},
	{.components = all, .nonce = N128}, OK, OK},
    {WEAK_UNBOUNDED_NONCE, "timestamp,nonce", {.components = all},
	{.components = all, .nonce = N128 "n"}, VERDICT_MALFORMED, OK},
    {WEAK_FAIL_OPEN, "timestamp,nonce", {.components = all, .nonce = "n-0"},
	{.components = all}, VERDICT_STORE_UNAVAILABLE, OK},
};

static void
write_request(struct buffer *wire, const struct request *r)
{
	const struct signature_key key = {
	    SIGNATURE_HMAC_SHA256, bytes_of(r->forged ? "guess" : "secret")};
	const char *nonce = r->nonce != NULL ? r->nonce : "n-1";
	const struct signature_choice choice = {.components = r->components,
	    .with_created = !r->plain,
	    .created = NOW,
	    .nonce = r->plain ? NULL : nonce,
	    .keyid = r->keyid != NULL ? r->keyid : "client"};
	struct http_draft d = {0};
	struct buffer digest = {0};

	http_draft_request(&d, "POST", "/transfers", "gateway");
	http_draft_content(&d, "application/json", bytes_of(CONTENT));
	content_digest_write(&digest, bytes_of(CONTENT));
	http_draft_field(&d, "Content-Digest", buffer_text(&digest));
	if (r->plain) {
		http_draft_field(&d, "Request-Nonce", nonce);
		http_draft_field(&d, "Request-Created", "1764000000");
	}
	assert_int_equal(http_sign(&d, &choice, &key), 0);
	http_draft_write(&d, wire);
	http_draft_clear(&d);
	buffer_clear(&digest);
}

static void
replace(struct buffer *wire, const char *from, const char *to)
{
	char *text = strdup(buffer_text(wire)), *at = strstr(text, from);

	assert_non_null(at);
	*at = '\0';
	buffer_reset(wire);
	buffer_printf(wire, "%s%s%s", text, to, at + strlen(from));
	free(text);
}

static enum verdict
judge(const struct defence_policy *policy, const struct keyring *keys,
    struct nonce_memory *memory, const struct request *r,
    struct defence_claim *claim)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *m;
	struct buffer wire = {0};
	enum verdict verdict;
	struct bytes in;

	write_request(&wire, r);
	if (r->from != NULL)
		replace(&wire, r->from, r->to);
	in = buffer_bytes(&wire);
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	verdict = defence_judge(policy, keys, m, NOW, memory, claim);
	buffer_clear(&wire);
	http_reader_free(reader);
	return verdict;
}

/* The verdict on the last request of a row; its memory has room for one. */
static enum verdict
verdict_of(size_t i, bool weak)
{
	long capacity = rows[i].weakness == WEAK_FAIL_OPEN ? 1 : 100;
	struct nonce_memory *memory =
	    nonce_buckets_new(&(struct nonce_buckets_settings){
		.capacity = capacity, .longest = 2 * WINDOW});
	struct keyring *keys = keyring_parse(bytes_of(KEYS), "keys");
	struct defence_policy policy;
	struct defence_claim claim;
	enum verdict verdict;

	assert_true(defence_policy_read(rows[i].checks, &policy));
	policy.window = WINDOW;
	policy.nonce_ttl = 2 * WINDOW;
	policy.weak[rows[i].weakness] = weak;
	(void)judge(&policy, keys, memory, &rows[i].first, &claim);
	verdict = judge(&policy, keys, memory, &rows[i].last, &claim);
	assert_int_equal(claim.add_later,
	    weak && rows[i].weakness == WEAK_CHECK_THEN_INSERT);
	keyring_close(keys);
	nonce_memory_free(memory);
	return verdict;
}

static void
each_flaw_lets_in_or_refuses_what_the_defence_does_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum verdict right = verdict_of(i, false);
		enum verdict weak = verdict_of(i, true);

		if (right != rows[i].right || weak != rows[i].weak)
			fail_msg("row %zu, %s: %s, with the flaw %s", i,
			    weakness_name(rows[i].weakness),
			    verdict_name(right), verdict_name(weak));
	}
}

static void
a_server_that_knows_its_name_answers_to_no_other(void **state)
{
	static const struct request honest = {.components = all};
	struct keyring *keys = keyring_parse(bytes_of(KEYS), "keys");
	struct defence_policy policy;
	struct defence_claim claim;

	(void)state;
	assert_true(defence_policy_read("signature", &policy));
	policy.authority = "Gateway";
	assert_int_equal(judge(&policy, keys, NULL, &honest, &claim), OK);
	policy.authority = "backend2";
	assert_int_equal(
	    judge(&policy, keys, NULL, &honest, &claim), VERDICT_MISDIRECTED);
	assert_int_equal(claim.check, CHECK_AUTHORITY);
	keyring_close(keys);
}

static void
a_token_is_taken_from_whoever_shows_it(void **state)
{
	static const struct {
		const char *field;
		enum verdict verdict;
	} tokens[] = {
	    {"", VERDICT_UNSIGNED},
	    {"Authorization: Bearer sesame\r\n", VERDICT_ACCEPTED},
	    {"authorization: bearer sesame\r\n", VERDICT_ACCEPTED},
	    {"Authorization: Bearer sesam\r\n", VERDICT_UNSIGNED},
	    {"Authorization: Bearer\r\n", VERDICT_UNSIGNED},
	    {"Authorization: Basic sesame\r\n", VERDICT_UNSIGNED},
	    {"Authorization: sesame\r\n", VERDICT_UNSIGNED},
	};
	struct defence_policy policy;
	struct defence_claim claim;

	(void)state;
	assert_true(defence_policy_read("none", &policy));
	policy.bearer = "sesame";
	for (size_t i = 0; i < COUNT(tokens); i++) {
		char to[80];
		struct request r = {
		    .components = all, .from = "Host: ", .to = to};

		snprintf(to, sizeof(to), "%sHost: ", tokens[i].field);
		assert_int_equal(
		    judge(&policy, NULL, NULL, &r, &claim), tokens[i].verdict);
		assert_int_equal(claim.check,
		    tokens[i].verdict == OK ? CHECK_NONE : CHECK_BEARER);
	}
}

/* 16 bytes of a nonce take one place, and 33 bytes three, if all is kept. */
static void
a_nonce_takes_one_place_however_long_it_is(void **state)
{
	static const struct {
		const char *nonce;
		long places;
	} nonces[] = {{"n", 1}, {N16, 1}, {N16 "n", 2}, {N16 N16 "n", 3}};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(nonces); i++) {
		bool weak = i % 2 == 1;
		long places = weak ? nonces[i / 2].places : 1;
		struct request r = {
		    .components = all, .nonce = nonces[i / 2].nonce};
		struct nonce_memory *memory =
		    nonce_buckets_new(&(struct nonce_buckets_settings){
			.capacity = places + 1, .longest = 2 * WINDOW});
		struct keyring *keys = keyring_parse(bytes_of(KEYS), "keys");
		struct defence_policy policy;
		struct defence_claim claim;

		assert_true(defence_policy_read("timestamp,nonce", &policy));
		policy.window = WINDOW;
		policy.nonce_ttl = 2 * WINDOW;
		policy.weak[WEAK_UNBOUNDED_NONCE] = weak;
		assert_int_equal(judge(&policy, keys, memory, &r, &claim), OK);
		r.nonce = "a";
		assert_int_equal(judge(&policy, keys, memory, &r, &claim), OK);
		r.nonce = "b";
		assert_int_equal(judge(&policy, keys, memory, &r, &claim),
		    VERDICT_STORE_UNAVAILABLE);
		keyring_close(keys);
		nonce_memory_free(memory);
	}
}

static void
every_flaw_has_a_name_of_its_own(void **state)
{
	enum weakness found;

	(void)state;
	for (int i = 0; i < WEAKNESSES; i++) {
		assert_true(
		    weakness_read(weakness_name((enum weakness)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(weakness_read("", &found));
	assert_false(weakness_read("unknown", &found));
	assert_false(weakness_read("Fail-open", &found));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		each_flaw_lets_in_or_refuses_what_the_defence_does_not),
	    cmocka_unit_test(a_server_that_knows_its_name_answers_to_no_other),
	    cmocka_unit_test(a_token_is_taken_from_whoever_shows_it),
	    cmocka_unit_test(a_nonce_takes_one_place_however_long_it_is),
	    cmocka_unit_test(every_flaw_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
