/* SPDX-License-Identifier: MIT */
/* base64url of: when (8 bytes), random (12), the MAC of both (16). */
#include "challenge.h"

#include <err.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"

#define TIME_SIZE 8
#define SAID_SIZE 20
#define MAC_SIZE 16
#define WHOLE_SIZE (SAID_SIZE + MAC_SIZE)

int
challenge_init(struct challenge *c, int64_t lifetime)
{
	c->lifetime = lifetime;
	if (RAND_bytes(c->secret, sizeof(c->secret)) == 1)
		return 0;
	warnx("OpenSSL has no random bytes for a key");
	return -1;
}

static void
sign(const struct challenge *c, uint8_t whole[WHOLE_SIZE])
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	unsigned int length;

	if (HMAC(EVP_sha256(), c->secret, sizeof(c->secret), whole, SAID_SIZE,
		mac, &length) == NULL)
		abort(); /* a MAC of stale bytes would be worse */
	memcpy(&whole[SAID_SIZE], mac, MAC_SIZE);
}

void
challenge_issue(
    const struct challenge *c, int64_t now, char into[CHALLENGE_SIZE])
{
	uint8_t whole[WHOLE_SIZE];
	struct buffer text = {0};

	for (size_t i = 0; i < TIME_SIZE; i++)
		whole[i] = (uint8_t)((uint64_t)now >> (56 - 8 * i));
	if (RAND_bytes(&whole[TIME_SIZE], SAID_SIZE - TIME_SIZE) != 1)
		abort(); /* the same for two would be one nonce */
	sign(c, whole);
	base64url_write(&text, (struct bytes){whole, WHOLE_SIZE});
	snprintf(into, CHALLENGE_SIZE, "%s", buffer_text(&text));
	buffer_clear(&text);
}

enum challenge_verdict
challenge_judge(const struct challenge *c, struct bytes nonce, int64_t now)
{
	uint8_t whole[WHOLE_SIZE], right[WHOLE_SIZE];
	uint64_t when = 0;
	size_t length;

	if (!base64url_read(nonce, whole, WHOLE_SIZE, &length) ||
	    length != WHOLE_SIZE)
		return CHALLENGE_NOT_OURS;
	memcpy(right, whole, SAID_SIZE);
	sign(c, right);
	if (CRYPTO_memcmp(whole, right, WHOLE_SIZE) != 0)
		return CHALLENGE_NOT_OURS;
	for (size_t i = 0; i < TIME_SIZE; i++)
		when = when << 8 | whole[i];
	/*
	 * Ours alone, so no other clock matters; a step back gains nothing:
	 * what was used is remembered until then.
	 */
	return now > (int64_t)when + c->lifetime ? CHALLENGE_EXPIRED
						 : CHALLENGE_OURS;
}
