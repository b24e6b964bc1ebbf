/* SPDX-License-Identifier: MIT */
#ifndef TLS_SUITES_H
#define TLS_SUITES_H

#include "option.h"

#include <stdbool.h>

#include <openssl/ssl.h>

/*
 * Suites in the lab's words, which say the version, too:
 *
 *	tls12-cbc	ECDHE-RSA-AES128-SHA256, MAC-then-encrypt
 *	tls12-gcm	ECDHE-RSA-AES128-GCM-SHA256
 *	tls12-chacha	ECDHE-RSA-CHACHA20-POLY1305
 *	tls12-rsa	AES128-GCM-SHA256, RSA key exchange
 *	tls12-null	NULL-SHA256: a MAC and no secrecy
 *	tls13		TLS 1.3 with OpenSSL's own choice of suites
 */

/*
 * Allow only these, or without any all but tls12-null; over datagrams DTLS 1.2
 * and no tls13.  -1 after a warning that names the wrong word.
 */
int tls_suites_use(
    SSL_CTX *ctx, const struct option_list *wanted, bool datagrams);

/* OpenSSL's name of a suite, NULL for TLS 1.3's; false: there is none. */
bool tls_suites_cipher(const char *word, const char **cipher);

/* Is TLS 1.3 among them? */
bool tls_suites_have_tls13(const struct option_list *wanted);

#endif
