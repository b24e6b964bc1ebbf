/* SPDX-License-Identifier: MIT */
/* TLS settings into an OpenSSL context, and the key log. */
#include "tls_context.h"

#include "buffer.h"
#include "lab.h"
#include "tls_record_layer.h"

#include "own_secrets.h"
#include "repeated_random.h"
#include "ticket_keys.h"
#include "tls_suites.h"

#include <err.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
failed(const char *what, const char *name)
{
	const char *reason = ERR_reason_error_string(ERR_get_error());

	warnx("%s%s%s: %s", what, name == NULL ? "" : " ",
	    name == NULL ? "" : name, reason == NULL ? "failed" : reason);
	return -1;
}

static void
allow_renegotiation(SSL_CTX *ctx)
{
	SSL_CTX_clear_options(ctx, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_options(ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
}

/*
 * One line of the key log: to our own record layer, and appended to the file
 * with one write (RFC 9850 section 2).
 */
static void
log_secret(const SSL *tls, const char *line)
{
	const char *path = getenv("SSLKEYLOGFILE");
	char text[1024];
	size_t length = strlen(line);
	int fd;

	own_secrets_note(tls, line);
	if (path == NULL || length + 1 > sizeof(text))
		return;
	memcpy(text, line, length);
	text[length++] = '\n';
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, text, length) != (ssize_t)length)
		warn("key log %s", path);
	if (fd != -1)
		close(fd);
}

/*
 * OpenSSL logs TLS 1.2's secret with its own Finished, which a server that
 * refuses the client's never sends.
 */
void
tls_context_log_unfinished(SSL *tls)
{
	uint8_t random[32], secret[48];
	struct buffer line = {0};

	if (getenv("SSLKEYLOGFILE") == NULL ||
	    SSL_version(tls) != TLS1_2_VERSION || SSL_is_server(tls) == 0 ||
	    SSL_get_session(tls) == NULL ||
	    SSL_SESSION_get_master_key(
		SSL_get_session(tls), secret, sizeof(secret)) != sizeof(secret))
		return;
	SSL_get_client_random(tls, random, sizeof(random));
	buffer_add_text(&line, "CLIENT_RANDOM ");
	for (size_t i = 0; i < sizeof(random); i++)
		buffer_printf(&line, "%02x", random[i]);
	buffer_add_u8(&line, ' ');
	for (size_t i = 0; i < sizeof(secret); i++)
		buffer_printf(&line, "%02x", secret[i]);
	log_secret(tls, buffer_text(&line));
	OPENSSL_cleanse(secret, sizeof(secret));
	buffer_clear(&line);
}

static int
use_certificate(SSL_CTX *ctx, const char *path)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, path) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return failed("certificate", path);
	return 0;
}

/* What is left out of the record layer decides what becomes of the number. */
static int
use_record_layer(struct tls_context *t, const struct tls_settings *settings)
{
	bool number = false, check = false;

	for (size_t i = 0; i < settings->without.count; i++) {
		const char *word = settings->without.item[i];

		if (strcmp(word, "sequence-number") == 0)
			number = true;
		else if (strcmp(word, "sequence-check") == 0)
			check = true;
		else if (strcmp(word, "fresh-random") == 0)
			t->repeated_random |= REPEATED_ALL;
		else if (strcmp(word, "fresh-hello-random") == 0)
			t->repeated_random |= REPEATED_HELLO;
		else if (strcmp(word, "fresh-pre-master") == 0)
			t->repeated_random |= REPEATED_PRE_MASTER;
		else {
			warnx("without %s: over TLS there are "
			      "sequence-number, sequence-check, fresh-random, "
			      "fresh-hello-random and fresh-pre-master",
			    word);
			return -1;
		}
	}
	if (settings->replay_window > 0 || settings->window_first) {
		warnx("a replay window is of DTLS; TLS counts");
		return -1;
	}
	if (number && (check || settings->explicit_number)) {
		warnx("without sequence-number: then there is none to send "
		      "or to check");
		return -1;
	}
	t->numbering = number  ? TLS_NUMBERING_LEFT_OUT
		       : check ? TLS_NUMBERING_SENT_UNCHECKED
		       : settings->explicit_number ? TLS_NUMBERING_SENT
						   : TLS_NUMBERING_IMPLICIT;
	t->own_records =
	    settings->own_records || t->numbering != TLS_NUMBERING_IMPLICIT;
	/* Tickets would come from OpenSSL, under keys that are ours by then. */
	if (t->own_records)
		SSL_CTX_set_num_tickets(t->ctx, 0);
	return 0;
}

