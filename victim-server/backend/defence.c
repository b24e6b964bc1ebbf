/* SPDX-License-Identifier: MIT */
/*
 * The defence, cheapest check first:
 *
 *	not early -> read -> for us -> present -> in time -> signed -> unseen
 *
 * Each check is a function that answers VERDICT_ACCEPTED or why not.
 */
#include "defence.h"

#include <string.h>

#include "backend/coverage.h"
#include "content_digest.h"
#include "structured_field.h"

static bool
read_word(struct bytes word, struct defence_policy *policy)
{
	if (bytes_equal_text(word, "early-data")) {
		policy->early_data = true;
		return true;
	}
	if (bytes_equal_text(word, "idempotency")) {
		policy->idempotency = true;
		return true;
	}
	if (bytes_equal_text(word, "timestamp"))
		policy->timestamp = true;
	else if (bytes_equal_text(word, "nonce"))
		policy->nonce = true;
	else if (bytes_equal_text(word, "challenge"))
		policy->nonce = policy->challenge = true;
	else if (!bytes_equal_text(word, "signature"))
		return false;
	policy->signature = true;
	return true;
}

bool
defence_policy_read(const char *words, struct defence_policy *policy)
{
	struct bytes rest = bytes_of(words), word;

	*policy = (struct defence_policy){0};
	if (strcmp(words, "none") == 0)
		return true;
	while (bytes_take_until(&rest, ',', &word))
		if (!read_word(word, policy))
			return false;
	return read_word(rest, policy);
}

static enum verdict
decide(struct defence_claim *claim, enum check check, enum verdict verdict)
{
	claim->check = check;
	return verdict;
}

/* RFC 9110 section 9.2.1: to carry it out once more changes nothing. */
static bool
is_safe(const struct http_message *request)
{
	return bytes_equal_text(request->method, "GET") ||
	       bytes_equal_text(request->method, "HEAD");
}

/*
 * Stops a copy of early data, which every TLS server takes somewhere; its
 * client sends it again in a handshake that a copy cannot complete (RFC 8470
 * section 5.2).  It relies on each hop before to mark what is early, and comes
 * before the memory, which must not know the request yet.  A field of any other
 * value means the same (section 5.1).
 */
static enum verdict
judge_early_data(const struct defence_policy *policy,
    const struct http_message *request, struct defence_claim *claim)
{
	if (policy->early_data && !is_safe(request) &&
	    http_field(request, "Early-Data", NULL) != NULL)
		return decide(claim, CHECK_EARLY_DATA, VERDICT_TOO_EARLY);
	return VERDICT_ACCEPTED;
}

/*
 * Who has the token may ask (RFC 6750).  It stops whoever has not seen it: a
 * copy brings it along.
 */
static enum verdict
judge_bearer(const struct defence_policy *policy,
    const struct http_message *request, struct defence_claim *claim)
{
	const struct http_field *field =
	    http_field(request, "Authorization", NULL);
	struct bytes token = {0}, scheme;

	if (policy->bearer == NULL)
		return VERDICT_ACCEPTED;
	if (field != NULL)
		token = field->value;
	if (bytes_take_until(&token, ' ', &scheme) &&
	    bytes_equal_text_nocase(scheme, "Bearer") &&
	    bytes_equal_text(token, policy->bearer))
		return VERDICT_ACCEPTED;
	return decide(claim, CHECK_BEARER, VERDICT_UNSIGNED);
}

/*
 * Stops a copy that is taken to another server under the same keys: that the
 * signature covers the authority is of use only to a server that knows its own.
 */
static enum verdict
judge_authority(const struct defence_policy *policy,
    const struct http_message *request, struct defence_claim *claim)
{
	const struct http_field *host = http_field(request, "Host", NULL);

	if (policy->authority != NULL &&
	    (host == NULL ||
		!bytes_equal_text_nocase(host->value, policy->authority)))
		return decide(claim, CHECK_AUTHORITY, VERDICT_MISDIRECTED);
	return VERDICT_ACCEPTED;
}

