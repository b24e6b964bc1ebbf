/* SPDX-License-Identifier: MIT */
/*
 * TLS over a socket.  OpenSSL makes the handshake; records are its own work or,
 * where the context says so, ours (own_records.h).
 */
#include "conn_tls.h"

#include "dtls_socket.h"
#include "dtls_watch.h"
#include "own_datagrams.h"
#include "own_records.h"
#include "repeated_random.h"
#include "tls_watch.h"

#include <err.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

struct conn_tls {
	struct conn *conn;
	const struct tls_context *context;
	SSL *ssl;
	struct own_secrets secrets;
	struct own_records *own;  /* NULL: OpenSSL's record layer */
	struct dtls_watch *watch; /* DTLS only */
	struct own_datagrams *own_datagrams;
	struct early_data early_data;
	bool begun, complete; /* the handshake */
	bool wants_write;
	bool updates_key; /* the handshake under way is a KeyUpdate */
};

static bool
expect_name(SSL *tls, const char *server_name)
{
	X509_VERIFY_PARAM *expected = SSL_get0_param(tls);

	if (X509_VERIFY_PARAM_set1_ip_asc(expected, server_name) == 1)
		return true;
	return SSL_set1_host(tls, server_name) == 1 &&
	       SSL_set_tlsext_host_name(tls, server_name) == 1;
}

static bool
use_socket(struct conn_tls *t, int fd)
{
	return t->context->datagrams ? dtls_socket_use(t->ssl, fd)
				     : SSL_set_fd(t->ssl, fd) == 1;
}

/* Datagrams are watched in any case: our own layer goes on from there. */
static bool
watch_records(struct conn_tls *t)
{
	if (t->context->datagrams)
		return (t->watch = dtls_watch_new(
			    t->ssl, t->conn, t->context->log_records)) != NULL;
	return !t->context->log_records ||
	       tls_watch_records_of(t->ssl, t->conn);
}

struct conn_tls *
conn_tls_new(struct conn *c, int fd, const struct tls_context *context,
    SSL *greeted, const char *server_name)
{
	struct conn_tls *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		warn("TLS");
		SSL_free(greeted);
		return NULL;
	}
	t->conn = c;
	t->context = context;
	t->ssl = greeted != NULL ? greeted : SSL_new(context->ctx);
	if (t->ssl == NULL || !use_socket(t, fd) ||
	    (server_name != NULL && !expect_name(t->ssl, server_name)) ||
	    !watch_records(t)) {
		warnx("TLS: %s", ERR_reason_error_string(ERR_get_error()));
		conn_tls_free(t);
		return NULL;
	}
	if (context->repeated_random != 0)
		repeated_random_restart();
	tls_watch_alerts_of(t->ssl, c);
	own_secrets_keep(&t->secrets, t->ssl);
	early_data_init(&t->early_data, c, t->ssl,
	    server_name == NULL ? &context->early_data : NULL);
	if (context->session != NULL)
		session_file_offer(context->session, t->ssl);
	if (greeted != NULL)
		; /* it knows, and has begun */
	else if (server_name == NULL)
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	return t;
}

void
conn_tls_free(struct conn_tls *t)
{
	if (t == NULL)
		return;
	early_data_clear(&t->early_data);
	own_records_free(t->own);
	own_datagrams_free(t->own_datagrams);
	own_secrets_clear(&t->secrets);
	if (t->watch != NULL)
		dtls_watch_free(t->watch);
	else if (t->ssl != NULL && !t->context->datagrams) {
		tls_watch_end(t->ssl);
		/*
		 * Else OpenSSL forgets the session of a connection that the
		 * peer ended, and single use has nothing left to be used.
		 */
		SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN);
	}
	SSL_free(t->ssl);
	free(t);
}

