/* SPDX-License-Identifier: MIT */
/*
 * The defence, cheapest check first:
 *
 *	read -> present -> in time -> signed -> never seen
 *
 * Each check is a function that answers VERDICT_ACCEPTED or why not.
 */
#include "defence.h"

#include <string.h>

#include "content_digest.h"

static bool
read_word(struct bytes word, struct defence_policy *policy)
{
	if (bytes_equal_text(word, "timestamp"))
		policy->timestamp = true;
	else if (bytes_equal_text(word, "nonce"))
		policy->nonce = true;
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
		if (horizon > latest)
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

/* What is not covered can be changed: the whole request must be. */
static bool
covers_request(const struct http_signature *sig)
{
	static const char *const components[] = {
	    "@method", "@authority", "@path", "@query", "content-digest"};

	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
		if (!http_signature_covers(sig, components[i]))
			return false;
	return true;
}

/* Stops a request that somebody else wrote, or changed on the way. */
static enum verdict
judge_signature(const struct keyring *keys, const struct http_message *request,
    const struct http_signature *sig, struct defence_claim *claim)
{
	const struct signature_key *key =
	    sig->has_keyid ? keyring_find(keys, sig->keyid) : NULL;

	claim->check = CHECK_SIGNATURE;
	if (key == NULL || !covers_request(sig) ||
	    content_digest_check(request) != DIGEST_GOOD ||
	    http_signature_verify(request, sig, key) != SIGNATURE_GOOD)
		return VERDICT_FORGED;
	return VERDICT_ACCEPTED;
}

/* Stops a copy of what was served: for as long as it is remembered. */
static enum verdict
judge_nonce(const struct defence_policy *policy,
    const struct http_signature *sig, int64_t now, struct nonce_memory *memory,
    struct defence_claim *claim)
{
	uint8_t key[NONCE_KEY_SIZE];

	nonce_key(sig->keyid, sig->nonce, key);
	switch (nonce_memory_add_if_absent(
	    memory, key, now, now + policy->nonce_ttl)) {
	case NONCE_FRESH:
		return VERDICT_ACCEPTED;
	case NONCE_SEEN:
		return decide(claim, CHECK_NONCE, VERDICT_REPLAYED);
	case NONCE_FULL:
	case NONCE_UNAVAILABLE:
		break;
	}
	return decide(claim, CHECK_STORE, VERDICT_STORE_UNAVAILABLE);
}

/* Syntax and presence; without checks the signature is read if it can be. */
static enum verdict
judge_form(const struct defence_policy *policy,
    const struct http_message *request, struct http_signature *sig,
    struct defence_claim *claim)
{
	enum signature_verdict read = http_signature_read(request, sig);

	if (read == SIGNATURE_GOOD) {
		claim->keyid = sig->keyid;
		claim->nonce = sig->nonce;
	}
	if (!policy->signature || read == SIGNATURE_GOOD)
		return VERDICT_ACCEPTED;
	if (read == SIGNATURE_ABSENT)
		return decide(claim, CHECK_SIGNATURE, VERDICT_UNSIGNED);
	return decide(claim, CHECK_SYNTAX, VERDICT_MALFORMED);
}

enum verdict
defence_judge(const struct defence_policy *policy, const struct keyring *keys,
    const struct http_message *request, int64_t now,
    struct nonce_memory *memory, struct defence_claim *claim)
{
	struct http_signature sig;
	enum verdict verdict;

	*claim = (struct defence_claim){0};
	verdict = judge_form(policy, request, &sig, claim);
	if (verdict == VERDICT_ACCEPTED)
		verdict = judge_presence(policy, &sig, claim);
	if (verdict == VERDICT_ACCEPTED && policy->timestamp)
		verdict = judge_time(policy, &sig, now, memory, claim);
	if (verdict == VERDICT_ACCEPTED && policy->signature)
		verdict = judge_signature(keys, request, &sig, claim);
	if (verdict == VERDICT_ACCEPTED && policy->nonce)
		verdict = judge_nonce(policy, &sig, now, memory, claim);
	if (verdict == VERDICT_ACCEPTED)
		claim->check = CHECK_NONE;
	return verdict;
}
