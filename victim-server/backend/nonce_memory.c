/* SPDX-License-Identifier: MIT */
/* What all memories of nonces have in common. */
#include "nonce_memory.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

void
nonce_key(struct bytes keyid, struct bytes nonce, uint8_t into[NONCE_KEY_SIZE])
{
	struct buffer both = {0};
	uint8_t owner[EVP_MAX_MD_SIZE];
	struct bytes all;

	buffer_add_u32(&both, (uint32_t)keyid.left);
	buffer_add_bytes(&both, keyid);
	buffer_add_u32(&both, (uint32_t)nonce.left);
	buffer_add_bytes(&both, nonce);
	all = buffer_bytes(&both);
	if (EVP_Digest(all.at, all.left, into, NULL, EVP_sha256(), NULL) != 1)
		abort(); /* a key of stale bytes would be worse */
	if (EVP_Digest(keyid.at, keyid.left, owner, NULL, EVP_sha256(), NULL) !=
	    1)
		abort();
	memcpy(
	    &into[NONCE_KEY_SIZE - NONCE_OWNER_SIZE], owner, NONCE_OWNER_SIZE);
	buffer_clear(&both);
}

void
nonce_memory_free(struct nonce_memory *m)
{
	if (m != NULL)
		m->kind->free(m);
}

enum nonce_answer
nonce_memory_add_if_absent(struct nonce_memory *m,
    const uint8_t key[NONCE_KEY_SIZE], int64_t now, int64_t expires_at)
{
	return m->kind->add(m, key, now, expires_at);
}

enum nonce_answer
nonce_memory_look(
    struct nonce_memory *m, const uint8_t key[NONCE_KEY_SIZE], int64_t now)
{
	return m->kind->look(m, key, now);
}

int64_t
nonce_memory_horizon(struct nonce_memory *m)
{
	return m->kind->horizon(m);
}
