/* SPDX-License-Identifier: MIT */
#ifndef TLS_RECORD_SUITE_H
#define TLS_RECORD_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a cipher suite says about records: which algorithms protect them and how
 * long the keys, the nonces and the tags are.
 */

/* How a fragment is protected. */
enum tls_protection {
	/* A MAC behind the content, nothing encrypted (RFC 5246 6.2.3.1). */
	TLS_PROTECTION_MAC,
	/* MAC, then padding, then CBC with an explicit IV (6.2.3.2). */
	TLS_PROTECTION_CBC,
	/*
	 * AEAD whose nonce is the salt and eight bytes of the record (RFC 5288
	 * section 3).
	 */
	TLS_PROTECTION_AEAD_SENT_NONCE,
	/*
	 * AEAD whose nonce is the IV, exclusive-or the sequence number (RFC
	 * 7905 section 2, RFC 8446 section 5.3).
	 */
	TLS_PROTECTION_AEAD,
};

#define TLS_RECORD_KEY_MAX 32
#define TLS_RECORD_TAG_SIZE 16   /* of every AEAD here */
#define TLS_RECORD_NONCE_SIZE 12 /* of every AEAD here */
#define TLS_RECORD_BLOCK_SIZE 16 /* of AES, in CBC */
#define TLS_SENT_NONCE_SIZE 8    /* RFC 5288 section 3 */
#define TLS_SECRET_MAX 48        /* bytes of SHA-384 */

struct tls_record_suite {
	uint16_t number;  /* IANA's */
	uint16_t version; /* 0x0303 or 0x0304 */
	enum tls_protection protection;
	const char *cipher; /* OpenSSL's name; NULL: nothing is encrypted */
	const char *hash;   /* of the PRF, or of HKDF (RFC 8446 7.1) */
	size_t hash_size;
	size_t key_size;
	size_t mac_size; /* HMAC with SHA-256; 0 for an AEAD */
	size_t iv_size;  /* from the key block: the salt, or the nonce's base */
};

#define TLS_1_2 0x0303
#define TLS_1_3 0x0304

/* NULL: not one of ours. */
const struct tls_record_suite *tls_record_suite_find(uint16_t number);

#endif
