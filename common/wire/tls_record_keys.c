/* SPDX-License-Identifier: MIT */
/*
 * Key derivation, as the RFCs draw it:
 *
 *	master secret, randoms -> PRF -> key block -> MAC keys, keys, IVs   1.2
 *	traffic secret -> HKDF-Expand-Label -> key, IV                      1.3
 */
#include "tls_record_keys.h"

#include "buffer.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

/* Two of each: MAC key, key, IV. */
#define KEY_BLOCK_MAX (2 * (2 * TLS_RECORD_KEY_MAX + TLS_RECORD_NONCE_SIZE))

static bool
derive(const char *function, const OSSL_PARAM *how, uint8_t *into, size_t size)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, function, NULL);
	EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	bool done =
	    context != NULL && EVP_KDF_derive(context, into, size, how) == 1;

	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
	return done;
}

static OSSL_PARAM
octets(const char *name, struct bytes value)
{
	return OSSL_PARAM_construct_octet_string(
	    name, (void *)value.at, value.left);
}

static OSSL_PARAM
text(const char *name, const char *value)
{
	return OSSL_PARAM_construct_utf8_string(name, (char *)value, 0);
}

/* PRF(master_secret, "key expansion", server_random + client_random) */
static bool
key_block(const struct tls_record_suite *suite, const struct tls_master *master,
    uint8_t *into, size_t size)
{
	const OSSL_PARAM how[] = {
	    text(OSSL_KDF_PARAM_DIGEST, suite->hash),
	    octets(OSSL_KDF_PARAM_SECRET, master->secret),
	    octets(OSSL_KDF_PARAM_SEED, bytes_of("key expansion")),
	    octets(OSSL_KDF_PARAM_SEED, master->server_random),
	    octets(OSSL_KDF_PARAM_SEED, master->client_random),
	    OSSL_PARAM_construct_end(),
	};

	return derive("TLS1-PRF", how, into, size);
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

/* HKDF-Expand-Label with an empty context (RFC 8446 section 7.1). */
static bool
expand_label(const struct tls_record_suite *suite, struct bytes secret,
    const char *label, uint8_t *into, size_t size)
{
	struct buffer info = {0};
	bool done;

	buffer_add_u16(&info, (uint16_t)size);
	buffer_add_u8(&info, (uint8_t)(strlen("tls13 ") + strlen(label)));
	buffer_add_text(&info, "tls13 ");
	buffer_add_text(&info, label);
	buffer_add_u8(&info, 0);
	done = derive("HKDF",
	    (const OSSL_PARAM[]){
		text(OSSL_KDF_PARAM_MODE, "EXPAND_ONLY"),
		text(OSSL_KDF_PARAM_DIGEST, suite->hash),
		octets(OSSL_KDF_PARAM_KEY, secret),
		octets(OSSL_KDF_PARAM_INFO, buffer_bytes(&info)),
		OSSL_PARAM_construct_end(),
	    },
	    into, size);
	buffer_clear(&info);
	return done;
}

bool
tls_record_keys_1_3(const struct tls_record_suite *suite, struct bytes secret,
    struct tls_record_keys *keys)
{
	*keys = (struct tls_record_keys){.suite = suite};
	return secret.left == suite->hash_size &&
	       expand_label(suite, secret, "key", keys->key, suite->key_size) &&
	       expand_label(suite, secret, "iv", keys->iv, suite->iv_size);
}

void
tls_record_keys_clear(struct tls_record_keys *keys)
{
	OPENSSL_cleanse(keys, sizeof(*keys));
}
