/* SPDX-License-Identifier: MIT */
/* What was heard, told: comments, secrets, sentences, members. */
#include "hearing.h"

#include "json.h"
#include "network.h"
#include "witness_file.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cJSON *
testimony_event(const struct testimony *t, size_t i)
{
	return t->evidence->events[t->observation->copies[i].event];
}

/* A key log that is not there has nothing in it. */
static void
read_key_log(struct key_log *log, const char *folder, const char *host)
{
	char path[4200], chunk[4096];
	struct buffer text = {0};
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/keys%s%s.log", folder,
	    *host == '\0' ? "" : "-", host);
	if ((file = fopen(path, "re")) == NULL)
		return;
	while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(&text, chunk, length);
	fclose(file);
	key_log_add(log, buffer_bytes(&text));
	buffer_clear(&text);
}

static void
read_key_logs(struct key_log *log, const char *folder)
{
	read_key_log(log, folder, "");
	for (size_t i = 0; i < network_manifest.host_count; i++)
		read_key_log(log, folder, network_manifest.hosts[i].name);
}

struct testimony *
testimony_of(
    const char *folder, const struct evidence *e, const struct observation *o)
{
	struct testimony *t = calloc(1, sizeof(*t));
	char path[4200];

	if (t == NULL || (t->copies = calloc(o->copy_count + 1,
			      sizeof(t->copies[0]))) == NULL) {
		warn("testimony");
		testimony_clear(t);
		return NULL;
	}
	t->evidence = e;
	t->observation = o;
	for (size_t i = 0; i < o->copy_count; i++) {
		t->copies[i].from_server =
		    strcmp(event_get_text(testimony_event(t, i), "side"),
			"server") == 0;
		t->names_segments =
		    t->names_segments ||
		    strcmp(event_get_text(testimony_event(t, i), "kind"),
			"segment") == 0;
	}
	read_key_logs(&t->log, folder);
	snprintf(path, sizeof(path), "%s/witness.pcapng", folder);
	if (hearing_listen(t, path) == -1) {
		testimony_clear(t);
		return NULL;
	}
	hearing_explain_handshakes(t);
	hearing_explain_tickets(t);
	hearing_explain_cuts(t);
	(void)witness_file_annotate(path, t);
	return t;
}

void
testimony_clear(struct testimony *t)
{
	if (t == NULL)
		return;
	for (int kind = VIEW_SENT; kind <= VIEW_RECEIVED; kind++) {
		struct view *v = &t->view[kind];

		conversations_free(v->conversations);
		for (size_t i = 0; i < v->capacity; i++) {
			if (v->heard[i] != NULL)
				tls_reader_clear(&v->heard[i]->reader);
			free(v->heard[i]);
		}
		free(v->heard);
	}
	tls_epochs_clear(&t->epochs);
	key_log_clear(&t->log);
	free(t->copies);
	free(t);
}

const struct testimony_copy *
testimony_copy(const struct testimony *t, size_t i)
{
	return t == NULL ? NULL : &t->copies[i];
}

static bool
is_other_finished(const struct handshake_explanation *e)
{
	return e->carried_size > 0 && e->carried_size == e->right_size &&
	       memcmp(e->verify_data_carried, e->verify_data_right,
		   e->right_size) != 0;
}

