/* SPDX-License-Identifier: MIT */
/* The defence as a truth table: what is sent, under which checks. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/defence.h"
#include "backend/nonce_table.h"
#include "content_digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW INT64_C(1764000000)
#define WINDOW 300
#define CONTENT                                                                \
	"{\"id\":\"t-1\",\"from\":\"alice\",\"to\":\"bob\",\"amount\":1}"
#define KEYS                                                                   \
	"{\"v\":1,\"keys\":[{\"keyid\":\"client\",\"alg\":\"hmac-sha256\","    \
	"\"secret\":\"c2VjcmV0\"}]}"

static const char *const all[] = {
    "@method", "@authority", "@path", "@query", "content-digest", NULL};
static const char *const all_but_digest[] = {
    "@method", "@authority", "@path", "@query", NULL};
static const char *const all_but_path[] = {
    "@method", "@authority", "@query", "content-digest", NULL};

static const char *const uri_for_target[] = {
    "@method", "@target-uri", "content-digest", NULL};
static const char *const all_but_method[] = {
    "@target-uri", "content-digest", NULL};

/* What is sent, and when it arrives for the last time. */
struct sending {
	const char *what;
	const char *const *components; /* NULL: not signed at all */
	bool without_created, without_nonce, without_keyid;
	const char *keyid, *secret, *nonce; /* NULL: the right ones */
	const char *content;                /* put in after signing */
	const char *field;                  /* added after signing */
	const char *method;                 /* NULL: POST */
	int64_t created_after;              /* seconds after NOW */
	int64_t again_after; /* a copy, so many seconds later; -1: none */
};

enum checks { NONE, SIGNATURE, TIMESTAMP, NONCE, BOTH, CHECKS };

static const char *const policies[CHECKS][4] = {
    [NONE] = {"none"},
    [SIGNATURE] = {"signature"},
    [TIMESTAMP] = {"timestamp", "signature,timestamp", "timestamp,signature"},
    [NONCE] = {"nonce", "signature,nonce"},
    [BOTH] = {"timestamp,nonce", "signature,timestamp,nonce",
	"nonce,timestamp,signature"},
};

#define OK VERDICT_ACCEPTED
#define MALFORMED VERDICT_MALFORMED
#define UNSIGNED VERDICT_UNSIGNED
#define FORGED VERDICT_FORGED
#define STALE VERDICT_STALE
#define FUTURE VERDICT_FROM_THE_FUTURE
#define REPLAYED VERDICT_REPLAYED
#define ONCE .again_after = -1

static const struct {
	struct sending s;
	enum verdict expected[CHECKS];
} table[] = {
    /*	what			none signature timestamp nonce both */
    {{"honest", all, ONCE}, {OK, OK, OK, OK, OK}},
    {{"copy at once", all, .again_after = 0}, {OK, OK, OK, REPLAYED, REPLAYED}},
    {{"copy at the end of the window", all, .again_after = WINDOW},
	{OK, OK, OK, REPLAYED, REPLAYED}},
    {{"copy after the window", all, .again_after = WINDOW + 1},
	{OK, OK, STALE, OK, STALE}},
    {{"late", all, .created_after = -WINDOW - 1, ONCE},
	{OK, OK, STALE, OK, STALE}},
    {{"just in time", all, .created_after = -WINDOW, ONCE},
	{OK, OK, OK, OK, OK}},
    {{"early within the window", all, .created_after = WINDOW, ONCE},
	{OK, OK, OK, OK, OK}},
    {{"early, its copy at its very end", all, .created_after = WINDOW,
	 .again_after = 2 * WINDOW},
	{OK, OK, OK, OK, REPLAYED}},
    {{"from the future", all, .created_after = WINDOW + 1, ONCE},
	{OK, OK, FUTURE, OK, FUTURE}},
    {{"changed body", all, .content = "{}", ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"unsigned", NULL, ONCE}, {OK, UNSIGNED, UNSIGNED, UNSIGNED, UNSIGNED}},
    {{"no nonce", all, .without_nonce = true, ONCE},
	{OK, OK, OK, UNSIGNED, UNSIGNED}},
    {{"an empty nonce", all, .nonce = "", ONCE},
	{OK, OK, OK, UNSIGNED, UNSIGNED}},
    {{"no created", all, .without_created = true, ONCE},
	{OK, OK, UNSIGNED, OK, UNSIGNED}},
    {{"wrong key", all, .secret = "guess", ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"key nobody knows", all, .keyid = "mallory", ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"no key named", all, .without_keyid = true, ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"content not covered", all_but_digest, ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"path not covered", all_but_path, ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"target URI covered", uri_for_target, ONCE}, {OK, OK, OK, OK, OK}},
    {{"target URI covered, method not", all_but_method, ONCE},
	{OK, FORGED, FORGED, FORGED, FORGED}},
    {{"second signature", all, .field = "Signature", ONCE},
	{OK, MALFORMED, MALFORMED, MALFORMED, MALFORMED}},
};

