/* SPDX-License-Identifier: MIT */
/*
 * Records, as they come off the wire and before anybody looks at them; alerts;
 * and how the handshake ended.
 */
#include "tls_watch.h"

#include "buffer.h"
#include "conn.h"
#include "event.h"
#include "fingerprint.h"
#include "tls_record.h"

#include <ctype.h>
#include <stdlib.h>

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

bool
tls_watch_records_of(SSL *tls, struct conn *c)
{
	struct tap *tap = calloc(1, sizeof(*tap));

	if (tap == NULL)
		return false;
	tap->conn = c;
	BIO_set_callback_arg(SSL_get_rbio(tls), (char *)tap);
	BIO_set_callback_ex(SSL_get_rbio(tls), after_read);
	return true;
}

void
tls_watch_end(SSL *tls)
{
	BIO *bio = SSL_get_rbio(tls);
	struct tap *tap =
	    bio == NULL ? NULL : (struct tap *)BIO_get_callback_arg(bio);

	if (tap == NULL)
		return;
	BIO_set_callback_ex(bio, NULL);
	buffer_clear(&tap->partial);
	free(tap);
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

void
tls_watch_alert(
    const struct conn *c, bool sent, uint8_t level, uint8_t description)
{
	char name[64];

	alert_name(description, name, sizeof(name));
	event_begin("tls_alert");
	event_text("direction", sent ? "sent" : "received");
	event_text("level", level == SSL3_AL_FATAL ? "fatal" : "warning");
	event_text("description", name);
	conn_put_flow(c);
	event_end();
}

static void
tell_key_update(const struct conn *c, bool sent)
{
	event_begin("tls_key_update");
	event_text("direction", sent ? "sent" : "received");
	conn_put_flow(c);
	event_end();
}

static void
watch_messages(int sent, int version, int content_type, const void *data,
    size_t length, SSL *tls, void *argument)
{
	const uint8_t *octet = data;

	(void)version;
	(void)tls;
	if (content_type == SSL3_RT_ALERT && length == 2)
		tls_watch_alert(argument, sent != 0, octet[0], octet[1]);
	if (content_type == SSL3_RT_HANDSHAKE && length > 0 &&
	    octet[0] == SSL3_MT_KEY_UPDATE)
		tell_key_update(argument, sent != 0);
}

void
tls_watch_alerts_of(SSL *tls, struct conn *c)
{
	SSL_set_msg_callback(tls, watch_messages);
	SSL_set_msg_callback_arg(tls, c);
}

void
tls_watch_handshake(const struct conn *c, SSL *tls, const char *reason)
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
