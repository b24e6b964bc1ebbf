/* SPDX-License-Identifier: MIT */
/* What was heard, in words: comments on frames, and the play's sentence. */
#include "hearing.h"

#include <string.h>

static bool
is_other_finished(const struct handshake_explanation *e)
{
	return e->carried_size > 0 && e->carried_size == e->right_size &&
	       memcmp(e->verify_data_carried, e->verify_data_right,
		   e->right_size) != 0;
}

static const char *
authenticator_name(const struct explanation *e)
{
	return strncmp(e->algorithm, "HMAC", 4) == 0 ? "MAC" : "tag";
}

/* What it was made as, after "record N". */
static const char *
maker_name(enum explanation_keys keys)
{
	switch (keys) {
	case EXPLANATION_KEYS_DUE:
		return "";
	case EXPLANATION_KEYS_FORMER:
		return " of keys since changed";
	case EXPLANATION_KEYS_OTHER_SIDE:
		return " of the other direction";
	case EXPLANATION_KEYS_OTHER_CONNECTION:
		return " of another connection";
	}
	return "";
}

static void
add_record_reason(const struct explanation *e, struct buffer *out)
{
	buffer_printf(out,
	    "the receiver expected record %llu, this one was made as record "
	    "%llu%s",
	    (unsigned long long)e->expected, (unsigned long long)e->made_as,
	    maker_name(e->keys));
}

/* The window is not asked what the MAC has answered. */
static void
add_datagram_reason(const struct testimony_copy *c, struct buffer *out)
{
	const struct explanation *e = &c->record;
	const struct window_explanation *w = &c->window;
	unsigned long long number = e->expected, highest = w->highest;

	if (e->keys != EXPLANATION_KEYS_DUE || e->made_as != number)
		buffer_printf(out,
		    "its header says number %llu, its %s was made as record "
		    "%llu%s",
		    number, authenticator_name(e),
		    (unsigned long long)e->made_as, maker_name(e->keys));
	else if (w->came == REPLAY_SEEN)
		buffer_printf(out,
		    "its %s is right, and its number, %llu, had come before",
		    authenticator_name(e), number);
	else if (w->begun && number < highest)
		buffer_printf(out,
		    "its %s is right, and its number, %llu, is %llu behind the "
		    "highest that had come, %llu",
		    authenticator_name(e), number, highest - number, highest);
	else
		buffer_printf(out,
		    "its %s is right, and its number, %llu, had not come "
		    "before",
		    authenticator_name(e), number);
}

static void
add_handshake_reason(const struct handshake_explanation *e, struct buffer *out)
{
	if (e->is_other_session)
		buffer_add_text(out, "ServerHello echoes another session id "
				     "than the client sent");
	else if (e->random != NULL)
		buffer_printf(out, "the %s's random is a new one", e->random);
	else if (is_other_finished(e))
		buffer_add_text(out, "both randoms are the old ones, but the "
				     "recorded Finished does not fit");
	else if (*e->subject != '\0' && *e->server_name != '\0')
		buffer_printf(out,
		    "the certificate is that of %s, and the client asked for "
		    "%s",
		    e->subject, e->server_name);
}

/* Why TLS refused copy i, in a few words; false: not known, or it did not. */
static bool
add_reason(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct testimony_copy *c = &t->copies[i];
	enum layer layer = t->observation->copies[i].stopped_by;

	if (layer != LAYER_TLS_RECORD && layer != LAYER_TLS_HANDSHAKE &&
	    layer != LAYER_TLS_EARLY_DATA && layer != LAYER_DTLS_RECORD)
		return false;
	if (c->is_handshake)
		add_handshake_reason(&c->handshake, out);
	if (buffer_bytes(out).left > 0)
		return true;
	if (c->is_cut && c->never_began)
		buffer_add_text(out,
		    "the stream ended before its first record, without "
		    "close_notify");
	else if (c->is_cut)
		buffer_printf(out,
		    "the stream ended before record %llu, without close_notify",
		    (unsigned long long)c->cut_before);
	else if (c->is_ticket && layer == LAYER_TLS_EARLY_DATA)
		buffer_add_text(out,
		    c->ticket.taken ? "ticket and binder were accepted, the "
				      "early data alone was refused"
				    : "the ticket in it is not known there");
	else if (c->is_datagram)
		add_datagram_reason(c, out);
	else if (c->is_explained)
		add_record_reason(&c->record, out);
	return buffer_bytes(out).left > 0;
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

/* Who refused it, in his word, and why. */
static void
add_refusal(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct copy_fate *f = &t->observation->copies[i];
	struct buffer reason = {0};

	buffer_printf(out, " by %s", f->host);
	if (*f->detail != '\0')
		buffer_printf(out, " (%s)", f->detail);
	if (add_reason(t, i, &reason))
		buffer_printf(out, ": %s", buffer_text(&reason));
	buffer_clear(&reason);
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
	/* There is no answer that it could stand on. */
	if (t->observation->copies[i].stopped_by == LAYER_DTLS_RECORD) {
		buffer_add_text(out, ", dropped");
		add_refusal(t, i, out);
	}
}

static void
comment_refused(const struct testimony *t, size_t i, struct buffer *out)
{
	begin_comment(out, "refused");
	add_refusal(t, i, out);
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

static void
add_refused(const struct copy_fate *f, const char *reason, struct buffer *out)
{
	if (f->stopped_by == LAYER_TLS_EARLY_DATA)
		buffer_printf(
		    out, "%s did not take the early data of the copy", f->host);
	else if (f->stopped_by == LAYER_DTLS_RECORD)
		buffer_printf(out,
		    "The copy reached DTLS on %s and was dropped there without "
		    "a word",
		    f->host);
	else if (f->missing)
		buffer_printf(
		    out, "TLS on %s missed what was left out", f->host);
	else
		buffer_printf(out,
		    "The copy reached TLS on %s and was refused there",
		    f->host);
	buffer_printf(out, " (%s): %s.", f->detail, reason);
}

void
testimony_sentence(
    const struct testimony *t, const struct observation *o, struct buffer *out)
{
	size_t last = o->copy_count - 1;
	struct buffer reason = {0};

	if (t == NULL || o->copy_count == 0 || !add_reason(t, last, &reason))
		observation_sentence(o, out);
	else
		add_refused(&o->copies[last], buffer_text(&reason), out);
	if (o->copy_count > 0)
		add_ledger(o, out);
	buffer_clear(&reason);
}