struct scene {
	char path[32];
	struct store *store;
	struct nonce_memory *memory;
	struct keyring *keys;
};

static void
remove_ledger(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[64];

	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

static void
open_scene(struct scene *c)
{
	strcpy(c->path, "/tmp/defenceXXXXXX");
	close(mkstemp(c->path));
	assert_non_null(c->store = store_open(c->path, 0));
	assert_non_null(c->memory = nonce_table_new(c->store, 100));
	assert_non_null(c->keys = keyring_parse(bytes_of(KEYS), "keys"));
	assert_int_equal(store_begin(c->store), 0);
}

static void
close_scene(struct scene *c)
{
	store_commit(c->store);
	nonce_memory_free(c->memory);
	store_close(c->store);
	keyring_close(c->keys);
	remove_ledger(c->path);
}

static void
sign(struct http_draft *d, const struct sending *s)
{
	const struct signature_key key = {SIGNATURE_HMAC_SHA256,
	    bytes_of(s->secret == NULL ? "secret" : s->secret)};
	const struct signature_choice choice = {.components = s->components,
	    .with_created = !s->without_created,
	    .created = NOW + s->created_after,
	    .nonce = s->without_nonce ? NULL
		     : s->nonce       ? s->nonce
				      : "n-1",
	    .keyid = s->without_keyid ? NULL
		     : s->keyid       ? s->keyid
				      : "client"};

	assert_int_equal(http_sign(d, &choice, &key), 0);
}

static void
write_request(struct buffer *wire, const struct sending *s)
{
	struct http_draft d = {0};
	struct buffer digest = {0};

	http_draft_request(&d, s->method == NULL ? "POST" : s->method,
	    "/transfers", "gateway");
	http_draft_content(&d, "application/json", bytes_of(CONTENT));
	content_digest_write(&digest, bytes_of(CONTENT));
	http_draft_field(&d, "Content-Digest", buffer_text(&digest));
	if (s->components != NULL)
		sign(&d, s);
	if (s->field != NULL)
		http_draft_field(&d, s->field, "sig=::");
	if (s->content != NULL) {
		buffer_reset(&d.content);
		buffer_add_text(&d.content, s->content);
	}
	http_draft_write(&d, wire);
	http_draft_clear(&d);
	buffer_clear(&digest);
}

/* What the defence says of it, arriving once and perhaps again. */
static enum verdict
verdict_on(struct scene *c, const struct defence_policy *policy,
    const struct sending *s, struct defence_claim *claim)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *m;
	struct buffer wire = {0};
	enum verdict verdict;
	struct bytes in;

	write_request(&wire, s);
	in = buffer_bytes(&wire);
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	verdict = defence_judge(policy, c->keys, m, NOW, c->memory, claim);
	if (s->again_after >= 0) {
		assert_int_equal(verdict, VERDICT_ACCEPTED);
		verdict = defence_judge(
		    policy, c->keys, m, NOW + s->again_after, c->memory, claim);
	}
	buffer_clear(&wire);
	http_reader_free(reader);
	return verdict;
}

static struct defence_policy
policy_of(const char *words)
{
	struct defence_policy policy;

	assert_true(defence_policy_read(words, &policy));
	policy.window = WINDOW;
	policy.nonce_ttl = policy.timestamp ? 2 * WINDOW : WINDOW;
	return policy;
}