/* Why TLS refused copy i, in a few words; false: not known, or it did not. */
static bool
add_reason(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct testimony_copy *c = &t->copies[i];
	const struct explanation *e = &c->record;
	enum layer layer = t->observation->copies[i].stopped_by;

	if (layer != LAYER_TLS_RECORD && layer != LAYER_TLS_HANDSHAKE &&
	    layer != LAYER_TLS_EARLY_DATA)
		return false;

	if (c->is_handshake && c->handshake.random != NULL) {
		buffer_printf(
		    out, "the %s's random is a new one", c->handshake.random);
		return true;
	}
	if (c->is_handshake && is_other_finished(&c->handshake)) {
		buffer_add_text(out, "both randoms are the old ones, but the "
				     "recorded Finished does not fit");
		return true;
	}
	if (c->is_cut) {
		buffer_printf(out,
		    "the stream ended before record %llu, without close_notify",
		    (unsigned long long)c->cut_before);
		return true;
	}
	if (c->is_ticket && layer == LAYER_TLS_EARLY_DATA) {
		buffer_add_text(out,
		    c->ticket.taken ? "ticket and binder were accepted, the "
				      "early data alone was refused"
				    : "the ticket in it is not known there");
		return true;
	}
	if (!c->is_explained)
		return false;
	buffer_printf(out, "the receiver expected record %llu",
	    (unsigned long long)e->expected);
	switch (e->keys) {
	case EXPLANATION_KEYS_DUE:
		buffer_printf(out, ", this one was made as record %llu",
		    (unsigned long long)e->made_as);
		break;
	case EXPLANATION_KEYS_FORMER:
		buffer_printf(out,
		    ", this one was made as record %llu of keys since changed",
		    (unsigned long long)e->made_as);
		break;
	case EXPLANATION_KEYS_OTHER_SIDE:
		buffer_printf(out,
		    ", this one was made as record %llu of the other direction",
		    (unsigned long long)e->made_as);
		break;
	case EXPLANATION_KEYS_OTHER_CONNECTION:
		buffer_printf(out,
		    ", this one was made as record %llu of another connection",
		    (unsigned long long)e->made_as);
		break;
	}
	return true;
}

static void
begin_comment(struct buffer *out, const char *word)
{
	buffer_printf(out, "%sreplaylab: %s",
	    buffer_bytes(out).left > 0 ? "\n" : "", word);
}

static void
comment_recorded(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct testimony_copy *c = &t->copies[i];

	if (t->observation->copies[i].missing) {
		begin_comment(out, "withheld");
		return;
	}
	begin_comment(out, "recorded");
	if (c->sent != 0)
		buffer_printf(
		    out, ", copied in frame %llu", (unsigned long long)c->sent);
}

static void
comment_sent(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct testimony_copy *c = &t->copies[i];

	begin_comment(out, "replayed");
	if (c->recorded != 0)
		buffer_printf(out, ", recorded in frame %llu",
		    (unsigned long long)c->recorded);
	if (c->refused != 0)
		buffer_printf(out, ", refused in frame %llu",
		    (unsigned long long)c->refused);
	if (t->observation->copies[i].stopped_by == LAYER_NOBODY)
		buffer_add_text(out, ", stopped by nobody");
}

static void
comment_refused(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct copy_fate *f = &t->observation->copies[i];
	struct buffer reason = {0};

	begin_comment(out, "refused");
	buffer_printf(out, " by %s", f->host);
	if (*f->detail != '\0')
		buffer_printf(out, " (%s)", f->detail);
	if (add_reason(t, i, &reason))
		buffer_printf(out, ": %s", buffer_text(&reason));
	buffer_clear(&reason);
}

bool
testimony_comment(const struct testimony *t, uint64_t frame, struct buffer *out)
{
	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const struct testimony_copy *c = &t->copies[i];

		if (c->recorded == frame)
			comment_recorded(t, i, out);
		if (c->sent == frame)
			comment_sent(t, i, out);
		if (c->refused == frame)
			comment_refused(t, i, out);
	}
	return buffer_bytes(out).left > 0;
}

void
testimony_secrets(const struct testimony *t, uint64_t frame, struct buffer *out)
{
	const struct view *sent = &t->view[VIEW_SENT];

	for (size_t i = 0; i < t->log.count; i++) {
		const struct key_log_line *line = &t->log.lines[i];
		const struct heard *user =
		    line->user == 0 || line->user > sent->capacity
			? NULL
			: sent->heard[line->user - 1];

		if (!key_log_is_ambiguous(&t->log, line)
			? frame == 0
			: user != NULL && user->first_frame == frame)
			key_log_line_write(line, out);
	}
}

#define LEDGER_TOLD_MAX 6 /* transfers; a flood has many */

