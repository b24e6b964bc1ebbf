/* SPDX-License-Identifier: MIT */
/*
 * MAC-then-encrypt: HMAC over the content and what binds it, then padding, then
 * CBC under a random IV that goes before it (RFC 5246 section 6.2.3.2).  With
 * no cipher, MAC only (6.2.3.1).
 *
 * A wrong padding and a wrong MAC are one outcome, and the MAC is computed in
 * both cases.  What remains is the small timing difference that the RFC speaks
 * of: this is the record layer of a lab, and no defence against Lucky 13.
 */
#include "tls_record_protection.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

bool
tls_record_mac_init(struct tls_record_layer *l, bool sends)
{
	const struct tls_record_suite *suite = l->keys.suite;
	EVP_CIPHER *cbc = suite->cipher == NULL
			      ? NULL
			      : EVP_CIPHER_fetch(NULL, suite->cipher, NULL);
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	const OSSL_PARAM how[] = {
	    OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, (char *)suite->hash, 0),
	    OSSL_PARAM_construct_end(),
	};
	bool done;

	l->mac = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
	done = l->mac != NULL &&
	       EVP_MAC_init(l->mac, l->keys.mac_key, suite->mac_size, how) == 1;
	if (done && suite->cipher != NULL) {
		l->cipher = EVP_CIPHER_CTX_new();
		done = cbc != NULL && l->cipher != NULL &&
		       EVP_CipherInit_ex2(l->cipher, cbc, l->keys.key, NULL,
			   sends ? 1 : 0, NULL) == 1;
	}
	EVP_CIPHER_free(cbc);
	EVP_MAC_free(hmac);
	return done;
}

bool
tls_record_mac_compute(struct tls_record_layer *l, struct bytes additional,
    struct bytes content, uint8_t into[EVP_MAX_MD_SIZE])
{
	size_t size;

	return EVP_MAC_init(l->mac, NULL, 0, NULL) == 1 &&
	       EVP_MAC_update(l->mac, additional.at, additional.left) == 1 &&
	       EVP_MAC_update(l->mac, content.at, content.left) == 1 &&
	       EVP_MAC_final(l->mac, into, &size, EVP_MAX_MD_SIZE) == 1 &&
	       size == l->keys.suite->mac_size;
}

/* In place or from elsewhere; whole blocks. */
static bool
run_cbc(struct tls_record_layer *l, const uint8_t *iv, struct bytes blocks)
{
	int length;

	return EVP_CipherInit_ex2(l->cipher, NULL, NULL, iv, -1, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(l->cipher, 0) == 1 &&
	       EVP_CipherUpdate(l->cipher, l->work, &length, blocks.at,
		   (int)blocks.left) == 1;
}

/* The shortest padding: n bytes of value n - 1, the last of them its length. */
static void
add_padding(struct buffer *plain)
{
	size_t n = TLS_RECORD_BLOCK_SIZE -
		   buffer_bytes(plain).left % TLS_RECORD_BLOCK_SIZE;

	for (size_t i = 0; i < n; i++)
		buffer_add_u8(plain, (uint8_t)(n - 1));
}

bool
tls_record_mac_protect(struct tls_record_layer *l, struct bytes additional,
    struct bytes content, struct buffer *out)
{
	uint8_t mac[EVP_MAX_MD_SIZE], iv[TLS_RECORD_BLOCK_SIZE];
	struct buffer plain = {0};
	size_t size;
	bool done;

	if (!tls_record_mac_compute(l, additional, content, mac))
		return false;
	if (l->cipher == NULL) {
		buffer_add_bytes(out, content);
		buffer_add(out, mac, l->keys.suite->mac_size);
		return true;
	}
	buffer_add_bytes(&plain, content);
	buffer_add(&plain, mac, l->keys.suite->mac_size);
	add_padding(&plain);
	size = buffer_bytes(&plain).left;
	done = RAND_bytes(iv, sizeof(iv)) == 1 &&
	       run_cbc(l, iv, buffer_bytes(&plain));
	if (done) {
		buffer_add(out, iv, sizeof(iv));
		buffer_add(out, l->work, size);
	}
	buffer_clear(&plain);
	return done;
}

/*
 * How many bytes of padding end these, its length included; 0: wrong.  All of
 * them must have its value, and all that could be padding are looked at.
 */
static size_t
padding_of(struct bytes plain, size_t mac_size)
{
	const uint8_t *at = plain.at;
	size_t last = plain.left - 1, most = plain.left < 256 ? last : 255;
	uint8_t value = at[last], wrong = 0;

	if ((size_t)value + 1 + mac_size > plain.left)
		return 0;
	for (size_t i = 1; i <= most; i++)
		wrong |=
		    (uint8_t)(at[last - i] ^ value) & (i <= value ? 0xff : 0);
	return wrong == 0 ? (size_t)value + 1 : 0;
}

static bool
decrypt(struct tls_record_layer *l, struct bytes fragment, struct bytes *plain)
{
	struct bytes iv;

	if (!bytes_take(&fragment, TLS_RECORD_BLOCK_SIZE, &iv) ||
	    fragment.left % TLS_RECORD_BLOCK_SIZE != 0 ||
	    !run_cbc(l, iv.at, fragment))
		return false;
	*plain = (struct bytes){l->work, fragment.left};
	return true;
}

/* RFC 7366 section 3: the MAC stands last and covers what was encrypted. */
static bool
open_below_mac(struct tls_record_layer *l, struct bytes fragment,
    struct tls_record_opened *opened)
{
	size_t mac_size = l->keys.suite->mac_size, padding;
	struct bytes plain;

	if (fragment.left < mac_size ||
	    !bytes_take(&fragment, fragment.left - mac_size, &opened->covered))
		return false;
	opened->mac = fragment;
	if (!decrypt(l, opened->covered, &plain) || plain.left == 0)
		return false;
	padding = padding_of(plain, 0);
	bytes_take(&plain, plain.left - padding, &opened->content);
	return padding > 0;
}

bool
tls_record_mac_open(struct tls_record_layer *l, struct bytes fragment,
    struct tls_record_opened *opened)
{
	size_t mac_size = l->keys.suite->mac_size, padding = 0;
	struct bytes plain = fragment;

	*opened = (struct tls_record_opened){0};
	if (l->cipher != NULL && l->keys.encrypt_then_mac)
		return open_below_mac(l, fragment, opened);
	if (l->cipher != NULL) {
		/* One byte at least says how long the padding is. */
		if (!decrypt(l, fragment, &plain) || plain.left <= mac_size)
			return false;
		padding = padding_of(plain, mac_size);
	}
	if (plain.left < mac_size + padding)
		return false;
	bytes_take(&plain, plain.left - mac_size - padding, &opened->content);
	opened->covered = opened->content;
	bytes_take(&plain, mac_size, &opened->mac);
	return l->cipher == NULL || padding > 0;
}

bool
tls_record_mac_check(struct tls_record_layer *l, struct bytes additional,
    const struct tls_record_opened *opened)
{
	uint8_t mac[EVP_MAX_MD_SIZE];

	return tls_record_mac_compute(l, additional, opened->covered, mac) &&
	       opened->mac.left == l->keys.suite->mac_size &&
	       CRYPTO_memcmp(mac, opened->mac.at, opened->mac.left) == 0;
}
