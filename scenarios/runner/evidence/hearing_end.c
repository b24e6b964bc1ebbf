/* SPDX-License-Identifier: MIT */
/*
 * What is known once all is heard: of a replayed first flight whether its
 * ticket was taken (RFC 8446 section 4.2.11), and of a stream that was cut off
 * the record that would have been next (sections 6.1 and 5.3).
 */
#include "hearing.h"

#include <string.h>

void
hearing_explain_tickets(struct testimony *t)
{
	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const cJSON *event = testimony_event(t, i);
		const struct heard *h = hearing_received(t, event);
		struct ticket_explanation *e = &t->copies[i].ticket;

		if (strcmp(event_get_text(event, "kind"), "stream") != 0 ||
		    h == NULL || !h->reader.has_ticket ||
		    !h->reader.has_server_random)
			continue;
		t->copies[i].is_ticket = true;
		e->taken = h->reader.ticket_taken;
		memcpy(e->ticket, h->reader.ticket, sizeof(e->ticket));
		memcpy(e->binder, h->reader.binder, h->reader.binder_size);
		e->binder_size = h->reader.binder_size;
	}
}

void
hearing_explain_cuts(struct testimony *t)
{
	for (size_t i = 0; i < t->observation->copy_count; i++) {
		const struct copy_fate *fate = &t->observation->copies[i];
		const struct heard *h =
		    hearing_received(t, testimony_event(t, i));
		struct testimony_copy *c = &t->copies[i];
		const struct tls_record_layer *layer =
		    h == NULL ? NULL : h->reader.side[c->from_server].layer;
		/* Cut off before its first word, the server has no keys. */
		bool silent =
		    h != NULL && c->from_server && !h->reader.has_server_random;

		if (!fate->missing || c->is_explained ||
		    (layer == NULL && !silent) ||
		    strcmp(fate->detail, "truncated") != 0)
			continue;
		c->is_cut = true;
		c->never_began = silent;
		c->cut_before = silent ? 0 : layer->number;
	}
}
