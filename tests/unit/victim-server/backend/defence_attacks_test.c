/* SPDX-License-Identifier: MIT */
/*
 * Every attack, under every choice of checks, against the defence and against
 * each planted flaw alone; what ought to come out stands in attacks.h.
 */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "attacks.h"

#include "backend/guard.h"
#include "backend/nonce_table.h"
#include "content_digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NIGHT 3600
#define KEYS                                                                   \
	"{\"v\":1,\"keys\":[{\"keyid\":\"client\",\"alg\":\"hmac-sha256\","    \
	"\"secret\":\"c2VjcmV0\"},{\"keyid\":\"client2\","                     \
	"\"alg\":\"hmac-sha256\",\"secret\":\"c2VjcmV0\"}]}"

static enum verdict
verdict_of_letter(char letter)
{
	switch (letter) {
	case '.':
		return VERDICT_ACCEPTED;
	case 'm':
		return VERDICT_MALFORMED;
	case 'u':
		return VERDICT_UNSIGNED;
	case 'f':
		return VERDICT_FORGED;
	case 's':
		return VERDICT_STALE;
	case 'e':
		return VERDICT_FROM_THE_FUTURE;
	case 'r':
		return VERDICT_REPLAYED;
	default:
		assert_int_equal(letter, 'x');
		return VERDICT_STORE_UNAVAILABLE;
	}
}

/* Three characters a column, of which the first counts. */
static enum verdict
expected_of(enum attack_name attack, int weakness, size_t check)
{
	const char *row = attacks[attack].expected;

	for (size_t i = 0; i < COUNT(differences); i++)
		if ((int)differences[i].weakness == weakness &&
		    differences[i].attack == attack)
			row = differences[i].expected;
	assert_int_equal(strlen(row), 3 * COUNT(checks) - 2);
	return verdict_of_letter(row[3 * check]);
}

/* One transaction for all of it, so that no row costs a sync. */
struct scene {
	char path[32];
	struct store *store;
	struct keyring *keys;
	sqlite3_stmt *forget, *reset;
};

static void
open_scene(struct scene *c)
{
	struct nonce_memory *first;

	strcpy(c->path, "/tmp/attacksXXXXXX");
	close(mkstemp(c->path));
	assert_non_null(c->store = store_open(c->path, 0));
	assert_non_null(first = nonce_table_new(c->store, 1));
	nonce_memory_free(first);
	c->forget = store_prepare(c->store, "DELETE FROM nonce");
	c->reset = store_prepare(
	    c->store, "UPDATE nonce_memory SET held = 0, horizon = 0");
	assert_non_null(c->keys = keyring_parse(bytes_of(KEYS), "keys"));
}

static void
close_scene(struct scene *c)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[64];

	sqlite3_finalize(c->forget);
	sqlite3_finalize(c->reset);
	store_close(c->store);
	keyring_close(c->keys);
	for (size_t i = 0; i < COUNT(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", c->path, ends[i]);
		unlink(name);
	}
}

/* As a server's options make it, so that its times are the server's. */
static struct defence_policy
policy_of(size_t check, int weakness)
{
	struct guard_options options = {
	    .check = checks[check].words, .window = W};
	struct guard guard;

	if (weakness >= 0)
		options.weaknesses.item[options.weaknesses.count++] =
		    weakness_name((enum weakness)weakness);
	assert_int_equal(guard_read(&guard, &options), 0);
	if (checks[check].unsigned_too)
		guard.policy.signature = false;
	return guard.policy;
}

/* Time and nonce stand there twice: signed, and as plain fields. */
static void
write_request(struct buffer *wire, const struct sender *by)
{
	static const char content[] =
	    "{\"id\":\"t-1\",\"from\":\"alice\",\"to\":\"bob\",\"amount\":1}";
	static const char *const all[] = {
	    "@method", "@authority", "@path", "@query", "content-digest", NULL};
	const char *nonce = by->nonce != NULL ? by->nonce : "n-1";
	const struct signature_key key = {SIGNATURE_HMAC_SHA256,
	    bytes_of(by->secret != NULL ? by->secret : "secret")};
	const struct signature_choice choice = {
	    .components = by->covered != NULL ? by->covered : all,
	    .with_created = !by->without_created,
	    .created = NOW + by->ahead,
	    .nonce = by->without_nonce ? NULL : nonce,
	    .keyid = by->keyid != NULL ? by->keyid : "client"};
	struct http_draft d = {0};
	struct buffer digest = {0};

	http_draft_request(&d, "POST", "/transfers", "gateway");
	http_draft_content(&d, "application/json", bytes_of(content));
	content_digest_write(&digest, bytes_of(content));
	http_draft_field(&d, "Content-Digest", buffer_text(&digest));
	http_draft_field(&d, "Request-Nonce", nonce);
	buffer_printf(
	    &d.head, "Request-Created: %" PRId64 "\r\n", NOW + by->ahead);
	assert_int_equal(http_sign(&d, &choice, &key), 0);
	http_draft_write(&d, wire);
	http_draft_clear(&d);
	buffer_clear(&digest);
}

