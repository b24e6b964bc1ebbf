/* SPDX-License-Identifier: MIT */
/*
 *	record -> keys of its epoch -> content -> handshake messages
 *		       ^				  |
 *		       +---- randoms, suite, Finished -----+
 *
 * A key log may have several secrets for one random, where a ClientHello was
 * replayed: the one that opens the first record of an epoch is its.
 */
#include "tls_reader.h"

#include <err.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

void
tls_reader_init(struct tls_reader *r, struct key_log *log,
    struct tls_epochs *epochs, size_t conversation)
{
	*r = (struct tls_reader){
	    .log = log, .epochs = epochs, .conversation = conversation};
}

static void
drop_layer(struct tls_reader_side *s)
{
	if (s->layer != NULL)
		tls_record_layer_clear(s->layer);
	free(s->layer);
	s->layer = NULL;
	s->settled = false;
}

void
tls_reader_clear(struct tls_reader *r)
{
	for (int i = 0; i < 2; i++) {
		drop_layer(&r->side[i]);
		buffer_clear(&r->side[i].messages);
	}
	buffer_clear(&r->transcript);
	OPENSSL_cleanse(r, sizeof(*r));
}

static void
begin_epoch(struct tls_reader_side *s, enum tls_reader_phase phase)
{
	drop_layer(s);
	s->phase = phase;
	s->has_next = false;
}

static struct bytes
client_random(const struct tls_reader *r)
{
	return (struct bytes){r->client_random, sizeof(r->client_random)};
}

static bool
is_1_3(const struct tls_reader *r)
{
	return r->version == TLS_1_3;
}

/* Which secret opens the records of that side now. */
static enum key_log_label
label_of(const struct tls_reader *r, bool server)
{
	if (!is_1_3(r))
		return KEY_LOG_CLIENT_RANDOM;
	if (r->side[server].phase == TLS_PHASE_HANDSHAKE)
		return server ? KEY_LOG_SERVER_HANDSHAKE
			      : KEY_LOG_CLIENT_HANDSHAKE;
	return server ? KEY_LOG_SERVER_TRAFFIC : KEY_LOG_CLIENT_TRAFFIC;
}

static bool
derive_keys(const struct tls_reader *r, bool server, struct bytes secret,
    struct tls_record_keys *keys)
{
	struct tls_master master = {
	    .secret = secret,
	    .client_random = client_random(r),
	    .server_random = {r->server_random, sizeof(r->server_random)},
	};
	struct tls_record_keys other;
	bool done;

	if (is_1_3(r))
		return tls_record_keys_1_3(r->suite, secret, keys);
	done = server ? tls_record_keys_1_2(r->suite, &master, &other, keys)
		      : tls_record_keys_1_2(r->suite, &master, keys, &other);
	tls_record_keys_clear(&other);
	return done;
}

/* A layer with these keys, if it opens the record as number 0. */
static struct tls_record_layer *
try_keys(const struct tls_record_keys *keys, enum tls_numbering numbering,
    uint64_t number, const struct tls_record *record, struct tls_plaintext *out)
{
	struct tls_record_layer *l = malloc(sizeof(*l));

	if (l == NULL)
		err(EX_SOFTWARE, "record layer");
	if (tls_record_layer_init(l, keys, numbering, false) &&
	    tls_epoch_opens(l, number, record, out))
		return l;
	tls_record_layer_clear(l);
	free(l);
	return NULL;
}

/* Victims with a record layer of their own send the number with the data. */
static struct tls_record_layer *
try_numberings(const struct tls_record_keys *keys, uint64_t number,
    const struct tls_record *record, struct tls_plaintext *out)
{
	struct tls_record_layer *l =
	    try_keys(keys, TLS_NUMBERING_IMPLICIT, number, record, out);

	return l != NULL
		   ? l
		   : try_keys(keys, TLS_NUMBERING_SENT, number, record, out);
}

static void
keep_secret(struct tls_reader_side *s, const uint8_t *secret, size_t size)
{
	memcpy(s->secret, secret,
	    size < sizeof(s->secret) ? size : sizeof(s->secret));
}

static void
note_epoch(struct tls_reader *r, bool server, struct tls_opened *out)
{
	struct tls_reader_side *s = &r->side[server];

	out->epoch.numbering = s->layer->numbering;
	out->epoch.keys = s->layer->keys;
	if (r->epochs != NULL)
		s->epoch = tls_epochs_add(r->epochs, &out->epoch);
}

/* The log's secrets for the epoch that begins with this record, one by one. */
static enum tls_read
try_log(struct tls_reader *r, bool server, const struct tls_record *record,
    struct tls_opened *out)
{
	struct tls_reader_side *s = &r->side[server];
	struct key_log_line *line = NULL;
	enum tls_read outcome = TLS_READ_NO_KEYS;

	while ((line = key_log_next(r->log, line, label_of(r, server),
		    client_random(r))) != NULL) {
		if (!derive_keys(r, server,
			(struct bytes){line->secret, line->size},
			&out->epoch.keys))
			continue;
		outcome = TLS_READ_REFUSED;
		s->layer = try_numberings(
		    &out->epoch.keys, 0, record, &out->plaintext);
		if (s->layer == NULL)
			continue;
		if (line->user == 0)
			line->user = r->conversation;
		keep_secret(s, line->secret, line->size);
		note_epoch(r, server, out);
		return TLS_READ_OPENED;
	}
	return outcome;
}

/* After a KeyUpdate the secret follows from the last one. */
static enum tls_read
try_next(struct tls_reader *r, bool server, const struct tls_record *record,
    struct tls_opened *out)
{
	struct tls_reader_side *s = &r->side[server];

