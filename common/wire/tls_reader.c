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

#include "tls_reader_handshake.h"

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

void
tls_reader_begin_epoch(struct tls_reader_side *s, enum tls_reader_phase phase)
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

bool
tls_reader_is_1_3(const struct tls_reader *r)
{
	return r->version == TLS_1_3;
}

/* Which secret opens the records of that side now. */
static enum key_log_label
label_of(const struct tls_reader *r, bool server)
{
	if (!tls_reader_is_1_3(r))
		return KEY_LOG_CLIENT_RANDOM;
	if (r->side[server].phase == TLS_PHASE_HANDSHAKE)
		return server ? KEY_LOG_SERVER_HANDSHAKE
			      : KEY_LOG_CLIENT_HANDSHAKE;
	return server ? KEY_LOG_SERVER_TRAFFIC : KEY_LOG_CLIENT_TRAFFIC;
}

struct key_log_line *
tls_reader_next_secret(
    const struct tls_reader *r, bool server, const struct key_log_line *after)
{
	return key_log_next(
	    r->log, after, label_of(r, server), client_random(r));
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

	if (tls_reader_is_1_3(r))
		return tls_record_keys_1_3(r->suite, secret, keys);
	done = server ? tls_record_keys_1_2(r->suite, &master, &other, keys)
		      : tls_record_keys_1_2(r->suite, &master, keys, &other);
	tls_record_keys_clear(&other);
	keys->encrypt_then_mac = r->encrypt_then_mac;
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

	while ((line = tls_reader_next_secret(r, server, line)) != NULL) {
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
read_content(struct tls_reader *r, bool server, struct tls_plaintext *plaintext)
{
	struct tls_reader_side *s = &r->side[server];

	switch (plaintext->type) {
	case TLS_HANDSHAKE:
		tls_reader_handshake(r, server, plaintext->content);
		plaintext->content = (struct bytes){NULL, 0};
		break;
	case TLS_CHANGE_CIPHER_SPEC: /* of TLS 1.3 it means nothing */
		if (!tls_reader_is_1_3(r) && r->has_server_random)
			tls_reader_begin_epoch(s, TLS_PHASE_DATA);
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
	       (!tls_reader_is_1_3(r) || type == TLS_APPLICATION_DATA);
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
		tls_reader_note_due(r, server);
		return outcome;
	}
	if (r->epochs != NULL) {
		epoch = &r->epochs->all[r->side[server].epoch];
		epoch->count = out->epoch.count + 1;
	}
	read_content(r, server, &out->plaintext);
	return TLS_READ_OPENED;
}
