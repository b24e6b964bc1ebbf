/* SPDX-License-Identifier: MIT */
/*
 * What the handshake's messages say to who reads along: randoms, suite, ticket,
 * certificate; and what each Finished had to say of all before it.
 */
#include "tls_reader_handshake.h"

#include <stdio.h>
#include <string.h>

static void
note_ticket(struct tls_reader *r, const struct tls_hello *hello)
{
	struct tls_offered_psk psk;

	r->ticket_taken = false;
	r->has_ticket = hello->has_pre_shared_key &&
			tls_offered_psk_read(hello->pre_shared_key, &psk) &&
			psk.binder.left <= sizeof(r->binder);
	if (!r->has_ticket)
		return;
	fingerprint(&psk.identity, 1, r->ticket);
	memcpy(r->binder, psk.binder.at, psk.binder.left);
	r->binder_size = psk.binder.left;
}

static void
note_session_id(struct tls_session_id *id, struct bytes from)
{
	*id = (struct tls_session_id){.size = from.left};
	if (id->size > sizeof(id->octets))
		id->size = sizeof(id->octets);
	if (id->size > 0)
		memcpy(id->octets, from.at, id->size);
}

static void
read_client_hello(struct tls_reader *r, const struct tls_handshake *message)
{
	struct tls_hello hello;

	if (!tls_client_hello_read(message->body, &hello))
		return;
	memcpy(r->client_random, hello.random.at, sizeof(r->client_random));
	r->has_client_random = true;
	note_session_id(&r->sent, hello.session_id);
	note_ticket(r, &hello);
	snprintf(r->server_name, sizeof(r->server_name), "%.*s",
	    (int)hello.server_name.left, (const char *)hello.server_name.at);
	/* EndOfEarlyData, which Finished covers, is under keys not read here.
	 */
	r->hashable = !hello.has_early_data;
	buffer_reset(&r->transcript);
	for (int i = 0; i < 2; i++)
		r->side[i].finished = (struct tls_finished){0};
}

static void
read_server_hello(struct tls_reader *r, const struct tls_handshake *message)
{
	struct tls_hello hello;

	/* Its transcript is another one (RFC 8446 section 4.4.1). */
	if (message->retry_request) {
		r->hashable = false;
		return;
	}
	if (!tls_server_hello_read(message->body, &hello))
		return;
	memcpy(r->server_random, hello.random.at, sizeof(r->server_random));
	r->has_server_random = true;
	note_session_id(&r->echoed, hello.session_id);
	r->ticket_taken = r->has_ticket && hello.has_pre_shared_key;
	r->version = hello.version;
	r->suite = tls_record_suite_find(hello.suite);
	r->encrypt_then_mac = hello.has_encrypt_then_mac;
	if (tls_reader_is_1_3(r))
		for (int i = 0; i < 2; i++)
			tls_reader_begin_epoch(
			    &r->side[i], TLS_PHASE_HANDSHAKE);
}

static void
compute_due(struct tls_reader *r, bool server, struct bytes secret)
{
	struct tls_finished *f = &r->side[server].finished;

	if (r->suite == NULL || !r->hashable ||
	    !tls_verify_data(r->suite, secret,
		server ? "server finished" : "client finished",
		buffer_bytes(&r->transcript), f->due, &f->due_size))
		f->due_size = 0;
}

static struct bytes
secret_of(const struct tls_reader *r, const struct tls_reader_side *s)
{
	return (struct bytes){s->secret,
	    tls_reader_is_1_3(r) ? r->suite->hash_size : TLS_SECRET_MAX};
}

/* TLS 1.3 says first in answer to what (RFC 8446 section 4.4.2): nothing. */
static void
read_certificate(struct tls_reader *r, const struct tls_handshake *message)
{
	struct bytes body = message->body, certificate;
	uint8_t context;

	if (tls_reader_is_1_3(r) &&
	    (!bytes_take_u8(&body, &context) || !bytes_skip(&body, context)))
		return;
	if (!tls_certificate_read(body, &certificate) ||
	    !tls_certificate_subject(certificate, r->subject))
		r->subject[0] = '\0';
}

static void
read_finished(
    struct tls_reader *r, bool server, const struct tls_handshake *message)
{
	struct tls_reader_side *s = &r->side[server];
	struct tls_finished *f = &s->finished;

	if (message->body.left > sizeof(f->carried) || s->layer == NULL)
		return;
	memcpy(f->carried, message->body.at, message->body.left);
	f->carried_size = message->body.left;
	compute_due(r, server, secret_of(r, s));
	if (tls_reader_is_1_3(r))
		tls_reader_begin_epoch(s, TLS_PHASE_DATA);
}

static void
read_key_update(struct tls_reader *r, bool server)
{
	struct tls_reader_side *s = &r->side[server];

	if (!tls_reader_is_1_3(r) || s->phase != TLS_PHASE_DATA ||
	    s->layer == NULL ||
	    !tls_expand_label(r->suite, secret_of(r, s), "traffic upd", s->next,
		r->suite->hash_size))
		return;
	tls_reader_begin_epoch(s, TLS_PHASE_DATA);
	s->has_next = true;
}

static bool
is_over(const struct tls_reader *r)
{
	return r->side[0].finished.carried_size > 0 &&
	       r->side[1].finished.carried_size > 0;
}

static void
read_message(
    struct tls_reader *r, bool server, const struct tls_handshake *message)
{
	switch (message->type) {
	case TLS_CLIENT_HELLO:
		read_client_hello(r, message);
		break;
	case TLS_SERVER_HELLO:
		read_server_hello(r, message);
		break;
	case TLS_CERTIFICATE:
		if (server)
			read_certificate(r, message);
		break;
	case TLS_FINISHED:
		read_finished(r, server, message);
		break;
	case TLS_KEY_UPDATE:
		read_key_update(r, server);
		break;
	}
	/* HelloRequest is no part of it (RFC 5246 section 7.4.1.1). */
	if (r->hashable && message->type != TLS_HELLO_REQUEST)
		buffer_add_bytes(&r->transcript, message->whole);
	if (is_over(r)) {
		r->hashable = false;
		buffer_reset(&r->transcript);
	}
}

void
tls_reader_handshake(struct tls_reader *r, bool server, struct bytes content)
{
	struct buffer *messages = &r->side[server].messages;
	struct tls_handshake message;
	enum tls_handshake_verdict verdict;
	struct bytes in;

	buffer_add_bytes(messages, content);
	in = buffer_bytes(messages);
	while ((verdict = tls_handshake_take(&in, &message)) ==
	       TLS_HANDSHAKE_COMPLETE)
		read_message(r, server, &message);
	buffer_drain(messages, buffer_bytes(messages).left - in.left);
	if (verdict == TLS_HANDSHAKE_TOO_LONG)
		buffer_reset(messages);
}

void
tls_reader_note_due(struct tls_reader *r, bool server)
{
	struct key_log_line *line = NULL, *last = NULL;

	if (r->side[server].finished.carried_size > 0 || is_over(r))
		return;
	while ((line = tls_reader_next_secret(r, server, line)) != NULL)
		if (line->user == 0 || line->user == r->conversation)
			last = line;
	if (last != NULL)
		compute_due(
		    r, server, (struct bytes){last->secret, last->size});
}
