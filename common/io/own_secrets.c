/* SPDX-License-Identifier: MIT */
/* What OpenSSL's public API says of the secrets of a handshake. */
#include "own_secrets.h"

#include <stdio.h>
#include <string.h>

static void
fetch_master(SSL *tls, uint8_t secret[48], uint8_t client[32],
    uint8_t server[32], struct tls_master *master)
{
	size_t size =
	    SSL_SESSION_get_master_key(SSL_get_session(tls), secret, 48);

	SSL_get_client_random(tls, client, 32);
	SSL_get_server_random(tls, server, 32);
	*master = (struct tls_master){
	    {secret, size},
	    {client, 32},
	    {server, 32},
	};
}

bool
own_secrets_keys(const struct own_secrets *secrets, SSL *tls,
    struct tls_record_keys *client, struct tls_record_keys *server)
{
	const struct tls_record_suite *suite = tls_record_suite_find(
	    (uint16_t)SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(tls)));
	uint8_t secret[48], client_random[32], server_random[32];
	struct tls_master master;
	bool done;

	if (suite == NULL)
		return false;
	if (suite->version == TLS_1_3)
		return tls_record_keys_1_3(suite,
			   (struct bytes){
			       secrets->client.octets, secrets->client.size},
			   client) &&
		       tls_record_keys_1_3(suite,
			   (struct bytes){
			       secrets->server.octets, secrets->server.size},
			   server);
	fetch_master(tls, secret, client_random, server_random, &master);
	done = tls_record_keys_1_2(suite, &master, client, server);
	OPENSSL_cleanse(secret, sizeof(secret));
	return done;
}

static bool
read_hex(const char *hex, struct own_secret *into)
{
	size_t size = 0;

	while (size < TLS_SECRET_MAX &&
	       sscanf(hex, "%2hhx", &into->octets[size]) == 1) {
		hex += 2;
		size++;
	}
	into->size = size;
	return *hex == '\0';
}

void
own_secrets_keep(struct own_secrets *s, SSL *tls)
{
	SSL_set_app_data(tls, s);
}

void
own_secrets_clear(struct own_secrets *s)
{
	OPENSSL_cleanse(s, sizeof(*s));
}

/* "LABEL client_random secret" (RFC 9850 section 2). */
void
own_secrets_note(const SSL *tls, const char *line)
{
	struct own_secrets *s = SSL_get_app_data(tls);
	const char *secret = strrchr(line, ' ');

	if (s == NULL || secret == NULL)
		return;
	if (strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24) == 0)
		read_hex(secret + 1, &s->client);
	else if (strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24) == 0)
		read_hex(secret + 1, &s->server);
}
