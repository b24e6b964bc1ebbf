/* SPDX-License-Identifier: MIT */
/*
 *	hellos in clear -> randoms, suite -> keys, by the log -> record, by its
 *						number -> did it come before?
 */
#include "dtls_reader.h"

#include "dtls_handshake.h"

#include <err.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define EPOCH 1 /* the first under keys */

static void
begin_epoch(struct dtls_reader_side *s)
{
	if (s->layer != NULL)
		tls_record_layer_clear(s->layer);
	free(s->layer);
	s->layer = NULL;
	s->renewed = false;
	replay_window_init(&s->came, REPLAY_WINDOW_MAX);
}

void
dtls_reader_init(struct dtls_reader *r, struct key_log *log,
    struct tls_epochs *epochs, size_t conversation)
{
	*r = (struct dtls_reader){
	    .log = log, .epochs = epochs, .conversation = conversation};
	for (int i = 0; i < 2; i++)
		begin_epoch(&r->side[i]);
}

void
dtls_reader_clear(struct dtls_reader *r)
{
	for (int i = 0; i < 2; i++)
		begin_epoch(&r->side[i]);
	OPENSSL_cleanse(r, sizeof(*r));
}

struct tls_record
dtls_record_as_tls(const struct dtls_record *record)
{
	return (struct tls_record){
	    .type = record->type,
	    .legacy_version = record->version,
	    .fragment = record->fragment,
	    .whole = record->whole,
	};
}

/* Version and random are the first of every ClientHello. */
static void
read_client_hello(struct dtls_reader *r, struct bytes body)
{
	struct bytes random;

	if (!bytes_skip(&body, 2) ||
	    !bytes_take(&body, sizeof(r->offered), &random))
		return;
	memcpy(r->offered, random.at, random.left);
	r->asked = true;
}

/* The same one again, as after a lost datagram, changes nothing. */
static void
read_server_hello(struct dtls_reader *r, struct bytes body)
{
	struct tls_hello hello;

	if (!tls_server_hello_read(body, &hello) ||
	    (r->suite != NULL && memcmp(r->server_random, hello.random.at,
				     sizeof(r->server_random)) == 0))
		return;
	memcpy(r->server_random, hello.random.at, sizeof(r->server_random));
	memcpy(r->client_random, r->offered, sizeof(r->client_random));
	r->suite = r->asked ? tls_record_suite_find(hello.suite) : NULL;
	r->encrypt_then_mac = hello.has_encrypt_then_mac;
	r->asked = false;
	for (int i = 0; i < 2; i++)
		r->side[i].renewed = true;
}

static void
read_clear(struct dtls_reader *r, const struct dtls_record *record)
{
	struct bytes in = record->fragment;
	struct tls_handshake message;

	if (record->type != TLS_HANDSHAKE)
		return;
	while (dtls_handshake_take(&in, &message)) {
		if (message.type == TLS_CLIENT_HELLO)
			read_client_hello(r, message.body);
		else if (message.type == TLS_SERVER_HELLO)
			read_server_hello(r, message.body);
	}
}

static bool
derive_keys(const struct dtls_reader *r, bool server,
    const struct key_log_line *line, struct tls_record_keys *keys)
{
	const struct tls_master master = {
	    .secret = {line->secret, line->size},
	    .client_random = {r->client_random, sizeof(r->client_random)},
	    .server_random = {r->server_random, sizeof(r->server_random)},
	};
	struct tls_record_keys other;
	bool done = server
			? tls_record_keys_1_2(r->suite, &master, &other, keys)
			: tls_record_keys_1_2(r->suite, &master, keys, &other);

	tls_record_keys_clear(&other);
	keys->encrypt_then_mac = r->encrypt_then_mac;
	return done;
}