/* How often what honest clients asked for took effect. */
static void
add_ledger(const struct observation *o, struct buffer *out)
{
	static const char *const times[] = {"never", "once", "twice"};
	const char *before = "  In the ledger: ";
	size_t told = 0;

	for (size_t i = 0; i < o->executed_count; i++) {
		if (strncmp(o->executed[i].id, "control-", 8) == 0)
			continue;
		if (++told > LEDGER_TOLD_MAX) {
			buffer_add_text(out, " and others");
			break;
		}
		buffer_printf(out, "%s%s ", before, o->executed[i].id);
		if (o->executed[i].times < 3)
			buffer_add_text(out, times[o->executed[i].times]);
		else
			buffer_printf(out, "%ld times", o->executed[i].times);
		before = ", ";
	}
	if (*before == ',')
		buffer_add_u8(out, '.');
}

void
testimony_sentence(
    const struct testimony *t, const struct observation *o, struct buffer *out)
{
	size_t last = o->copy_count - 1;
	struct buffer reason = {0};

	if (t == NULL || o->copy_count == 0 || !add_reason(t, last, &reason)) {
		observation_sentence(o, out);
	} else if (o->copies[last].stopped_by == LAYER_TLS_EARLY_DATA) {
		buffer_printf(out,
		    "%s did not take the early data of the copy (%s): %s.",
		    o->copies[last].host, o->copies[last].detail,
		    buffer_text(&reason));
	} else if (o->copies[last].missing) {
		buffer_printf(out,
		    "TLS on %s missed what was left out (%s): %s.",
		    o->copies[last].host, o->copies[last].detail,
		    buffer_text(&reason));
	} else {
		buffer_printf(out,
		    "The copy reached TLS on %s and was refused there (%s): "
		    "%s.",
		    o->copies[last].host, o->copies[last].detail,
		    buffer_text(&reason));
	}
	if (o->copy_count > 0)
		add_ledger(o, out);
	buffer_clear(&reason);
}

static void
member_hex(
    struct buffer *out, const char *name, const uint8_t *octets, size_t size)
{
	struct buffer hex = {0};

	if (size == 0)
		return;
	for (size_t i = 0; i < size; i++)
		buffer_printf(&hex, "%02x", octets[i]);
	json_member_text(out, name, buffer_text(&hex));
	buffer_clear(&hex);
}

static void
put_record(const struct explanation *e, struct buffer *out)
{
	json_member_text(out, "algorithm", e->algorithm);
	json_member_text(out, "keys", explanation_keys_name(e->keys));
	json_member_number(out, "made_as", (int64_t)e->made_as);
	json_member_number(out, "expected", (int64_t)e->expected);
	member_hex(out, "carried", e->carried.octets, e->carried.size);
	member_hex(out, "right", e->right.octets, e->right.size);
}

static void
put_handshake(const struct handshake_explanation *e, struct buffer *out)
{
	if (e->random != NULL) {
		json_member_text(out, "random", e->random);
		member_hex(out, "random_recorded", e->random_recorded,
		    sizeof(e->random_recorded));
		member_hex(
		    out, "random_now", e->random_now, sizeof(e->random_now));
	}
	member_hex(out, "verify_data_carried", e->verify_data_carried,
	    e->carried_size);
	member_hex(
	    out, "verify_data_right", e->verify_data_right, e->right_size);
}

static void
put_ticket(const struct ticket_explanation *e, struct buffer *out)
{
	json_member_text(out, "ticket", e->taken ? "taken" : "not-taken");
	json_member_text(out, "ticket_fingerprint", e->ticket);
	member_hex(out, "binder", e->binder, e->binder_size);
}

void
testimony_members(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct testimony_copy *c = testimony_copy(t, i);

	if (c == NULL)
		return;
	json_key(out, "frames");
	json_open(out, '{');
	if (c->recorded != 0)
		json_member_number(out, "recorded", (int64_t)c->recorded);
	if (c->sent != 0)
		json_member_number(out, "replayed", (int64_t)c->sent);
	if (c->refused != 0)
		json_member_number(out, "refused", (int64_t)c->refused);
	json_close(out, '}');
	if (!c->is_explained && !c->is_handshake && !c->is_ticket && !c->is_cut)
		return;
	json_key(out, "explanation");
	json_open(out, '{');
	if (c->is_explained)
		put_record(&c->record, out);
	else if (c->is_handshake)
		put_handshake(&c->handshake, out);
	if (c->is_ticket)
		put_ticket(&c->ticket, out);
	if (c->is_cut)
		json_member_number(out, "ended_before", (int64_t)c->cut_before);
	json_close(out, '}');
}