/* The number is in every record, so only the window can be left out. */
static int
use_datagram_layer(struct tls_context *t, const struct tls_settings *settings)
{
	bool without = false;

	for (size_t i = 0; i < settings->without.count; i++) {
		if (strcmp(settings->without.item[i], "replay-window") != 0) {
			warnx("without %s: over DTLS there is replay-window",
			    settings->without.item[i]);
			return -1;
		}
		without = true;
	}
	if (settings->explicit_number) {
		warnx("explicit-number: over DTLS it always is");
		return -1;
	}
	if (without &&
	    (settings->replay_window > 0 || settings->window_first)) {
		warnx("without replay-window: then there is none to choose");
		return -1;
	}
	t->window.use = without                  ? DTLS_WINDOW_OFF
			: settings->window_first ? DTLS_WINDOW_FIRST
						 : DTLS_WINDOW_ON;
	t->window.size = settings->replay_window > 0
			     ? (uint64_t)settings->replay_window
			     : REPLAY_WINDOW_USUAL;
	t->own_records = settings->own_records || settings->replay_window > 0 ||
			 t->window.use != DTLS_WINDOW_ON;
	return 0;
}

/*
 * No session cache: for a session id that it knows already OpenSSL draws
 * another, and the streams part.
 */
static int
use_repeated_random(struct tls_context *t)
{
	SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	return repeated_random_install(t->repeated_random);
}

/* Which option asks for what a session is resumed with; NULL: none. */
static const char *
ticket_option(const struct tls_settings *settings)
{
	if (settings->early_data.rule != EARLY_DATA_REFUSE)
		return "early-data";
	if (settings->ticket_keys != NULL)
		return "ticket-keys";
	return settings->session != NULL ? "session" : NULL;
}

/* What cannot work together. */
static int
check_tickets(const struct tls_context *t, const struct tls_settings *settings)
{
	const char *what = ticket_option(settings);

	if (t->datagrams && (what != NULL || settings->renegotiation)) {
		warnx(
		    "%s: not over datagrams", what != NULL ? what : "new keys");
		return -1;
	}
	if (what == NULL)
		return 0;
	if (t->own_records || t->repeated_random) {
		warnx("%s: not with the lab's own record layer or random, "
		      "which have no session tickets",
		    what);
		return -1;
	}
	if (strcmp(what, "early-data") == 0 &&
	    !tls_suites_have_tls13(&settings->suites)) {
		warnx("early-data: only TLS 1.3 has it; allow --suite tls13");
		return -1;
	}
	return 0;
}