/* Is everything there that the policy wants to look at? */
static enum verdict
judge_presence(const struct defence_policy *policy,
    const struct http_signature *sig, struct defence_claim *claim)
{
	if (policy->timestamp && !sig->has_created)
		return decide(claim, CHECK_TIMESTAMP, VERDICT_UNSIGNED);
	if (policy->nonce && (!sig->has_nonce || sig->nonce.left == 0))
		return decide(claim, CHECK_NONCE, VERDICT_UNSIGNED);
	return VERDICT_ACCEPTED;
}

/*
 * Stops a copy that comes late (RFC 9421 section 7.2.2).  It relies on the
 * memory of nonces for one that comes at once, and on the horizon where a clock
 * was set back.
 */
static enum verdict
judge_time(const struct defence_policy *policy,
    const struct http_signature *sig, int64_t now, struct nonce_memory *memory,
    struct defence_claim *claim)
{
	int64_t latest = now, horizon;

	if (policy->nonce) {
		if ((horizon = nonce_memory_horizon(memory)) == -1)
			return decide(
			    claim, CHECK_STORE, VERDICT_STORE_UNAVAILABLE);
		if (horizon > latest && !policy->weak[WEAK_WALL_CLOCK])
			latest = horizon;
	}
	/* A number of RFC 9651 has 15 digits, so nothing overflows. */
	if (sig->created > now + policy->window)
		return decide(claim, CHECK_TIMESTAMP, VERDICT_FROM_THE_FUTURE);
	if (sig->created < latest - policy->window ||
	    (sig->has_expires && sig->expires < latest))
		return decide(claim, CHECK_TIMESTAMP, VERDICT_STALE);
	return VERDICT_ACCEPTED;
}

/* A digest that is signed must be the content's. */
static bool
digest_holds(
    const struct http_message *request, const struct http_signature *sig)
{
	return !http_signature_covers(sig, "content-digest") ||
	       content_digest_check(request) == DIGEST_GOOD;
}

/*
 * Stops a request that somebody else wrote, or changed on the way.  The content
 * is hashed for every digest of it, so only for who signed for all of them.
 */
static enum verdict
judge_signature(const struct defence_policy *policy, const struct keyring *keys,
    const struct http_message *request, const struct http_signature *sig,
    struct defence_claim *claim)
{
	const struct signature_key *key =
	    sig->has_keyid ? keyring_find(keys, sig->keyid) : NULL;

	if (key == NULL || !coverage_is_whole(policy, request, sig) ||
	    scheme_verify(policy->scheme, request, sig, key) !=
		SIGNATURE_GOOD ||
	    !digest_holds(request, sig))
		return decide(claim, CHECK_SIGNATURE, VERDICT_FORGED);
	return VERDICT_ACCEPTED;
}

/* What the memory knows it by: whose it is, and what it says. */
static void
make_key(const struct defence_policy *policy, const struct http_signature *sig,
    struct defence_claim *claim)
{
	struct bytes keyid = sig->keyid;
	struct bytes nonce =
	    sig->own[0] != '\0' ? bytes_of(sig->own) : sig->nonce;

	if (policy->weak[WEAK_GLOBAL_NONCE_SPACE])
		keyid.left = 0;
	if (policy->weak[WEAK_RAW_TEXT_NONCE])
		nonce = sig->params;
	nonce_key(keyid, nonce, claim->key);
}

/*
 * WEAK_UNBOUNDED_NONCE: the memory is asked to keep the text and not a hash of
 * it, so a nonce takes a place for each 16 bytes: who chooses it chooses how
 * many.
 */
