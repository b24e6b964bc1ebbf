/* SPDX-License-Identifier: MIT */
#ifndef DEFENCE_H
#define DEFENCE_H

#include "backend/challenge.h"
#include "backend/counters.h"
#include "backend/keyring.h"
#include "backend/nonce_memory.h"
#include "backend/scheme.h"
#include "backend/verdict.h"
#include "backend/weakness.h"
#include "http_message.h"

/*
 * The defence against replay: what a request must prove before it is carried
 * out.  A pure function of the policy, the keys, the request, the time and
 * what the memory of nonces answers.
 */
struct defence_policy {
	enum scheme scheme;
	bool signature;    /* who wrote it, and that nobody changed it */
	bool timestamp;    /* that it was written now: needs signature */
	bool challenge;    /* that its nonce is one we gave out: needs nonce */
	bool nonce;        /* that it was not served before: needs signature */
	bool early_data;   /* that it did not come in TLS early data */
	bool idempotency;  /* that its Idempotency-Key had no effect yet */
	int64_t window;    /* seconds a request may be old, or early */
	int64_t nonce_ttl; /* seconds a nonce is remembered from now */
	const struct challenge *issuer; /* of challenges; NULL: nobody is */
	struct counters *counters;      /* nonces must grow; NULL: must not */
	/* The one Host it answers to; NULL: whatever the client wrote. */
	const char *authority;
	const char *bearer;    /* the token a request must carry, or NULL */
	bool weak[WEAKNESSES]; /* flaws planted by name; none: the defence */
};

/* Bytes of a nonce; a longer one is malformed, so no request costs more. */
#define DEFENCE_NONCE_MAX 128

/*
 * The checks from "none" or a list of "signature", "timestamp", "nonce",
 * "challenge", "early-data" and "idempotency"; a challenge brings the nonce
 * along, and timestamp and nonce bring the first, since what is not signed can
 * be changed.  Idempotency is the ledger's to check, where the effect is.
 * false: neither.
 */
bool defence_policy_read(const char *words, struct defence_policy *policy);

/* What the request says of itself, and who decided.  Borrows the request. */
struct defence_claim {
	struct bytes keyid, nonce;
	char own[64]; /* the nonce, if no text of the request is */
	enum check check;
	/* WEAK_CHECK_THEN_INSERT: the caller adds this to the memory later. */
	bool add_later;
	uint8_t key[NONCE_KEY_SIZE];
	int64_t expires_at;
};

/*
 * VERDICT_ACCEPTED, TOO_EARLY, MALFORMED, UNSIGNED, FORGED, MISDIRECTED,
 * STALE, FROM_THE_FUTURE, REPLAYED, NOT_ISSUED or STORE_UNAVAILABLE.  `now` is
 * in seconds since the epoch.  Only a request that passes everything else
 * reaches the memory, which is asked once and then knows its nonce; without a
 * nonce check it may be NULL.
 */
enum verdict defence_judge(const struct defence_policy *policy,
    const struct keyring *keys, const struct http_message *request, int64_t now,
    struct nonce_memory *memory, struct defence_claim *claim);

#endif
