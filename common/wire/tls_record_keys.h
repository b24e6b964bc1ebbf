/* SPDX-License-Identifier: MIT */
#ifndef TLS_RECORD_KEYS_H
#define TLS_RECORD_KEYS_H

#include "bytes.h"
#include "tls_record_suite.h"

/*
 * The keys of one direction of a connection, from what the handshake agreed
 * on.  The sequence number is no part of them: keys are new for each
 * connection, numbers for each record.
 */
struct tls_record_keys {
	const struct tls_record_suite *suite;
	uint8_t key[TLS_RECORD_KEY_MAX];
	uint8_t mac_key[TLS_RECORD_KEY_MAX];
	uint8_t iv[TLS_RECORD_NONCE_SIZE];
	/* CBC with the MAC outside (RFC 7366), as was agreed on: set by who
	 * reads the records of others; the lab's victims do not offer it. */
	bool encrypt_then_mac;
};

/*
 * TLS 1.2: both directions from the master secret and the two randoms (RFC 5246
 * section 6.3).  False if OpenSSL cannot.
 */
struct tls_master {
	struct bytes secret; /* 48 bytes */
	struct bytes client_random, server_random;
};
bool tls_record_keys_1_2(const struct tls_record_suite *suite,
    const struct tls_master *master, struct tls_record_keys *client,
    struct tls_record_keys *server);

/*
 * TLS 1.3: one direction from its application traffic secret (RFC 8446 section
 * 7.3).  False if OpenSSL cannot, or if the secret has another length than the
 * suite's hash.
 */
bool tls_record_keys_1_3(const struct tls_record_suite *suite,
    struct bytes secret, struct tls_record_keys *keys);

/* Forget them. */
void tls_record_keys_clear(struct tls_record_keys *keys);

#endif