static void
keep_whole_text(const struct defence_policy *policy,
    const struct http_signature *sig, int64_t now, struct nonce_memory *memory)
{
	struct bytes text = sig->nonce, part = text;
	uint8_t key[NONCE_KEY_SIZE];

	for (part.left = 16; part.left < text.left; part.left += 16) {
		nonce_key(sig->keyid, part, key);
		(void)nonce_memory_add_if_absent(
		    memory, key, now, now + policy->nonce_ttl);
	}
}

static enum nonce_answer
ask_memory(const struct defence_policy *policy, int64_t now,
    struct nonce_memory *memory, struct defence_claim *claim)
{
	claim->expires_at = now + policy->nonce_ttl;
	if (policy->weak[WEAK_CHECK_THEN_INSERT]) {
		claim->add_later = true;
		return nonce_memory_look(memory, claim->key, now);
	}
	return nonce_memory_add_if_absent(
	    memory, claim->key, now, claim->expires_at);
}

/*
 * Stops all that was not made for us and now, late deliveries too: the random
 * is ours (RFC 9449 section 8).  It relies on the memory for one lifetime.
 */
static enum verdict
judge_challenge(const struct defence_policy *policy,
    const struct http_signature *sig, int64_t now, struct defence_claim *claim)
{
	switch (challenge_judge(policy->issuer, sig->nonce, now)) {
	case CHALLENGE_OURS:
		return VERDICT_ACCEPTED;
	case CHALLENGE_NOT_OURS:
		return decide(claim, CHECK_NONCE, VERDICT_NOT_ISSUED);
	case CHALLENGE_EXPIRED:
		break;
	}
	return decide(claim, CHECK_NONCE, VERDICT_STALE);
}

/* Stops a copy, and an honest request that was overtaken. */
static enum verdict
judge_counter(const struct defence_policy *policy,
    const struct http_signature *sig, struct defence_claim *claim)
{
	switch (counters_advance(policy->counters, sig->keyid, sig->nonce)) {
	case COUNTER_HIGHER:
		return VERDICT_ACCEPTED;
	case COUNTER_NOT_HIGHER:
		return decide(claim, CHECK_NONCE, VERDICT_REPLAYED);
	case COUNTER_MALFORMED:
		return decide(claim, CHECK_SYNTAX, VERDICT_MALFORMED);
	case COUNTER_FULL:
		break;
	}
	return decide(claim, CHECK_STORE, VERDICT_STORE_UNAVAILABLE);
}

/* Stops a copy of what was served: for as long as it is remembered. */
static enum verdict
judge_nonce(const struct defence_policy *policy,
    const struct http_signature *sig, int64_t now, struct nonce_memory *memory,
    struct defence_claim *claim)
{
	enum verdict verdict = VERDICT_ACCEPTED;

	if (policy->issuer != NULL)
		verdict = judge_challenge(policy, sig, now, claim);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (policy->counters != NULL)
		return judge_counter(policy, sig, claim);
	make_key(policy, sig, claim);
	switch (ask_memory(policy, now, memory, claim)) {
	case NONCE_FRESH:
		if (policy->weak[WEAK_UNBOUNDED_NONCE])
			keep_whole_text(policy, sig, now, memory);
		return VERDICT_ACCEPTED;
	case NONCE_SEEN:
		return decide(claim, CHECK_NONCE, VERDICT_REPLAYED);
	case NONCE_FULL:
	case NONCE_UNAVAILABLE:
		break;
	}
	if (policy->weak[WEAK_FAIL_OPEN])
		return VERDICT_ACCEPTED;
	return decide(claim, CHECK_STORE, VERDICT_STORE_UNAVAILABLE);
}

/* WEAK_UNSIGNED_NONCE: whoever passes the request on may write these. */
static void
read_plain_freshness(
    const struct http_message *request, struct http_signature *sig)
{
	const struct http_field *nonce =
	    http_field(request, "Request-Nonce", NULL);
	const struct http_field *created =
	    http_field(request, "Request-Created", NULL);
	struct sf_member item;

	sig->has_nonce = nonce != NULL;
	sig->nonce = nonce != NULL ? nonce->value : (struct bytes){0};
	sig->has_created = created != NULL &&
			   sf_item_read(created->value, &item) == SF_TAKEN &&
			   item.value.type == SF_INTEGER;
	sig->created = sig->has_created ? item.value.number : 0;
}

