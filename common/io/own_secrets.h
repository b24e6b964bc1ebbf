/* SPDX-License-Identifier: MIT */
#ifndef OWN_SECRETS_H
#define OWN_SECRETS_H

#include "tls_record_keys.h"

#include <openssl/ssl.h>

/*
 * The keys of a connection whose handshake OpenSSL makes, by its public API:
 * TLS 1.2's master secret may be asked for, TLS 1.3's traffic secrets are seen
 * in the key log only, while the handshake goes on.
 *
 *	own_secrets_keep -> SSL_do_handshake -> own_secrets_keys -> clear
 */
struct own_secrets {
	struct own_secret {
		uint8_t octets[TLS_SECRET_MAX];
		size_t size;
	} client, server;
};

/* Have the lines of this SSL's key log put into s, which must outlive it. */
void own_secrets_keep(struct own_secrets *s, SSL *tls);
void own_secrets_clear(struct own_secrets *s);

/* For the context's key log callback: one line. */
void own_secrets_note(const SSL *tls, const char *line);

/* After the handshake.  False: the suite is not one of ours. */
bool own_secrets_keys(const struct own_secrets *s, SSL *tls,
    struct tls_record_keys *client, struct tls_record_keys *server);

#endif
