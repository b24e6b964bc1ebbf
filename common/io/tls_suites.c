/* SPDX-License-Identifier: MIT */
/* From the lab's words to OpenSSL's names and versions. */
#include "tls_suites.h"

#include <err.h>
#include <string.h>

static const struct suite {
	const char *word;
	const char *cipher; /* OpenSSL's name; NULL: TLS 1.3 */
} suites[] = {
    {"tls12-cbc", "ECDHE-RSA-AES128-SHA256"},
    {"tls12-gcm", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"tls12-chacha", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"tls12-rsa", "AES128-GCM-SHA256"},
    {"tls12-null", "NULL-SHA256"},
    {"tls13", NULL},
};
#define SUITES (sizeof(suites) / sizeof(suites[0]))

static const struct suite *
named(const char *word)
{
	for (size_t i = 0; i < SUITES; i++)
		if (strcmp(suites[i].word, word) == 0)
			return &suites[i];
	return NULL;
}

bool
tls_suites_cipher(const char *word, const char **cipher)
{
	const struct suite *suite = named(word);

	*cipher = suite == NULL ? NULL : suite->cipher;
	return suite != NULL;
}

static const struct suite *
find_suite(const char *word)
{
	const struct suite *suite = named(word);

	if (suite != NULL)
		return suite;
	warnx("%s is no suite; there are tls12-cbc, tls12-gcm, tls12-chacha, "
	      "tls12-rsa, tls12-null and tls13",
	    word);
	return NULL;
}

/*
 * The lab shows MAC-then-encrypt, so encrypt-then-MAC (RFC 7366) is off; and
 * NULL-SHA256 needs the security level that allows it.
 */
int
tls_suites_use(SSL_CTX *ctx, const struct option_list *wanted, bool datagrams)
{
	const struct option_list usual = {
	    {"tls12-cbc", "tls12-gcm", "tls12-chacha", "tls12-rsa", "tls13"},
	    datagrams ? 4 : 5};
	const struct option_list *list = wanted->count > 0 ? wanted : &usual;
	char ciphers[1024] = "";
	bool tls12 = false, tls13 = false, null = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct suite *suite = find_suite(list->item[i]);

		if (suite == NULL)
			return -1;
		tls13 = tls13 || suite->cipher == NULL;
		if (suite->cipher == NULL)
			continue;
		null = null || strcmp(suite->word, "tls12-null") == 0;
		if (tls12)
			strcat(ciphers, ":");
		strcat(ciphers, suite->cipher);
		tls12 = true;
	}
	if (null)
		SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_options(ctx, SSL_OP_NO_ENCRYPT_THEN_MAC |
				     SSL_OP_NO_RENEGOTIATION |
				     SSL_OP_NO_COMPRESSION);
	if (datagrams && tls13) {
		warnx("suite tls13: over datagrams the lab speaks DTLS 1.2");
		return -1;
	}
	SSL_CTX_set_min_proto_version(ctx, datagrams ? DTLS1_2_VERSION
					   : tls12   ? TLS1_2_VERSION
						     : TLS1_3_VERSION);
	SSL_CTX_set_max_proto_version(ctx, datagrams ? DTLS1_2_VERSION
					   : tls13   ? TLS1_3_VERSION
						     : TLS1_2_VERSION);
	if (tls12 && SSL_CTX_set_cipher_list(ctx, ciphers) != 1) {
		warnx("suites %s: OpenSSL has none of them", ciphers);
		return -1;
	}
	return 0;
}

bool
tls_suites_have_tls13(const struct option_list *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (strcmp(wanted->item[i], "tls13") == 0)
			return true;
	return wanted->count == 0;
}