static void
every_sending_under_every_policy(void **state)
{
	struct defence_policy policy;
	struct defence_claim claim;
	enum verdict verdict;
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (int k = 0; k < CHECKS; k++) {
			for (int w = 0; w < 4 && policies[k][w]; w++) {
				open_scene(&c);
				policy = policy_of(policies[k][w]);
				verdict = verdict_on(
				    &c, &policy, &table[i].s, &claim);
				if (verdict != table[i].expected[k])
					fail_msg("%s under %s: %s, not %s",
					    table[i].s.what, policies[k][w],
					    verdict_name(verdict),
					    verdict_name(table[i].expected[k]));
				close_scene(&c);
			}
		}
	}
}

static void
the_check_that_refused_is_named(void **state)
{
	static const struct {
		struct sending s;
		enum check check;
	} rows[] = {
	    {{"honest", all, ONCE}, CHECK_NONE},
	    {{"copy", all, .again_after = 0}, CHECK_NONCE},
	    {{"late", all, .again_after = 301}, CHECK_TIMESTAMP},
	    {{"early", all, .created_after = 301, ONCE}, CHECK_TIMESTAMP},
	    {{"unsigned", NULL, ONCE}, CHECK_SIGNATURE},
	    {{"no nonce", all, .without_nonce = true, ONCE}, CHECK_NONCE},
	    {{"no time", all, .without_created = true, ONCE}, CHECK_TIMESTAMP},
	    {{"wrong key", all, .secret = "guess", ONCE}, CHECK_SIGNATURE},
	    {{"two", all, .field = "Signature", ONCE}, CHECK_SYNTAX},
	};
	struct defence_policy policy = policy_of("signature,timestamp,nonce");
	struct defence_claim claim;
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		open_scene(&c);
		verdict_on(&c, &policy, &rows[i].s, &claim);
		assert_int_equal(claim.check, rows[i].check);
		close_scene(&c);
	}
}

static void
a_request_that_is_refused_does_not_use_up_its_nonce(void **state)
{
	static const struct sending forged = {
	    "forged", all, .secret = "guess", ONCE};
	static const struct sending stale = {
	    "stale", all, .created_after = -WINDOW - 1, ONCE};
	static const struct sending honest = {"honest", all, ONCE};
	struct defence_policy policy = policy_of("timestamp,nonce");
	struct defence_claim claim;
	struct scene c;

	(void)state;
	open_scene(&c);
	assert_int_equal(
	    verdict_on(&c, &policy, &forged, &claim), VERDICT_FORGED);
	assert_int_equal(
	    verdict_on(&c, &policy, &stale, &claim), VERDICT_STALE);
	assert_int_equal(
	    verdict_on(&c, &policy, &honest, &claim), VERDICT_ACCEPTED);
	close_scene(&c);
}

/* Of whatever value (RFC 8470 section 5.1). */
static const struct sending early = {"early", all, .field = "Early-Data", ONCE};

static void
early_data_is_too_early_unless_its_method_is_safe(void **state)
{
	static const struct sending late = {"late", all, ONCE},
				    get = {"get", all, .method = "GET",
					.field = "Early-Data", ONCE},
				    del = {"delete", all, .method = "DELETE",
					.field = "Early-Data", ONCE};
	struct defence_policy policy = policy_of("early-data"),
			      without = policy_of("signature");
	struct defence_claim claim;
	struct scene c;

	(void)state;
	open_scene(&c);
	assert_int_equal(
	    verdict_on(&c, &policy, &early, &claim), VERDICT_TOO_EARLY);
	assert_int_equal(claim.check, CHECK_EARLY_DATA);
	assert_int_equal(
	    verdict_on(&c, &policy, &del, &claim), VERDICT_TOO_EARLY);
	assert_int_equal(
	    verdict_on(&c, &policy, &get, &claim), VERDICT_ACCEPTED);
	assert_int_equal(
	    verdict_on(&c, &policy, &late, &claim), VERDICT_ACCEPTED);
	assert_int_equal(
	    verdict_on(&c, &without, &early, &claim), VERDICT_ACCEPTED);
	close_scene(&c);
}

