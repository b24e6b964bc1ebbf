/* SPDX-License-Identifier: MIT */
/*
 *	socket -> arrived -> unprotect -> content -> the connection's reader
 *	the connection's writer -> protect -> leaving -> socket
 *
 * A record that is refused ends the connection, with the alert that the RFCs
 * ask for.
 */
#include "own_records.h"

#include "conn_tls.h"
#include "tls_handshake.h"
#include "tls_watch.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 16384
#define CHUNKS_A_CALL 8 /* without content; then others have their turn */

struct own_records {
	BIO *in, *out; /* OpenSSL's */
	const struct conn *conn;
	bool client;
	struct tls_record_layer receive, send;
	struct buffer arrived;  /* received, not unprotected yet */
	struct bytes content;   /* in the layer's memory, not read yet */
	struct buffer messages; /* of the handshake, after the handshake */
	struct buffer leaving;  /* protected, not sent yet */
	size_t leaving_content; /* of that, how much was the writer's */
	size_t content_max;
	bool peer_closed, broken;
};

/* A client may have asked for less (RFC 6066 section 4). */
static size_t
agreed_content_max(SSL *tls)
{
	uint8_t code =
	    SSL_SESSION_get_max_fragment_length(SSL_get_session(tls));

	return code >= 1 && code <= 4 ? (size_t)256 << code
				      : TLS_RECORD_CONTENT_MAX;
}

static bool
init_layers(struct own_records *r, SSL *tls, const struct own_secrets *secrets,
    enum tls_numbering numbering)
{
	struct tls_record_keys client, server;
	bool done = own_secrets_keys(secrets, tls, &client, &server) &&
		    tls_record_layer_init(&r->receive,
			r->client ? &server : &client, numbering, false) &&
		    tls_record_layer_init(&r->send,
			r->client ? &client : &server, numbering, true);

	/* TLS 1.2: Finished was number 0 of these keys, both ways. */
	if (done && client.suite->version == TLS_1_2)
		r->receive.number = r->send.number = 1;
	tls_record_keys_clear(&client);
	tls_record_keys_clear(&server);
	return done;
}

struct own_records *
own_records_new(SSL *tls, const struct own_secrets *secrets,
    enum tls_numbering numbering, const struct conn *c)
{
	struct own_records *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		warn("record layer");
		return NULL;
	}
	r->in = SSL_get_rbio(tls);
	r->out = SSL_get_wbio(tls);
	r->conn = c;
	r->client = SSL_is_server(tls) == 0;
	r->content_max = agreed_content_max(tls);
	/* It reads a record at a time, so it holds none of ours. */
	if (SSL_has_pending(tls)) {
		warnx("record layer: OpenSSL has read too far");
		goto fail;
	}
	if (!init_layers(r, tls, secrets, numbering)) {
		warnx("record layer: no keys for %s", SSL_get_cipher_name(tls));
		goto fail;
	}
	return r;

fail:
	own_records_free(r);
	return NULL;
}

void
own_records_free(struct own_records *r)
{
	if (r == NULL)
		return;
	tls_record_layer_clear(&r->receive);
	tls_record_layer_clear(&r->send);
	buffer_clear(&r->arrived);
	buffer_clear(&r->messages);
	buffer_clear(&r->leaving);
	free(r);
}

bool
own_records_wants_write(const struct own_records *r)
{
	return buffer_bytes(&r->leaving).left > 0;
}

/* 1: all that was protected has left; 0 and -1 as for a write. */
static int
flush(struct own_records *r, enum conn_end *why)
{
	struct bytes rest;
	int sent;

	while ((rest = buffer_bytes(&r->leaving)).left > 0) {
		errno = 0;
		sent = BIO_write(r->out, rest.at, (int)rest.left);
		if (sent > 0)
			buffer_drain(&r->leaving, (size_t)sent);
		else if (BIO_should_retry(r->out))
			return 0;
		else {
			*why = conn_end_of(errno);
			return -1;
		}
	}
	return 1;
}

int
own_records_write(struct own_records *r, struct bytes data, enum conn_end *why)
{
	struct bytes content;
	int outcome;

	*why = CONN_TLS_ERROR;
	if (r->broken)
		return -1;
	if (r->leaving_content == 0) {
		bytes_take(&data,
		    data.left < r->content_max ? data.left : r->content_max,
		    &content);
		if (tls_record_protect(&r->send, TLS_APPLICATION_DATA, content,
			&r->leaving) != TLS_LAYER_GOOD) {
			r->broken = true;
			return -1;
		}
		r->leaving_content = content.left;
	}
	if ((outcome = flush(r, why)) <= 0)
		return outcome;
	outcome = (int)r->leaving_content;
	r->leaving_content = 0;
	return outcome;
}

static void
send_alert(struct own_records *r, uint8_t level, uint8_t description)
{
	const uint8_t alert[] = {level, description};
	enum conn_end ignored;

	if (r->broken)
		return;
	tls_watch_alert(r->conn, true, level, description);
	if (tls_record_protect(&r->send, TLS_ALERT,
		(struct bytes){alert, sizeof(alert)},
		&r->leaving) == TLS_LAYER_GOOD)
		(void)flush(r, &ignored);
}