/* A layer with these keys, if they open the record. */
static struct tls_record_layer *
try_keys(const struct tls_epoch *epoch, const struct dtls_record *record)
{
	struct tls_record_layer *l = malloc(sizeof(*l));
	const struct tls_record as_tls = dtls_record_as_tls(record);
	struct tls_plaintext content;

	if (l == NULL)
		err(EX_SOFTWARE, "record layer");
	if (tls_record_layer_init(l, &epoch->keys, epoch->numbering, false) &&
	    tls_epoch_opens(l, dtls_place(record->epoch, record->number),
		&as_tls, &content))
		return l;
	tls_record_layer_clear(l);
	free(l);
	return NULL;
}

/* The handshake was real: its keys take over, and numbers begin again. */
static void
adopt(struct dtls_reader *r, bool server, struct tls_record_layer *l,
    const struct tls_epoch *epoch)
{
	struct dtls_reader_side *s = &r->side[server];

	for (int i = 0; i < 2; i++)
		if (r->side[i].renewed) {
			begin_epoch(&r->side[i]);
			r->side[i].renewed = true;
		}
	s->layer = l;
	s->renewed = false;
	if (r->epochs != NULL)
		s->epoch = tls_epochs_add(r->epochs, epoch);
}

static enum tls_read
try_log(struct dtls_reader *r, bool server, const struct dtls_record *record,
    struct dtls_opened *out)
{
	const struct bytes random = {
	    r->client_random, sizeof(r->client_random)};
	struct key_log_line *line = NULL;
	enum tls_read outcome = TLS_READ_NO_KEYS;
	struct tls_record_layer *l;

	if (r->suite == NULL)
		return outcome;
	while ((line = key_log_next(
		    r->log, line, KEY_LOG_CLIENT_RANDOM, random)) != NULL) {
		if (!derive_keys(r, server, line, &out->epoch.keys))
			continue;
		outcome = TLS_READ_REFUSED;
		if ((l = try_keys(&out->epoch, record)) == NULL)
			continue;
		if (line->user == 0)
			line->user = r->conversation;
		adopt(r, server, l, &out->epoch);
		return TLS_READ_OPENED;
	}
	return outcome;
}

static enum tls_read
open_record(struct dtls_reader *r, bool server,
    const struct dtls_record *record, struct dtls_opened *out)
{
	struct dtls_reader_side *s = &r->side[server];
	const struct tls_record as_tls = dtls_record_as_tls(record);
	enum tls_read outcome = TLS_READ_NO_KEYS;
	struct tls_plaintext content;

	if (s->layer != NULL) {
		out->epoch.keys = s->layer->keys;
		outcome = TLS_READ_REFUSED;
		if (tls_epoch_opens(s->layer,
			dtls_place(record->epoch, record->number), &as_tls,
			&content))
			return TLS_READ_OPENED;
	}
	if (s->renewed)
		outcome = try_log(r, server, record, out);
	if (outcome == TLS_READ_REFUSED && s->layer != NULL)
		out->epoch.keys = s->layer->keys;
	return outcome;
}

static void
note_opened(struct dtls_reader *r, struct dtls_reader_side *s, uint64_t number)
{
	replay_window_update(&s->came, number);
	if (r->epochs != NULL)
		r->epochs->all[s->epoch].count = s->came.highest + 1;
}

enum tls_read
dtls_reader_take(struct dtls_reader *r, bool server,
    const struct dtls_record *record, struct dtls_opened *out)
{
	struct dtls_reader_side *s = &r->side[server];
	enum tls_read outcome;

	if (record->epoch < EPOCH) {
		read_clear(r, record);
		return TLS_READ_CLEAR;
	}
	if (record->epoch > EPOCH)
		return TLS_READ_NO_KEYS;
	*out = (struct dtls_opened){
	    .epoch = {.conversation = r->conversation,
		.server = server,
		.numbering = TLS_NUMBERING_IMPLICIT,
		.place = dtls_place(EPOCH, 0),
		.count = record->number},
	};
	outcome = open_record(r, server, record, out);
	out->came = replay_window_look(&s->came, record->number);
	out->begun = s->came.begun;
	out->highest = s->came.highest;
	if (outcome == TLS_READ_OPENED)
		note_opened(r, s, record->number);
	return outcome;
}