/* What an OpenSSL call's outcome means: 0 if it only needs to wait. */
static int
settle(struct conn_tls *t, int outcome, enum conn_end *why)
{
	int cause = errno;

	t->wants_write = false;
	switch (SSL_get_error(t->ssl, outcome)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		t->wants_write = true;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		*why = CONN_EOF;
		return -1;
	case SSL_ERROR_SYSCALL:
		*why = conn_end_of(cause);
		return -1;
	default:
		*why = ERR_GET_REASON(ERR_peek_error()) ==
			       SSL_R_UNEXPECTED_EOF_WHILE_READING
			   ? CONN_TRUNCATED
			   : CONN_TLS_ERROR;
		return -1;
	}
}

static void
prepare(void)
{
	ERR_clear_error();
	errno = 0;
}

bool
conn_tls_offer_early_data(struct conn_tls *t, struct bytes data)
{
	return early_data_offer(&t->early_data, data);
}

enum early_data_state
conn_tls_early_data(const struct conn_tls *t)
{
	return t->early_data.state;
}

bool
conn_tls_holds_data(const struct conn_tls *t)
{
	return buffer_bytes(&t->early_data.held).left > 0 ||
	       (t->context->read_ahead && SSL_has_pending(t->ssl) == 1);
}

bool
conn_tls_is_dry(const struct conn_tls *t)
{
	return t->context->read_ahead && !conn_tls_holds_data(t);
}

bool
conn_tls_is_early(const struct conn_tls *t)
{
	return !t->complete;
}

bool
conn_tls_wants_write(const struct conn_tls *t)
{
	return t->own == NULL ? t->wants_write
			      : own_records_wants_write(t->own);
}

int
conn_tls_resend_after(const struct conn_tls *t)
{
	struct timeval left;

	if (!t->context->datagrams || SSL_is_init_finished(t->ssl) ||
	    DTLSv1_get_timeout(t->ssl, &left) != 1)
		return -1;
	return (int)(left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
}

/* From here on the records are ours, if they are to be. */
static int
take_over(struct conn_tls *t, enum conn_end *why)
{
	if (!t->context->own_records)
		return 1;
	if (t->context->datagrams)
		t->own_datagrams = own_datagrams_new(
		    t->ssl, &t->secrets, &t->context->window, t->watch);
	else
		t->own = own_records_new(
		    t->ssl, &t->secrets, t->context->numbering, t->conn);
	own_secrets_clear(&t->secrets);
	*why = CONN_ERROR;
	return t->own == NULL && t->own_datagrams == NULL ? -1 : 1;
}

/*
 * Why the handshake failed, into a text; X509 knows more of it than the alert
 * that it became.
 */
static void
describe_failure(
    const struct conn_tls *t, enum conn_end why, char *into, size_t size)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());
	long verdict = SSL_get_verify_result(t->ssl);

	if (reason == NULL)
		reason = conn_end_name(why);
	if (verdict == X509_V_OK)
		snprintf(into, size, "%s", reason);
	else
		snprintf(into, size, "%s: %s", reason,
		    X509_verify_cert_error_string(verdict));
}

/* A client is told; a server would have to tell of every stranger. */
static void
warn_of_failure(const struct conn_tls *t, const char *reason)
{
	const struct flow *f = conn_flow(t->conn);
	bool distrust = SSL_get_verify_result(t->ssl) != X509_V_OK;

	if (SSL_is_server(t->ssl) == 0)
		warnx("TLS with %s port %u: %s%s", f->their_ip, f->their_port,
		    reason, distrust ? "; --ca names whom to trust" : "");
}

