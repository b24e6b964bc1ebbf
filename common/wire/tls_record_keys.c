/* SPDX-License-Identifier: MIT */
/*
 * Key derivation, as the RFCs draw it:
 *
 *	master secret, randoms -> PRF -> key block -> MAC keys, keys, IVs   1.2
 *	traffic secret -> HKDF-Expand-Label -> key, IV                      1.3
 */
#include "tls_record_keys.h"

#include "buffer.h"
#include "tls_derive.h"

#include <openssl/crypto.h>
#include <string.h>

/* Two of each: MAC key, key, IV. */
#define KEY_BLOCK_MAX (2 * (2 * TLS_RECORD_KEY_MAX + TLS_RECORD_NONCE_SIZE))

/* PRF(master_secret, "key expansion", server_random + client_random) */
static bool
key_block(const struct tls_record_suite *suite, const struct tls_master *master,
    uint8_t *into, size_t size)
{
	struct buffer seed = {0};
	bool done;

	buffer_add_bytes(&seed, master->server_random);
	buffer_add_bytes(&seed, master->client_random);
	done = tls_prf(suite, master->secret, "key expansion",
	    buffer_bytes(&seed), into, size);
	buffer_clear(&seed);
	return done;
}

static bool
take_into(struct bytes *block, size_t size, uint8_t *into)
{
	struct bytes part;

	if (!bytes_take(block, size, &part))
		return false;
	if (size > 0)
		memcpy(into, part.at, size);
	return true;
}

bool
tls_record_keys_1_2(const struct tls_record_suite *suite,
    const struct tls_master *master, struct tls_record_keys *client,
    struct tls_record_keys *server)
{
	uint8_t storage[KEY_BLOCK_MAX];
	struct bytes block = {
	    storage, 2 * (suite->mac_size + suite->key_size + suite->iv_size)};
	bool done;

	*client = *server = (struct tls_record_keys){.suite = suite};
	/* The order of RFC 5246 section 6.3. */
	done = key_block(suite, master, storage, block.left) &&
	       take_into(&block, suite->mac_size, client->mac_key) &&
	       take_into(&block, suite->mac_size, server->mac_key) &&
	       take_into(&block, suite->key_size, client->key) &&
	       take_into(&block, suite->key_size, server->key) &&
	       take_into(&block, suite->iv_size, client->iv) &&
	       take_into(&block, suite->iv_size, server->iv);
	OPENSSL_cleanse(storage, sizeof(storage));
	return done;
}

bool
tls_record_keys_1_3(const struct tls_record_suite *suite, struct bytes secret,
    struct tls_record_keys *keys)
{
	*keys = (struct tls_record_keys){.suite = suite};
	return secret.left == suite->hash_size &&
	       tls_expand_label(
		   suite, secret, "key", keys->key, suite->key_size) &&
	       tls_expand_label(suite, secret, "iv", keys->iv, suite->iv_size);
}

void
tls_record_keys_clear(struct tls_record_keys *keys)
{
	OPENSSL_cleanse(keys, sizeof(*keys));
}
