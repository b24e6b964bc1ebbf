/* SPDX-License-Identifier: MIT */
/* OpenSSL's KDFs, called as the RFCs write them. */
#include "tls_derive.h"

#include "buffer.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#define TLS_1_2_VERIFY_DATA_SIZE 12 /* RFC 5246 section 7.4.9 */

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

bool
tls_prf(const struct tls_record_suite *suite, struct bytes secret,
    const char *label, struct bytes seed, uint8_t *into, size_t size)
{
	const OSSL_PARAM how[] = {
	    text(OSSL_KDF_PARAM_DIGEST, suite->hash),
	    octets(OSSL_KDF_PARAM_SECRET, secret),
	    octets(OSSL_KDF_PARAM_SEED, bytes_of(label)),
	    octets(OSSL_KDF_PARAM_SEED, seed),
	    OSSL_PARAM_construct_end(),
	};

	return derive("TLS1-PRF", how, into, size);
}

bool
tls_expand_label(const struct tls_record_suite *suite, struct bytes secret,
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

/* HMAC(finished_key, Transcript-Hash) */
static bool
verify_data_1_3(const struct tls_record_suite *suite, struct bytes secret,
    struct bytes hash, uint8_t *into, size_t *size)
{
	uint8_t key[TLS_SECRET_MAX];
	bool done = tls_expand_label(
			suite, secret, "finished", key, suite->hash_size) &&
		    EVP_Q_mac(NULL, "HMAC", NULL, suite->hash, NULL, key,
			suite->hash_size, hash.at, hash.left, into,
			TLS_VERIFY_DATA_MAX, size) != NULL;

	OPENSSL_cleanse(key, sizeof(key));
	return done;
}

bool
tls_verify_data(const struct tls_record_suite *suite, struct bytes secret,
    const char *label, struct bytes messages, uint8_t into[TLS_VERIFY_DATA_MAX],
    size_t *size)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct bytes hash = {digest, 0};

	if (!EVP_Q_digest(NULL, suite->hash, NULL, messages.at, messages.left,
		digest, &hash.left))
		return false;
	if (suite->version == TLS_1_3)
		return verify_data_1_3(suite, secret, hash, into, size);
	*size = TLS_1_2_VERIFY_DATA_SIZE;
	return tls_prf(suite, secret, label, hash, into, *size);
}