int
conn_tls_handshake(struct conn_tls *t, enum conn_end *why)
{
	char reason[256];
	int outcome;

	if (!t->begun && t->context->session != NULL)
		session_file_spend(t->context->session);
	t->begun = true;
	prepare();
	outcome = early_data_handshake(&t->early_data);
	if (t->watch != NULL)
		dtls_watch_outcome(t->watch, DTLS_WATCH_HANDSHAKE);
	if (outcome == EARLY_DATA_ARRIVED)
		return 1;
	if (outcome == 1 && t->updates_key) {
		t->updates_key = false;
		return 1;
	}
	if (outcome == 1) {
		t->complete = true;
		tls_watch_handshake(t->conn, t->ssl, NULL);
		return take_over(t, why);
	}
	if (settle(t, outcome, why) == 0)
		return 0;
	describe_failure(t, *why, reason, sizeof(reason));
	tls_context_log_unfinished(t->ssl);
	tls_watch_handshake(t->conn, t->ssl, reason);
	warn_of_failure(t, reason);
	return -1;
}

static int
read_early(struct conn_tls *t, uint8_t *into, size_t size)
{
	return (int)early_data_read(&t->early_data, into, size);
}

int
conn_tls_rekey(struct conn_tls *t)
{
	int asked = 0;

	ERR_clear_error();
	t->updates_key = SSL_version(t->ssl) == TLS1_3_VERSION;
	if (t->own == NULL)
		asked = t->updates_key ? SSL_key_update(t->ssl,
					     SSL_KEY_UPDATE_NOT_REQUESTED)
				       : SSL_renegotiate(t->ssl);
	if (asked == 1)
		return 0;
	warnx("new keys: %s", t->own != NULL
				  ? "not with the lab's own record layer"
				  : ERR_reason_error_string(ERR_peek_error()));
	return -1;
}

int
conn_tls_read(
    struct conn_tls *t, uint8_t *into, size_t size, enum conn_end *why)
{
	int length;

	if (t->own != NULL)
		return own_records_read(t->own, into, size, why);
	if (t->own_datagrams != NULL)
		return own_datagrams_read(t->own_datagrams, into, size, why);
	if ((length = read_early(t, into, size)) > 0)
		return length;
	if (!t->complete) {
		if ((length = conn_tls_handshake(t, why)) != 1)
			return length;
		if ((length = read_early(t, into, size)) > 0)
			return length;
	}
	prepare();
	length = SSL_read(t->ssl, into, (int)size);
	if (length <= 0)
		length = settle(t, length, why);
	if (t->watch != NULL)
		dtls_watch_outcome(t->watch,
		    length > 0 ? DTLS_WATCH_CONTENT : DTLS_WATCH_NOTHING);
	return length;
}

/* To a client that has not proved yet that it is there (0.5-RTT). */
static int
write_early(
    struct conn_tls *t, const uint8_t *data, size_t length, enum conn_end *why)
{
	int sent;

	prepare();
	sent = early_data_write(&t->early_data, data, length);
	return sent > 0 ? sent : settle(t, sent, why);
}

int
conn_tls_write(
    struct conn_tls *t, const uint8_t *data, size_t length, enum conn_end *why)
{
	int sent;

	if (!t->complete)
		return write_early(t, data, length, why);
	if (t->own != NULL)
		return own_records_write(
		    t->own, (struct bytes){data, length}, why);
	if (t->own_datagrams != NULL)
		return own_datagrams_write(
		    t->own_datagrams, (struct bytes){data, length}, why);
	prepare();
	sent = SSL_write(t->ssl, data, (int)length);
	return sent > 0 ? sent : settle(t, sent, why);
}

bool
conn_tls_hear_out(struct conn_tls *t)
{
	uint8_t ignored[4096];
	enum conn_end why;
	int length = 1;

	while (!t->complete && length > 0)
		length = conn_tls_read(t, ignored, sizeof(ignored), &why);
	return t->complete || length == -1;
}

void
conn_tls_shutdown(struct conn_tls *t)
{
	if (t->own != NULL)
		own_records_shutdown(t->own);
	else if (t->own_datagrams != NULL)
		own_datagrams_shutdown(t->own_datagrams);
	else if (SSL_is_init_finished(t->ssl))
		SSL_shutdown(t->ssl);
}