static struct tls_context *
new_context(const SSL_METHOD *method, const struct tls_settings *settings)
{
	struct tls_context *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->ctx = SSL_CTX_new(method)) == NULL) {
		failed("TLS", NULL);
		goto fail;
	}
	t->log_records = settings->log_records;
	t->datagrams = settings->datagrams;
	t->record_size = settings->record_size == 0
			     ? TLS_RECORD_CONTENT_MAX
			     : (size_t)settings->record_size;
	if (!t->datagrams)
		SSL_CTX_set_mode(
		    t->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				SSL_MODE_RELEASE_BUFFERS);
	if ((t->datagrams ? use_datagram_layer(t, settings)
			  : use_record_layer(t, settings)) == -1)
		goto fail;
	/*
	 * Not where our own records begin behind the handshake's, nor where a
	 * record is to be told before the next is read.
	 */
	t->read_ahead = !t->datagrams && !t->own_records && !t->log_records;
	SSL_CTX_set_read_ahead(t->ctx, t->read_ahead);
	if (check_tickets(t, settings) == -1)
		goto fail;
	if (t->repeated_random != 0 && use_repeated_random(t) == -1)
		goto fail;
	if (getenv("SSLKEYLOGFILE") != NULL || t->own_records)
		SSL_CTX_set_keylog_callback(t->ctx, log_secret);
	if (tls_suites_use(t->ctx, &settings->suites, t->datagrams) == -1)
		goto fail;
	if (settings->renegotiation)
		allow_renegotiation(t->ctx);
	if (settings->certificate != NULL &&
	    use_certificate(t->ctx, settings->certificate) == -1)
		goto fail;
	if (settings->ca != NULL &&
	    SSL_CTX_load_verify_locations(t->ctx, settings->ca, NULL) != 1) {
		failed("CA", settings->ca);
		goto fail;
	}
	return t;

fail:
	tls_context_free(t);
	return NULL;
}

/*
 * With single use a ticket is a name in this process's cache, and keys that
 * others share would be of no use to them.
 */
static int
use_tickets(struct tls_context *t, const struct tls_settings *settings)
{
	if (settings->ticket_keys != NULL &&
	    settings->early_data.rule == EARLY_DATA_SINGLE_USE) {
		warnx("ticket-keys: with --early-data single-use the sessions "
		      "stay here, not in tickets");
		return -1;
	}
	t->early_data = settings->early_data;
	early_data_use(t->ctx, &t->early_data);
	return settings->ticket_keys == NULL
		   ? 0
		   : ticket_keys_use(t->ctx, settings->ticket_keys);
}

struct tls_context *
tls_context_server(const struct tls_settings *settings)
{
	static const unsigned char context_id[] = "replaylab";
	struct tls_context *t;

	if (settings->certificate == NULL) {
		warnx("a TLS server needs a certificate; name its PEM file "
		      "with --certificate");
		return NULL;
	}
	if ((t = new_context(settings->datagrams ? DTLS_server_method()
						 : TLS_server_method(),
		 settings)) == NULL)
		return NULL;
	SSL_CTX_set_options(t->ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_id_context(
	    t->ctx, context_id, sizeof(context_id) - 1);
	if (settings->ca != NULL)
		SSL_CTX_set_verify(t->ctx,
		    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (use_tickets(t, settings) == -1) {
		tls_context_free(t);
		return NULL;
	}
	return t;
}

struct tls_context *
tls_context_client(const struct tls_settings *settings)
{
	struct tls_context *t;

	if (settings->ca == NULL) {
		warnx("whom to trust?  Name a CA's PEM file with --ca");
		return NULL;
	}
	if ((t = new_context(settings->datagrams ? DTLS_client_method()
						 : TLS_client_method(),
		 settings)) == NULL)
		return NULL;
	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
	if (settings->session != NULL && (t->session = session_file_open(t->ctx,
					      settings->session)) == NULL) {
		tls_context_free(t);
		return NULL;
	}
	return t;
}

int
tls_context_inner(
    const struct tls_settings *settings, long *port, struct tls_context **t)
{
	struct tls_settings inner = *settings;

	*t = NULL;
	if (*port == 0)
		*port = settings->wanted ? 443 : 80;
	if (!settings->wanted)
		return 0;
	if (inner.certificate == NULL)
		inner.certificate = lab_file("inner.pem");
	if (inner.ca == NULL)
		inner.ca = lab_file("ca.pem");
	return (*t = tls_context_server(&inner)) == NULL ? -1 : 0;
}

void
tls_context_free(struct tls_context *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	session_file_close(t->session);
	free(t);
}
