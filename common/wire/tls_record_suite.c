/* SPDX-License-Identifier: MIT */
/* The suites of the lab, and those that differ only in the handshake. */
#include "tls_record_suite.h"

#define HASH_256 "SHA256", 32
#define HASH_384 "SHA384", 48

#define NULL_SHA256 TLS_1_2, TLS_PROTECTION_MAC, NULL, HASH_256, 0, 32, 0
#define AES128_CBC                                                             \
	TLS_1_2, TLS_PROTECTION_CBC, "AES-128-CBC", HASH_256, 16, 32, 0
#define AES256_CBC                                                             \
	TLS_1_2, TLS_PROTECTION_CBC, "AES-256-CBC", HASH_256, 32, 32, 0
#define AES128_GCM                                                             \
	TLS_1_2, TLS_PROTECTION_AEAD_SENT_NONCE, "AES-128-GCM", HASH_256, 16,  \
	    0, 4
#define AES256_GCM                                                             \
	TLS_1_2, TLS_PROTECTION_AEAD_SENT_NONCE, "AES-256-GCM", HASH_384, 32,  \
	    0, 4
#define CHACHA20                                                               \
	TLS_1_2, TLS_PROTECTION_AEAD, "ChaCha20-Poly1305", HASH_256, 32, 0, 12

static const struct tls_record_suite suites[] = {
    {0x003B, NULL_SHA256}, /* RSA */
    {0x003C, AES128_CBC},  /* RSA */
    {0x003D, AES256_CBC},  /* RSA */
    {0xC023, AES128_CBC},  /* ECDHE, ECDSA */
    {0xC027, AES128_CBC},  /* ECDHE, RSA */
    {0x009C, AES128_GCM},  /* RSA */
    {0x009D, AES256_GCM},  /* RSA */
    {0xC02B, AES128_GCM},  /* ECDHE, ECDSA */
    {0xC02C, AES256_GCM},  /* ECDHE, ECDSA */
    {0xC02F, AES128_GCM},  /* ECDHE, RSA */
    {0xC030, AES256_GCM},  /* ECDHE, RSA */
    {0xCCA8, CHACHA20},    /* ECDHE, RSA */
    {0xCCA9, CHACHA20},    /* ECDHE, ECDSA */
    {0x1301, TLS_1_3, TLS_PROTECTION_AEAD, "AES-128-GCM", HASH_256, 16, 0, 12},
    {0x1302, TLS_1_3, TLS_PROTECTION_AEAD, "AES-256-GCM", HASH_384, 32, 0, 12},
    {0x1303, TLS_1_3, TLS_PROTECTION_AEAD, "ChaCha20-Poly1305", HASH_256, 32, 0,
	12},
};

const struct tls_record_suite *
tls_record_suite_find(uint16_t number)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (suites[i].number == number)
			return &suites[i];
	return NULL;
}
