/* SPDX-License-Identifier: MIT */
/*
 *	socket -> datagram -> records -> judge -> the connection's reader
 *	the connection's writer -> protect -> one datagram -> socket
 *
 * Nothing that comes ends the association but an authentic alert: a record that
 * is refused is not even answered (RFC 6347 section 4.1.2.7).
 */
#include "own_datagrams.h"

#include "tls_watch.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH 1 /* the one after the handshake's */
#define DATAGRAM_MAX 65536

struct own_datagrams {
	BIO *bio; /* OpenSSL's */
	struct dtls_watch *watch;
	struct dtls_record_layer receive, send;
	uint8_t datagram[DATAGRAM_MAX];
	struct bytes left; /* of it */
	bool peer_closed, broken;
};

static bool
init_layers(struct own_datagrams *o, SSL *tls,
    const struct own_secrets *secrets,
    const struct dtls_window_settings *window)
{
	bool client = SSL_is_server(tls) == 0;
	struct tls_record_keys ours, theirs;
	bool done =
	    own_secrets_keys(secrets, tls, client ? &ours : &theirs,
		client ? &theirs : &ours) &&
	    dtls_record_layer_init(
		&o->receive, &theirs, EPOCH, window, false) &&
	    dtls_record_layer_init(&o->send, &ours, EPOCH, window, true);

	tls_record_keys_clear(&ours);
	tls_record_keys_clear(&theirs);
	return done;
}

/* Finished was number 0 of these keys, both ways, or sent more than once. */
static void
go_on_from_the_handshake(struct own_datagrams *o)
{
	uint64_t received = dtls_watch_received(o->watch, EPOCH);

	dtls_record_layer_start(&o->send, dtls_watch_sent(o->watch, EPOCH));
	for (uint64_t n = 0; n < received; n++)
		replay_window_update(&o->receive.window, n);
}

struct own_datagrams *
own_datagrams_new(SSL *tls, const struct own_secrets *secrets,
    const struct dtls_window_settings *window, struct dtls_watch *watch)
{
	struct own_datagrams *o = calloc(1, sizeof(*o));

	if (o == NULL) {
		warn("record layer");
		return NULL;
	}
	o->bio = SSL_get_rbio(tls);
	o->watch = watch;
	if (!init_layers(o, tls, secrets, window)) {
		warnx("record layer: no keys for %s", SSL_get_cipher_name(tls));
		own_datagrams_free(o);
		return NULL;
	}
	go_on_from_the_handshake(o);
	dtls_watch_stop(watch);
	return o;
}

void
own_datagrams_free(struct own_datagrams *o)
{
	if (o == NULL)
		return;
	dtls_record_layer_clear(&o->receive);
	dtls_record_layer_clear(&o->send);
	free(o);
}

/* The next datagram: 1, or 0 and -1 as for a read. */
static int
receive(struct own_datagrams *o, enum conn_end *why)
{
	int length;

	errno = 0;
	length = BIO_read(o->bio, o->datagram, sizeof(o->datagram));
	if (length > 0) {
		o->left = (struct bytes){o->datagram, (size_t)length};
		return 1;
	}
	if (BIO_should_retry(o->bio))
		return 0;
	*why = errno == 0 ? CONN_ERROR : conn_end_of(errno);
	return -1;
}

static void
take_alert(struct own_datagrams *o, struct bytes content)
{
	uint8_t level, description;

	if (!bytes_take_u8(&content, &level) ||
	    !bytes_take_u8(&content, &description))
		return;
	tls_watch_alert(dtls_watch_conn(o->watch), false, level, description);
	if (description == SSL3_AD_CLOSE_NOTIFY)
		o->peer_closed = true;
	else if (level == SSL3_AL_FATAL)
		o->broken = true;
}

/* The next content of the datagram; false: there is none in what is left. */
static bool
take_content(struct own_datagrams *o, struct bytes *content)
{
	struct tls_plaintext plaintext = {0};
	struct dtls_record record;
	enum dtls_verdict verdict;

	while (dtls_record_take(&o->left, &record)) {
		verdict = dtls_record_judge(&o->receive, &record, &plaintext);
		dtls_watch_tell(o->watch, &record, dtls_verdict_name(verdict));
		if (verdict != DTLS_ACCEPTED)
			continue;
		if (plaintext.type == TLS_ALERT)
			take_alert(o, plaintext.content);
		if (plaintext.type != TLS_APPLICATION_DATA ||
		    plaintext.content.left == 0)
			continue;
		*content = plaintext.content;
		return true;
	}
	o->left = (struct bytes){NULL, 0};
	return false;
}

int
own_datagrams_read(
    struct own_datagrams *o, uint8_t *into, size_t size, enum conn_end *why)
{
	struct bytes content;
	int received;

	while (!take_content(o, &content)) {
		if (o->peer_closed || o->broken) {
			*why = o->broken ? CONN_TLS_ERROR : CONN_EOF;
			return -1;
		}
		if ((received = receive(o, why)) <= 0)
			return received;
	}
	if (content.left > size) /* no record of ours holds so much */
		content.left = size;
	memcpy(into, content.at, content.left);
	return (int)content.left;
}

static int
send_record(struct own_datagrams *o, uint8_t type, struct bytes content)
{
	struct buffer record = {0};
	struct bytes whole;
	int sent = -1;

	if (dtls_record_protect(&o->send, type, content, &record)) {
		whole = buffer_bytes(&record);
		sent = BIO_write(o->bio, whole.at, (int)whole.left);
	}
	buffer_clear(&record);
	return sent;
}

int
own_datagrams_write(
    struct own_datagrams *o, struct bytes data, enum conn_end *why)
{
	*why = CONN_ERROR;
	if (send_record(o, TLS_APPLICATION_DATA, data) > 0)
		return (int)data.left;
	return BIO_should_retry(o->bio) ? 0 : -1;
}

void
own_datagrams_shutdown(struct own_datagrams *o)
{
	const uint8_t alert[] = {SSL3_AL_WARNING, SSL3_AD_CLOSE_NOTIFY};

	if (o->broken)
		return;
	tls_watch_alert(dtls_watch_conn(o->watch), true, alert[0], alert[1]);
	(void)send_record(o, TLS_ALERT, (struct bytes){alert, sizeof(alert)});
	o->broken = true;
}