void
own_records_shutdown(struct own_records *r)
{
	send_alert(r, SSL3_AL_WARNING, SSL3_AD_CLOSE_NOTIFY);
	r->broken = true;
}

/*
 * After the handshake a server may send tickets, which are of no use here, or
 * ask for a new handshake, which a client may ignore (RFC 5246 7.4.1.1).
 */
static enum tls_layer_outcome
take_messages(struct own_records *r, struct bytes content)
{
	struct tls_handshake message;
	struct bytes all;
	uint8_t allowed = r->receive.keys.suite->version == TLS_1_3
			      ? TLS_NEW_SESSION_TICKET
			      : TLS_HELLO_REQUEST;

	buffer_add_bytes(&r->messages, content);
	for (;;) {
		all = buffer_bytes(&r->messages);
		switch (tls_handshake_take(&all, &message)) {
		case TLS_HANDSHAKE_PARTIAL:
			return TLS_LAYER_GOOD;
		case TLS_HANDSHAKE_TOO_LONG:
			return TLS_LAYER_UNEXPECTED_MESSAGE;
		case TLS_HANDSHAKE_COMPLETE:
			break;
		}
		if (!r->client || message.type != allowed)
			return TLS_LAYER_UNEXPECTED_MESSAGE;
		buffer_drain(&r->messages, message.whole.left);
	}
}

/*
 * close_notify ends the stream, and so does a fatal alert; in TLS 1.3 all but
 * user_canceled are (RFC 8446 section 6.2).
 */
static enum tls_layer_outcome
take_alert(struct own_records *r, struct bytes content)
{
	uint8_t level, description;

	if (!bytes_take_u8(&content, &level) ||
	    !bytes_take_u8(&content, &description) || content.left > 0)
		return TLS_LAYER_UNEXPECTED_MESSAGE;
	tls_watch_alert(r->conn, false, level, description);
	if (description == SSL3_AD_CLOSE_NOTIFY)
		r->peer_closed = true;
	else if (level == SSL3_AL_FATAL ||
		 (r->receive.keys.suite->version == TLS_1_3 &&
		     description != TLS1_AD_USER_CANCELLED))
		r->broken = true;
	return TLS_LAYER_GOOD;
}

/* What a record carries goes where it belongs. */
static enum tls_layer_outcome
take_plaintext(struct own_records *r, const struct tls_plaintext *plaintext)
{
	/* A message may not be cut by another record (RFC 8446 5.1). */
	if (plaintext->type != TLS_HANDSHAKE &&
	    buffer_bytes(&r->messages).left > 0)
		return TLS_LAYER_UNEXPECTED_MESSAGE;
	switch (plaintext->type) {
	case TLS_APPLICATION_DATA:
		r->content = plaintext->content;
		return TLS_LAYER_GOOD;
	case TLS_HANDSHAKE:
		return take_messages(r, plaintext->content);
	case TLS_ALERT:
		return take_alert(r, plaintext->content);
	default:
		return TLS_LAYER_UNEXPECTED_MESSAGE;
	}
}

/* The next record of what has arrived. */
static enum tls_layer_outcome
next_record(struct own_records *r)
{
	struct bytes all = buffer_bytes(&r->arrived);
	size_t before = all.left;
	struct tls_plaintext plaintext;
	enum tls_layer_outcome outcome =
	    tls_record_unprotect(&r->receive, &all, &plaintext);

	if (outcome != TLS_LAYER_GOOD)
		return outcome;
	buffer_drain(&r->arrived, before - all.left);
	return take_plaintext(r, &plaintext);
}

static int
fill(struct own_records *r, enum conn_end *why)
{
	uint8_t chunk[CHUNK];
	int length;

	errno = 0;
	length = BIO_read(r->in, chunk, sizeof(chunk));
	if (length > 0) {
		buffer_add(&r->arrived, chunk, (size_t)length);
		return 1;
	}
	if (BIO_should_retry(r->in))
		return 0;
	*why = length == 0 ? CONN_TRUNCATED : conn_end_of(errno);
	return -1;
}

static int
deliver(struct own_records *r, uint8_t *into, size_t size)
{
	struct bytes part;

	bytes_take(&r->content, r->content.left < size ? r->content.left : size,
	    &part);
	memcpy(into, part.at, part.left);
	return (int)part.left;
}

static int
refuse(
    struct own_records *r, enum tls_layer_outcome outcome, enum conn_end *why)
{
	*why = CONN_TLS_ERROR;
	send_alert(r, SSL3_AL_FATAL, tls_layer_outcome_alert(outcome));
	r->broken = true;
	return -1;
}

int
own_records_read(
    struct own_records *r, uint8_t *into, size_t size, enum conn_end *why)
{
	enum tls_layer_outcome outcome;
	int fills = 0, filled;

	while (r->content.left == 0) {
		if (r->peer_closed || r->broken) {
			*why = r->broken ? CONN_TLS_ERROR : CONN_EOF;
			return -1;
		}
		outcome = next_record(r);
		if (outcome == TLS_LAYER_PARTIAL) {
			if (fills++ == CHUNKS_A_CALL)
				return 0;
			if ((filled = fill(r, why)) <= 0)
				return filled;
		} else if (outcome != TLS_LAYER_GOOD)
			return refuse(r, outcome, why);
	}
	return deliver(r, into, size);
}
