/* SPDX-License-Identifier: MIT */
#ifndef TLS_PAIR_H
#define TLS_PAIR_H

#include "tls_record_keys.h"

#include <assert.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

/*
 * Two ends of OpenSSL after a handshake in memory, and the keys that they
 * agreed on, by its public API.
 */
struct tls_pair {
	SSL *client, *server;
	BIO *to_server, *to_client; /* what is on its way */
	struct tls_record_keys client_keys, server_keys;
	uint64_t number; /* of the next record, both ways */
};

static struct tls_pair *pair_under_way;

static inline SSL_CTX *
pair_context(const SSL_METHOD *method, const char *cipher, bool tls13)
{
	SSL_CTX *ctx = SSL_CTX_new(method);
	int version = tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_options(ctx, SSL_OP_NO_ENCRYPT_THEN_MAC);
	SSL_CTX_set_num_tickets(ctx, 0);
	assert(SSL_CTX_set_min_proto_version(ctx, version) == 1);
	assert(SSL_CTX_set_max_proto_version(ctx, version) == 1);
	assert((tls13 ? SSL_CTX_set_ciphersuites(ctx, cipher)
		      : SSL_CTX_set_cipher_list(ctx, cipher)) == 1);
	return ctx;
}

static inline void
pair_certify(SSL_CTX *ctx)
{
	static EVP_PKEY *key;
	static X509 *certificate;

	if (key == NULL) {
		key = EVP_RSA_gen(2048);
		certificate = X509_new();
		X509_set_version(certificate, 2);
		ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
		X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
		X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
		X509_set_pubkey(certificate, key);
		assert(X509_sign(certificate, key, EVP_sha256()) > 0);
	}
	assert(SSL_CTX_use_certificate(ctx, certificate) == 1);
	assert(SSL_CTX_use_PrivateKey(ctx, key) == 1);
}

/* "LABEL client_random secret", in hexadecimal (RFC 9850 section 2). */
static inline void
pair_note_secret(const SSL *tls, const char *line)
{
	static const char ours[] = "CLIENT_TRAFFIC_SECRET_0 ";
	static const char theirs[] = "SERVER_TRAFFIC_SECRET_0 ";
	bool client = strncmp(line, ours, strlen(ours)) == 0;
	uint8_t secret[TLS_SECRET_MAX];
	size_t size = 0;
	const char *hex = strrchr(line, ' ') + 1;

	if (!client && strncmp(line, theirs, strlen(theirs)) != 0)
		return;
	for (; sscanf(hex, "%2hhx", &secret[size]) == 1; hex += 2)
		size++;
	assert(tls_record_keys_1_3(
	    tls_record_suite_find((uint16_t)SSL_CIPHER_get_protocol_id(
		SSL_get_current_cipher(tls))),
	    (struct bytes){secret, size},
	    client ? &pair_under_way->client_keys
		   : &pair_under_way->server_keys));
}

static inline void
pair_derive_1_2(struct tls_pair *p)
{
	uint8_t secret[48], client[32], server[32];
	struct tls_master master = {{secret, sizeof(secret)},
	    {client, sizeof(client)}, {server, sizeof(server)}};

	assert(SSL_SESSION_get_master_key(SSL_get_session(p->client), secret,
		   sizeof(secret)) == sizeof(secret));
	SSL_get_client_random(p->client, client, sizeof(client));
	SSL_get_server_random(p->client, server, sizeof(server));
	assert(tls_record_keys_1_2(
	    tls_record_suite_find((uint16_t)SSL_CIPHER_get_protocol_id(
		SSL_get_current_cipher(p->client))),
	    &master, &p->client_keys, &p->server_keys));
}

/* cipher as OpenSSL calls it; one whose name starts with TLS_ is TLS 1.3's. */
static inline struct tls_pair
tls_pair_new(const char *cipher)
{
	bool tls13 = strncmp(cipher, "TLS_", 4) == 0;
	SSL_CTX *client = pair_context(TLS_client_method(), cipher, tls13);
	SSL_CTX *server = pair_context(TLS_server_method(), cipher, tls13);
	struct tls_pair p = {.number = tls13 ? 0 : 1};

	pair_under_way = &p;
	pair_certify(server);
	SSL_CTX_set_keylog_callback(client, pair_note_secret);
	p.client = SSL_new(client);
	p.server = SSL_new(server);
	p.to_server = BIO_new(BIO_s_mem());
	p.to_client = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(p.to_server, -1);
	BIO_set_mem_eof_return(p.to_client, -1);
	BIO_up_ref(p.to_server);
	BIO_up_ref(p.to_client);
	SSL_set_bio(p.client, p.to_client, p.to_server);
	SSL_set_bio(p.server, p.to_server, p.to_client);
	SSL_set_connect_state(p.client);
	SSL_set_accept_state(p.server);
	for (int i = 0; i < 8; i++) {
		SSL_do_handshake(p.client);
		SSL_do_handshake(p.server);
	}
	assert(
	    SSL_is_init_finished(p.client) && SSL_is_init_finished(p.server));
	if (!tls13)
		pair_derive_1_2(&p);
	SSL_CTX_free(client);
	SSL_CTX_free(server);
	return p;
}

static inline void
tls_pair_free(struct tls_pair *p)
{
	SSL_free(p->client);
	SSL_free(p->server);
}

#endif
