/* SPDX-License-Identifier: MIT */
/* Reading the logs of stock programs. */
#include "stock_words.h"

#include <string.h>

static const struct stock_said nothing = {.kind = STOCK_SAYS_NOTHING};

/* Decimal digits at the front, at least one. */
static bool
take_number(struct bytes *b, uint64_t most, uint64_t *value)
{
	struct bytes rest = *b, digit;

	for (*value = 0; rest.left > 0 && rest.at[0] >= '0' &&
			 rest.at[0] <= '9' && *value <= most;)
		if (bytes_take(&rest, 1, &digit))
			*value = *value * 10 + (uint64_t)(digit.at[0] - '0');
	if (rest.left == b->left || *value > most)
		return false;
	*b = rest;
	return true;
}

static bool
take_word(struct bytes *b, struct bytes *word)
{
	return bytes_take_until(b, ' ', word);
}

/* "198.51.100.10:40000", or what else is between address and port. */
static bool
take_peer(struct bytes *b, const char *between, struct stock_peer *peer)
{
	struct bytes rest = *b, ip;
	uint64_t port;

	if (!bytes_take_until_text(&rest, between, &ip) || ip.left == 0 ||
	    ip.left > 15 || !take_number(&rest, 65535, &port))
		return false;
	*peer = (struct stock_peer){ip, (unsigned int)port};
	*b = rest;
	return true;
}

/*
 * [debug] 12#12: *3 accept: 198.51.100.10:40000 fd:5
 * [info] 12#12: *3 SSL_read() failed (SSL: WORDS) while waiting for request,
 *     client: 198.51.100.10, server: 0.0.0.0:443
 */
struct stock_said
stock_words_nginx(struct bytes line)
{
	struct stock_said said = nothing;
	struct bytes before, rest;

	if (!bytes_take_until_text(&line, ": *", &before) ||
	    !take_number(&line, UINT32_MAX, &said.number) ||
	    !bytes_take_until(&line, ' ', &before) || before.left > 0)
		return nothing;
	rest = line;
	if (bytes_take_until_text(&rest, "accept: ", &before) &&
	    before.left == 0 && take_peer(&rest, ":", &said.peer))
		said.kind = STOCK_SAYS_ACCEPTED;
	else if (bytes_take_until_text(&line, "() failed (SSL: ", &before) &&
		 bytes_take_until_text(&line, ") while ", &said.words))
		said.kind = STOCK_SAYS_FAILED;
	else
		return nothing;
	return said;
}

/* tls 198.51.100.10:40000 43 SSL fatal error: WORDS; or 0 Success: - */
struct stock_said
stock_words_haproxy(struct bytes line)
{
	struct stock_said said = {.kind = STOCK_SAYS_FAILED};
	struct bytes before;
	uint64_t error;

	if (!bytes_take_until_text(&line, "tls ", &before) || before.left > 0 ||
	    !take_peer(&line, ":", &said.peer) || !take_word(&line, &before) ||
	    before.left > 0)
		return nothing;
	said.words = line;
	return take_number(&line, UINT32_MAX, &error) && error != 0 ? said
								    : nothing;
}

/* GnuTLS ends its own lines, which lighttpd writes as two letters. */
static struct bytes
without_line_end(struct bytes words)
{
	struct bytes rest = words, kept;

	return words.left >= 2 && bytes_take(&rest, words.left - 2, &kept) &&
		       bytes_equal_text(rest, "\\n")
		   ? kept
		   : words;
}

/* 2026-11-26 08:00:00: (mod_gnutls.c.2360) GnuTLS: WORDS */
struct stock_said
stock_words_lighttpd(struct bytes line)
{
	static const char *const libraries[] = {
	    "mod_openssl", "mod_gnutls", "mod_nss", "mod_wolfssl"};
	struct stock_said said = {.kind = STOCK_SAYS_FAILED};
	struct bytes module, before;

	if (!bytes_take_until_text(&line, " (", &before) ||
	    !bytes_take_until_text(&line, ".c.", &module) ||
	    !bytes_take_until_text(&line, ") ", &before))
		return nothing;
	said.words = without_line_end(line);
	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		if (bytes_equal_text(module, libraries[i]))
			return said;
	return nothing;
}

/*
 * SSL_accept:SSLv3/TLS read client hello
 * SSL3 alert write:fatal:bad record mac
 * 80DB1402287F0000:error:0A000119:SSL routines:...
 */
struct stock_said
stock_words_openssl(struct bytes line)
{
	struct stock_said said = {.words = line};
	struct bytes before, rest = line;

	if (bytes_equal_text(line, "SSL_accept:SSLv3/TLS read client hello"))
		said.kind = STOCK_SAYS_ACCEPTED;
	else if (bytes_take_until_text(
		     &rest, "SSL3 alert write:fatal:", &before) &&
		 before.left == 0) {
		said.kind = STOCK_SAYS_ALERT;
		said.words = rest;
	} else if (bytes_take_until_text(&rest, ":error:", &before))
		said.kind = STOCK_SAYS_FAILED;
	return said;
}

/*
 * *   Trying 198.51.100.20:443...
 * * [TCP] local address 198.51.100.10 port 40000...
 * * TLSv1.2 (OUT), TLS alert, bad record mac (532):
 */
struct stock_said
stock_words_curl(struct bytes line)
{
	struct stock_said said = nothing;
	struct bytes before, rest = line;
	uint64_t alert;

	if (bytes_take_until_text(&rest, "*   Trying ", &before) &&
	    before.left == 0 && take_peer(&rest, ":", &said.peer))
		said.kind = STOCK_SAYS_TRIES;
	rest = line;
	if (bytes_take_until_text(&rest, "* [TCP] local address ", &before) &&
	    before.left == 0 && take_peer(&rest, " port ", &said.peer))
		said.kind = STOCK_SAYS_LOCAL;
	if (bytes_take_until_text(&line, " (OUT), TLS alert, ", &before) &&
	    bytes_take_until_text(&line, " (", &said.words) &&
	    take_number(&line, UINT16_MAX, &alert) && alert >> 8 == 2)
		said.kind = STOCK_SAYS_ALERT; /* level 2 is fatal */
	return said;
}

bool
stock_words_result(struct bytes line, struct stock_result *result)
{
	struct bytes word;

	*result = (struct stock_result){0};
	if (!take_word(&line, &word) || !bytes_equal_text(word, "result") ||
	    !take_number(&line, 999, &result->http_status) ||
	    !take_word(&line, &word) || word.left > 0 ||
	    !take_number(&line, 255, &result->exit_status) ||
	    !take_word(&line, &word) || word.left > 0 ||
	    !take_word(&line, &word))
		return false;
	take_peer(&word, ":", &result->local);
	if (!take_word(&line, &word))
		return false;
	take_peer(&word, ":", &result->remote);
	result->words = line;
	return true;
}

bool
stock_words_refuse(const char *words)
{
	static const char *const refusals[] = {
	    "decryption failed or bad record mac", /* OpenSSL */
	    "digest check failed",                 /* OpenSSL: Finished */
	    "due to invalid decryption",           /* GnuTLS */
	    "GNUTLS_E_DECRYPTION_FAILED",          /* GnuTLS */
	    "SSL_ERROR_BAD_MAC_READ",              /* NSS */
	    "verify mac problem",                  /* wolfSSL */
	    "AES-GCM Authentication check fail",   /* wolfSSL */
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strstr(words, refusals[i]) != NULL)
			return true;
	return false;
}