/* What was too early comes again, to the byte, and must be served then. */
static void
what_was_too_early_has_not_used_up_its_nonce(void **state)
{
	static const struct sending later = {"later", all, ONCE};
	struct defence_policy policy =
	    policy_of("signature,timestamp,nonce,early-data");
	struct defence_claim claim;
	struct scene c;

	(void)state;
	open_scene(&c);
	assert_int_equal(
	    verdict_on(&c, &policy, &early, &claim), VERDICT_TOO_EARLY);
	assert_int_equal(
	    verdict_on(&c, &policy, &later, &claim), VERDICT_ACCEPTED);
	assert_int_equal(
	    verdict_on(&c, &policy, &later, &claim), VERDICT_REPLAYED);
	close_scene(&c);
}

static void
without_a_store_everything_with_a_nonce_is_refused(void **state)
{
	static const struct sending honest = {"honest", all, ONCE};
	struct defence_policy policy = policy_of("nonce");
	struct defence_claim claim;
	struct scene c;

	(void)state;
	open_scene(&c);
	store_commit(c.store); /* no transaction: the memory cannot answer */
	assert_int_equal(verdict_on(&c, &policy, &honest, &claim),
	    VERDICT_STORE_UNAVAILABLE);
	policy = policy_of("timestamp,nonce");
	assert_int_equal(verdict_on(&c, &policy, &honest, &claim),
	    VERDICT_STORE_UNAVAILABLE);
	assert_int_equal(claim.check, CHECK_STORE);
	close_scene(&c);
}

/* The first is forgotten at a late hour, then the clock goes back. */
static void
a_clock_that_is_set_back_revives_nothing(void **state)
{
	struct defence_policy policy = policy_of("timestamp,nonce");
	struct sending first = {"first", all, ONCE};
	struct defence_claim claim;
	uint8_t other[NONCE_KEY_SIZE] = {1};
	struct scene c;

	(void)state;
	open_scene(&c);
	assert_int_equal(
	    verdict_on(&c, &policy, &first, &claim), VERDICT_ACCEPTED);
	assert_int_equal(
	    nonce_memory_add_if_absent(c.memory, other, NOW + 3600, NOW + 4200),
	    NONCE_FRESH);
	assert_int_equal(nonce_memory_horizon(c.memory), NOW + 601);
	assert_int_equal(
	    verdict_on(&c, &policy, &first, &claim), VERDICT_STALE);
	policy.weak[WEAK_WALL_CLOCK] = true;
	assert_int_equal(
	    nonce_memory_add_if_absent(
		c.memory, (uint8_t[NONCE_KEY_SIZE]){2}, NOW + 3600, NOW + 4200),
	    NONCE_FRESH);
	assert_int_equal(
	    verdict_on(&c, &policy, &first, &claim), VERDICT_ACCEPTED);
	close_scene(&c);
}

static void
checks_are_read_from_words(void **state)
{
	static const char *const wrong[] = {"", "none,nonce", "nonce,none",
	    "nonce,", ",nonce", "Nonce", "time", "nonce timestamp"};
	struct defence_policy policy;

	(void)state;
	assert_true(defence_policy_read("none", &policy));
	assert_false(policy.signature || policy.timestamp || policy.nonce ||
		     policy.early_data || policy.idempotency);
	assert_true(defence_policy_read("early-data", &policy));
	assert_true(policy.early_data && !policy.signature);
	assert_true(defence_policy_read("timestamp,idempotency", &policy));
	assert_true(policy.idempotency && policy.timestamp && !policy.nonce);
	assert_true(defence_policy_read("idempotency", &policy));
	assert_true(policy.idempotency && !policy.signature);
	assert_true(defence_policy_read("nonce", &policy));
	assert_true(policy.signature && !policy.timestamp && policy.nonce);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(defence_policy_read(wrong[i], &policy));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_sending_under_every_policy),
	    cmocka_unit_test(the_check_that_refused_is_named),
	    cmocka_unit_test(
		a_request_that_is_refused_does_not_use_up_its_nonce),
	    cmocka_unit_test(early_data_is_too_early_unless_its_method_is_safe),
	    cmocka_unit_test(what_was_too_early_has_not_used_up_its_nonce),
	    cmocka_unit_test(
		without_a_store_everything_with_a_nonce_is_refused),
	    cmocka_unit_test(a_clock_that_is_set_back_revives_nothing),
	    cmocka_unit_test(checks_are_read_from_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