static void
edit(struct buffer *wire, const char *from, const char *to)
{
	char *text = strdup(buffer_text(wire)), *at = strstr(text, from);

	if (at == NULL)
		fail_msg("there is no %s to change", from);
	*at = '\0';
	buffer_reset(wire);
	buffer_printf(wire, "%s%s%s", text, to, at + strlen(from));
	free(text);
}

struct judgement {
	const struct scene *scene;
	const struct defence_policy *policy;
	struct nonce_memory *memory;
};

/* What is accepted is remembered after that, unless it was before. */
static enum verdict
judge(
    const struct judgement *j, struct buffer *wire, int64_t now, bool remember)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct bytes in = buffer_bytes(wire);
	const struct http_message *m;
	struct defence_claim claim;
	enum verdict verdict;

	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	verdict =
	    defence_judge(j->policy, j->scene->keys, m, now, j->memory, &claim);
	if (verdict == VERDICT_ACCEPTED && claim.add_later && remember)
		(void)nonce_memory_add_if_absent(
		    j->memory, claim.key, now, claim.expires_at);
	http_reader_free(reader);
	buffer_clear(wire);
	return verdict;
}

/* What came before; its own verdict is another row's matter. */
static void
let_past_happen(const struct judgement *j, const struct attack *a)
{
	static const uint8_t other[NONCE_KEY_SIZE] = {1};
	struct buffer wire = {0};

	if (a->past == NOTHING_BEFORE)
		return;
	write_request(&wire, a->past == OTHER_BEFORE ? &a->before : &a->by);
	(void)judge(j, &wire, NOW, a->past != AT_THE_INSTANT);
	if (a->past == AND_A_NIGHT)
		assert_int_equal(nonce_memory_add_if_absent(j->memory, other,
				     NOW + NIGHT, NOW + NIGHT + W),
		    NONCE_FRESH);
}

static enum verdict
verdict_on(const struct scene *c, const struct attack *a,
    const struct defence_policy *policy)
{
	struct judgement j = {.scene = c, .policy = policy};
	struct buffer wire = {0};
	enum verdict verdict;

	assert_int_equal(store_begin(c->store), 0);
	assert_int_equal(store_run(c->store, c->forget), 0);
	assert_int_equal(store_run(c->store, c->reset), 0);
	j.memory = nonce_table_new(c->store, a->no_room ? 0 : 100);
	assert_non_null(j.memory);
	let_past_happen(&j, a);
	write_request(&wire, &a->by);
	for (size_t i = 0; i < COUNT(a->edit); i++)
		if (a->edit[i].from != NULL)
			edit(&wire, a->edit[i].from, a->edit[i].to);
	verdict = judge(&j, &wire, NOW + a->at, true);
	nonce_memory_free(j.memory);
	return verdict;
}

static void
every_attack_under_every_choice_of_checks_and_every_flaw(void **state)
{
	size_t judged = 0, wrong = 0;
	struct scene c;

	(void)state;
	open_scene(&c);
	for (int weakness = -1; weakness < WEAKNESSES; weakness++)
		for (size_t k = 0; k < COUNT(checks); k++) {
			struct defence_policy policy = policy_of(k, weakness);

			for (int a = 0; a < ATTACKS; a++, judged++) {
				enum verdict got =
				    verdict_on(&c, &attacks[a], &policy);
				enum verdict expected = expected_of(
				    (enum attack_name)a, weakness, k);

				if (got == expected)
					continue;
				wrong++;
				print_error("%s, column %zu, %s: %s, not %s\n",
				    attacks[a].what, k,
				    weakness < 0 ? "no flaw"
						 : weakness_name(
						       (enum weakness)weakness),
				    verdict_name(got), verdict_name(expected));
			}
		}
	close_scene(&c);
	assert_int_equal(judged, (WEAKNESSES + 1) * COUNT(checks) * ATTACKS);
	assert_int_equal(wrong, 0);
}

/* A row that says what the defence says anyway would prove nothing. */
static void
every_flaw_makes_a_difference_where_the_table_says_so(void **state)
{
	bool has[WEAKNESSES] = {false};
	int flaws = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(differences); i++) {
		const char *right = attacks[differences[i].attack].expected;

		assert_string_not_equal(differences[i].expected, right);
		has[differences[i].weakness] = true;
	}
	for (int w = 0; w < WEAKNESSES; w++)
		flaws += has[w];
	assert_int_equal(flaws, FLAWS_OF_DEFENCE);
}

/* Accepted without a flaw: only what is honest, or what no check stops. */
static void
with_all_checks_only_honest_requests_are_let_in(void **state)
{
	size_t last = COUNT(checks) - 1;

	(void)state;
	for (int a = 0; a < ATTACKS; a++) {
		bool honest = a == HONEST || a == BURNT || a == NAMESAKE;

		assert_int_equal(expected_of((enum attack_name)a, -1, last) ==
				     VERDICT_ACCEPTED,
		    honest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_attack_under_every_choice_of_checks_and_every_flaw),
	    cmocka_unit_test(
		every_flaw_makes_a_difference_where_the_table_says_so),
	    cmocka_unit_test(with_all_checks_only_honest_requests_are_let_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
