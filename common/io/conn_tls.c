/* SPDX-License-Identifier: MIT */
/*
 * What OpenSSL does on a connection, told as events: the records it is given
 * (as they came off the wire, before it looks at them), the alerts it sends and
 * receives, and how the handshake ended.
 */
#include "conn_tls.h"

#include "buffer.h"
#include "conn.h"
#include "event.h"
#include "fingerprint.h"
#include "tls_record.h"

#include <ctype.h>
#include <err.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

/* The received bytes that are no whole record yet. */
struct tap {
	struct conn *conn;
	struct buffer partial;
	int64_t number;
};

static void
tell_record(struct tap *tap, const struct tls_record *record)
{
	char name[FINGERPRINT_SIZE];

	event_begin("tls_record");
	event_text("direction", "received");
	event_number("number", tap->number++);
	event_text("type", tls_content_type_name(record->type));
	event_number("length", (int64_t)record->fragment.left);
	event_text("fingerprint", fingerprint(&record->whole, 1, name));
	conn_put_flow(tap->conn);
	event_end();
}

static void
tap_bytes(struct tap *tap, struct bytes received)
{
	struct bytes all;
	struct tls_record record;

	buffer_add_bytes(&tap->partial, received);
	all = buffer_bytes(&tap->partial);
	while (tls_record_take(&all, &record) == TLS_RECORD_COMPLETE)
		tell_record(tap, &record);
	buffer_drain(
	    &tap->partial, buffer_bytes(&tap->partial).left - all.left);
}

/* Called by the socket BIO after each read (BIO_set_callback_ex(3)). */
static long
after_read(BIO *bio, int operation, const char *data, size_t length, int argi,
    long argl, int outcome, size_t *processed)
{
	(void)length;
	(void)argi;
	(void)argl;
	if (operation == (BIO_CB_READ | BIO_CB_RETURN) && outcome > 0 &&
	    processed != NULL)
		tap_bytes((struct tap *)BIO_get_callback_arg(bio),
		    (struct bytes){(const uint8_t *)data, *processed});
	return outcome;
}

/* "bad record mac" as RFC 8446 section 6 spells it: bad_record_mac. */
static void
alert_name(int description, char *into, size_t size)
{
	const char *text = SSL_alert_desc_string_long(description);
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < size; i++)
		into[i] = text[i] == ' '
			      ? '_'
			      : (char)tolower((unsigned char)text[i]);
	into[i] = '\0';
}

static void
watch_messages(int sent, int version, int content_type, const void *data,
    size_t length, SSL *tls, void *argument)
{
	const uint8_t *alert = data;
	char name[64];

	(void)version;
	(void)tls;
	if (content_type != SSL3_RT_ALERT || length != 2)
		return;
	alert_name(alert[1], name, sizeof(name));
	event_begin("tls_alert");
	event_text("direction", sent ? "sent" : "received");
	event_text("level", alert[0] == SSL3_AL_FATAL ? "fatal" : "warning");
	event_text("description", name);
	conn_put_flow(argument);
	event_end();
}

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
add_tap(struct conn *c, SSL *tls)
{
	struct tap *tap = calloc(1, sizeof(*tap));

	if (tap == NULL)
		return false;
	tap->conn = c;
	BIO_set_callback_arg(SSL_get_rbio(tls), (char *)tap);
	BIO_set_callback_ex(SSL_get_rbio(tls), after_read);
	return true;
}

SSL *
conn_tls_new(struct conn *c, int fd, const struct tls_context *context,
    const char *server_name)
{
	SSL *tls = SSL_new(context->ctx);

	if (tls == NULL || SSL_set_fd(tls, fd) != 1 ||
	    (server_name != NULL && !expect_name(tls, server_name)) ||
	    (context->log_records && !add_tap(c, tls))) {
		warnx("TLS: %s", ERR_reason_error_string(ERR_get_error()));
		conn_tls_free(tls);
		return NULL;
	}
	SSL_set_msg_callback(tls, watch_messages);
	SSL_set_msg_callback_arg(tls, c);
	if (server_name == NULL)
		SSL_set_accept_state(tls);
	else
		SSL_set_connect_state(tls);
	return tls;
}

void
conn_tls_free(SSL *tls)
{
	struct tap *tap;

	if (tls == NULL)
		return;
	if (SSL_get_rbio(tls) != NULL &&
	    (tap = (struct tap *)BIO_get_callback_arg(SSL_get_rbio(tls))) !=
		NULL) {
		BIO_set_callback_ex(SSL_get_rbio(tls), NULL);
		buffer_clear(&tap->partial);
		free(tap);
	}
	SSL_free(tls);
}

void
conn_tls_handshake(const struct conn *c, SSL *tls, const char *reason)
{
	event_begin("tls_handshake");
	event_text("outcome", reason == NULL ? "completed" : "failed");
	event_text("reason", reason);
	event_text("version", SSL_get_version(tls));
	event_text("cipher_suite", SSL_get_cipher_name(tls));
	event_bool("resumed", SSL_session_reused(tls) == 1);
	conn_put_flow(c);
	event_end();
}