/* Syntax and presence; without checks the signature is read if it can be. */
static enum verdict
judge_form(const struct defence_policy *policy,
    const struct http_message *request, struct http_signature *sig,
    struct defence_claim *claim)
{
	enum signature_verdict read = scheme_read(policy->scheme, request, sig);

	if (policy->weak[WEAK_UNSIGNED_NONCE])
		read_plain_freshness(request, sig);
	if (sig->nonce.left > DEFENCE_NONCE_MAX && policy->nonce &&
	    !policy->weak[WEAK_UNBOUNDED_NONCE])
		return decide(claim, CHECK_SYNTAX, VERDICT_MALFORMED);
	if (read == SIGNATURE_GOOD) {
		claim->keyid = sig->keyid;
		claim->nonce = sig->nonce;
	}
	if (read == SIGNATURE_GOOD && sig->own[0] != '\0') {
		memcpy(claim->own, sig->own, sizeof(claim->own));
		claim->nonce = bytes_of(claim->own);
	}
	if (!policy->signature || read == SIGNATURE_GOOD)
		return VERDICT_ACCEPTED;
	if (read == SIGNATURE_ABSENT)
		return decide(claim, CHECK_SIGNATURE, VERDICT_UNSIGNED);
	return decide(claim, CHECK_SYNTAX, VERDICT_MALFORMED);
}

/* Nobody who can leave the signature out needs to forge one. */
static bool
is_let_pass(
    const struct defence_policy *policy, const struct http_message *request)
{
	return policy->weak[WEAK_CHECK_IF_PRESENT] &&
	       http_field(request, "Signature", NULL) == NULL;
}

/* All that is judged by a signature that could be read. */
static enum verdict
judge_claims(const struct defence_policy *policy, const struct keyring *keys,
    const struct http_message *request, const struct http_signature *sig,
    int64_t now, struct nonce_memory *memory, struct defence_claim *claim)
{
	bool nonce_first = policy->weak[WEAK_NONCE_BEFORE_SIGNATURE];
	enum verdict verdict = judge_presence(policy, sig, claim);

	if (verdict == VERDICT_ACCEPTED && policy->timestamp)
		verdict = judge_time(policy, sig, now, memory, claim);
	if (verdict == VERDICT_ACCEPTED && policy->nonce && nonce_first)
		verdict = judge_nonce(policy, sig, now, memory, claim);
	if (verdict == VERDICT_ACCEPTED && policy->signature)
		verdict = judge_signature(policy, keys, request, sig, claim);
	if (verdict == VERDICT_ACCEPTED && policy->nonce && !nonce_first)
		verdict = judge_nonce(policy, sig, now, memory, claim);
	return verdict;
}

enum verdict
defence_judge(const struct defence_policy *policy, const struct keyring *keys,
    const struct http_message *request, int64_t now,
    struct nonce_memory *memory, struct defence_claim *claim)
{
	struct http_signature sig;
	enum verdict verdict;

	*claim = (struct defence_claim){0};
	verdict = judge_early_data(policy, request, claim);
	if (verdict != VERDICT_ACCEPTED || is_let_pass(policy, request))
		return verdict;
	verdict = judge_form(policy, request, &sig, claim);
	if (verdict == VERDICT_ACCEPTED)
		verdict = judge_authority(policy, request, claim);
	if (verdict == VERDICT_ACCEPTED)
		verdict = judge_bearer(policy, request, claim);
	if (verdict == VERDICT_ACCEPTED)
		verdict = judge_claims(
		    policy, keys, request, &sig, now, memory, claim);
	return verdict;
}
