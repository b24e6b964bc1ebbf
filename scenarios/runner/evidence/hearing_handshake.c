/* SPDX-License-Identifier: MIT */
/*
 * Why a replayed handshake was refused: one of its randoms is that of a
 * recorded handshake, the other is new, and Finished covers both (RFC 5246
 * section 7.4.9, RFC 8446 section 4.4.4).  And why a relayed one was, in which
 * all is new: the certificate is not of whom the client asked for.
 */
#include "hearing.h"

#include <string.h>

static bool
same_random(const uint8_t a[32], const uint8_t b[32])
{
	return memcmp(a, b, 32) == 0;
}

static bool
same_session_id(const struct tls_session_id *a, const struct tls_session_id *b)
{
	return a->size == b->size && memcmp(a->octets, b->octets, a->size) == 0;
}

/*
 * The recorded handshake: another one, with the random of the side that is
 * copied.  That of the other side may be everybody's (H4d).
 */
static const struct heard *
find_recorded(
    const struct testimony *t, const struct heard *now, bool from_server)
{
	const struct view *sent = &t->view[VIEW_SENT];

	for (size_t i = 0; i < sent->capacity; i++) {
		const struct heard *h = sent->heard[i];

		if (h == NULL || h->conversation == now->conversation ||
		    !h->reader.has_server_random)
			continue;
		if (from_server ? now->reader.has_server_random &&
				      same_random(h->reader.server_random,
					  now->reader.server_random)
				: same_random(h->reader.client_random,
				      now->reader.client_random))
			return h;
	}
	return NULL;
}

static void
compare_random(struct handshake_explanation *e, const char *whose,
    const uint8_t recorded[32], const uint8_t now[32])
{
	if (e->random != NULL || same_random(recorded, now))
		return;
	e->random = whose;
	memcpy(e->random_recorded, recorded, 32);
	memcpy(e->random_now, now, 32);
}

/* Which the client compares before anything else (RFC 8446 section 4.1.3). */
static void
compare_session_ids(
    struct handshake_explanation *e, const struct tls_reader *now)
{
	if (!now->has_server_random || now->version != TLS_1_3 ||
	    same_session_id(&now->sent, &now->echoed))
		return;
	e->is_other_session = true;
	e->sent = now->sent;
	e->echoed = now->echoed;
}

static void
explain_handshake(struct testimony_copy *c, const struct heard *now,
    const struct heard *recorded, enum side side)
{
	const struct tls_finished *old = &recorded->reader.side[side].finished;
	const struct tls_finished *due = &now->reader.side[side].finished;
	struct handshake_explanation *e = &c->handshake;

	c->is_handshake = true;
	compare_random(e, "client", recorded->reader.client_random,
	    now->reader.client_random);
	if (now->reader.has_server_random)
		compare_random(e, "server", recorded->reader.server_random,
		    now->reader.server_random);
	if (side == SIDE_SERVER)
		compare_session_ids(e, &now->reader);
	e->carried_size = old->carried_size;
	memcpy(e->verify_data_carried, old->carried, old->carried_size);
	e->right_size = due->due_size;
	memcpy(e->verify_data_right, due->due, due->due_size);
}

static bool
is_about_certificate(const struct copy_fate *fate)
{
	return strcmp(fate->detail, "bad_certificate") == 0 ||
	       strcmp(fate->detail, "unknown_ca") == 0;
}

static void
explain_certificate(struct testimony_copy *c, const struct heard *now)
{
	struct handshake_explanation *e = &c->handshake;

	c->is_handshake = true;
	memcpy(e->subject, now->reader.subject, sizeof(e->subject));
	memcpy(e->server_name, now->reader.server_name, sizeof(e->server_name));
}

static void
explain(struct testimony *t, size_t i, const struct heard *now)
{
	struct testimony_copy *c = &t->copies[i];
	const struct heard *recorded = find_recorded(t, now, c->from_server);

	if (is_about_certificate(&t->observation->copies[i]))
		explain_certificate(c, now);
	else if (recorded != NULL)
		explain_handshake(c, now, recorded,
		    c->from_server ? SIDE_SERVER : SIDE_CLIENT);
}

void
hearing_explain_handshakes(struct testimony *t)
{
	const struct view *received = &t->view[VIEW_RECEIVED];

	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const cJSON *event = testimony_event(t, i);

		if (t->observation->copies[i].stopped_by != LAYER_TLS_HANDSHAKE)
			continue;
		for (size_t k = 0; k < received->capacity; k++) {
			const struct heard *now = received->heard[k];

			if (now != NULL &&
			    hearing_is_between(event, &now->end[SIDE_CLIENT],
				&now->end[SIDE_SERVER]))
				explain(t, i, now);
		}
	}
}
