/* SPDX-License-Identifier: MIT */
/* What was heard, as members of result.json (docs/formats.md). */
#include "hearing.h"

#include "json.h"

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
put_record(const struct testimony_copy *c, struct buffer *out)
{
	const struct explanation *e = &c->record;

	json_member_text(out, "algorithm", e->algorithm);
	json_member_text(out, "keys", explanation_keys_name(e->keys));
	json_member_number(out, "made_as", (int64_t)e->made_as);
	json_member_number(
	    out, c->is_datagram ? "number" : "expected", (int64_t)e->expected);
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
	if (e->is_other_session) {
		member_hex(
		    out, "session_id_sent", e->sent.octets, e->sent.size);
		member_hex(
		    out, "session_id_echoed", e->echoed.octets, e->echoed.size);
	}
	if (*e->subject != '\0')
		json_member_text(out, "certificate", e->subject);
	if (*e->server_name != '\0')
		json_member_text(out, "server_name", e->server_name);
	member_hex(out, "verify_data_carried", e->verify_data_carried,
	    e->carried_size);
	member_hex(
	    out, "verify_data_right", e->verify_data_right, e->right_size);
}

static void
put_window(const struct window_explanation *w, struct buffer *out)
{
	/* Of what is long past nobody knows. */
	if (w->came != REPLAY_TOO_OLD)
		json_member_bool(out, "had_come", w->came == REPLAY_SEEN);
	if (w->begun)
		json_member_number(out, "highest", (int64_t)w->highest);
}

static void
put_ticket(const struct ticket_explanation *e, struct buffer *out)
{
	json_member_text(out, "ticket", e->taken ? "taken" : "not-taken");
	json_member_text(out, "ticket_fingerprint", e->ticket);
	member_hex(out, "binder", e->binder, e->binder_size);
}

static void
put_frames(const struct testimony_copy *c, struct buffer *out)
{
	if (c->recorded != 0)
		json_member_number(out, "recorded", (int64_t)c->recorded);
	if (c->sent != 0)
		json_member_number(out, "replayed", (int64_t)c->sent);
	if (c->refused != 0)
		json_member_number(out, "refused", (int64_t)c->refused);
}

void
testimony_members(const struct testimony *t, size_t i, struct buffer *out)
{
	const struct testimony_copy *c = testimony_copy(t, i);

	if (c == NULL)
		return;
	json_key(out, "frames");
	json_open(out, '{');
	put_frames(c, out);
	json_close(out, '}');
	if (!c->is_explained && !c->is_handshake && !c->is_ticket && !c->is_cut)
		return;
	json_key(out, "explanation");
	json_open(out, '{');
	if (c->is_explained)
		put_record(c, out);
	else if (c->is_handshake)
		put_handshake(&c->handshake, out);
	if (c->is_datagram)
		put_window(&c->window, out);
	if (c->is_ticket)
		put_ticket(&c->ticket, out);
	if (c->is_cut)
		json_member_number(out, "ended_before", (int64_t)c->cut_before);
	json_close(out, '}');
}