	if (!derive_keys(r, server,
		(struct bytes){s->next, r->suite->hash_size}, &out->epoch.keys))
		return TLS_READ_NO_KEYS;
	s->layer = try_numberings(&out->epoch.keys, 0, record, &out->plaintext);
	if (s->layer == NULL)
		return TLS_READ_REFUSED;
	keep_secret(s, s->next, r->suite->hash_size);
	note_epoch(r, server, out);
	return TLS_READ_OPENED;
}

/* Where data begins, the victims' own record layer may take over. */
static bool
change_numbering(struct tls_reader *r, bool server,
    const struct tls_record *record, struct tls_opened *out)
{
	struct tls_reader_side *s = &r->side[server];
	struct tls_record_layer *l;

	if (s->settled || record->type != TLS_APPLICATION_DATA)
		return false;
	l = try_keys(&s->layer->keys, TLS_NUMBERING_SENT, out->epoch.count,
	    record, &out->plaintext);
	if (l == NULL)
		return false;
	drop_layer(s);
	s->layer = l;
	note_epoch(r, server, out);
	return true;
}

static enum tls_read
open_record(struct tls_reader *r, bool server, const struct tls_record *record,
    struct tls_opened *out)
{
	struct tls_reader_side *s = &r->side[server];
	uint64_t number;

	out->epoch = (struct tls_epoch){
	    .conversation = r->conversation, .server = server};
	if (r->suite == NULL)
		return TLS_READ_NO_KEYS;
	if (s->layer == NULL)
		return s->has_next ? try_next(r, server, record, out)
				   : try_log(r, server, record, out);
	number = out->epoch.count = s->layer->number;
	out->epoch.keys = s->layer->keys;
	out->epoch.numbering = s->layer->numbering;
	if (tls_epoch_opens(s->layer, number, record, &out->plaintext))
		return TLS_READ_OPENED;
	s->layer->number = number;
	return change_numbering(r, server, record, out) ? TLS_READ_OPENED
							: TLS_READ_REFUSED;
}

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
read_client_hello(struct tls_reader *r, const struct tls_handshake *message)
{
	struct tls_hello hello;

	if (!tls_client_hello_read(message->body, &hello))
		return;
	memcpy(r->client_random, hello.random.at, sizeof(r->client_random));
	r->has_client_random = true;
	note_ticket(r, &hello);
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
	r->ticket_taken = r->has_ticket && hello.has_pre_shared_key;
	r->version = hello.version;
	r->suite = tls_record_suite_find(hello.suite);
	if (is_1_3(r))
		for (int i = 0; i < 2; i++)
			begin_epoch(&r->side[i], TLS_PHASE_HANDSHAKE);
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
	return (struct bytes){
	    s->secret, is_1_3(r) ? r->suite->hash_size : TLS_SECRET_MAX};
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
	if (is_1_3(r))
		begin_epoch(s, TLS_PHASE_DATA);
}

static void
read_key_update(struct tls_reader *r, bool server)
{
	struct tls_reader_side *s = &r->side[server];

	if (!is_1_3(r) || s->phase != TLS_PHASE_DATA || s->layer == NULL ||
	    !tls_expand_label(r->suite, secret_of(r, s), "traffic upd", s->next,
		r->suite->hash_size))
		return;
	begin_epoch(s, TLS_PHASE_DATA);
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

static void
read_messages(struct tls_reader *r, bool server, struct bytes content)
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

static void
read_content(struct tls_reader *r, bool server, struct tls_plaintext *plaintext)
{
	struct tls_reader_side *s = &r->side[server];

	switch (plaintext->type) {
	case TLS_HANDSHAKE:
		read_messages(r, server, plaintext->content);
		plaintext->content = (struct bytes){NULL, 0};
		break;
	case TLS_CHANGE_CIPHER_SPEC: /* of TLS 1.3 it means nothing */
		if (!is_1_3(r) && r->has_server_random)
			begin_epoch(s, TLS_PHASE_DATA);
		plaintext->content = (struct bytes){NULL, 0};
		break;
	case TLS_APPLICATION_DATA:
		s->settled = true;
		break;
	}
}

static bool
is_protected(const struct tls_reader *r, bool server, uint8_t type)
{
	return r->side[server].phase != TLS_PHASE_CLEAR &&
	       (!is_1_3(r) || type == TLS_APPLICATION_DATA);
}

/* What Finished would have had to say, where none could be opened. */
static void
note_due(struct tls_reader *r, bool server)
{
	struct key_log_line *line = NULL, *last = NULL;

	if (r->side[server].finished.carried_size > 0 || is_over(r))
		return;
	while ((line = key_log_next(r->log, line,
		    is_1_3(r) ? label_of(r, server) : KEY_LOG_CLIENT_RANDOM,
		    client_random(r))) != NULL)
		if (line->user == 0 || line->user == r->conversation)
			last = line;
	if (last != NULL)
		compute_due(
		    r, server, (struct bytes){last->secret, last->size});
}

enum tls_read
tls_reader_take(struct tls_reader *r, bool server,
    const struct tls_record *record, struct tls_opened *out)
{
	enum tls_read outcome;
	struct tls_epoch *epoch;

	if (!is_protected(r, server, record->type)) {
		out->plaintext =
		    (struct tls_plaintext){record->type, record->fragment};
		read_content(r, server, &out->plaintext);
		return TLS_READ_CLEAR;
	}
	outcome = open_record(r, server, record, out);
	if (outcome != TLS_READ_OPENED) {
		note_due(r, server);
		return outcome;
	}
	if (r->epochs != NULL) {
		epoch = &r->epochs->all[r->side[server].epoch];
		epoch->count = out->epoch.count + 1;
	}
	read_content(r, server, &out->plaintext);
	return TLS_READ_OPENED;
}
