/* SPDX-License-Identifier: MIT */
/*
 * Why a record of DTLS was dropped: its number had come before, or is too far
 * behind those that had (RFC 6347 section 4.1.2.6), or its MAC is another's.
 * Nobody answers it, so it is explained by itself, in the frame that brings it.
 */
#include "hearing.h"

#include <string.h>

static void
explain(struct testimony *t, struct testimony_copy *c,
    const struct dtls_opened *opened, const struct tls_record *record)
{
	c->is_explained = explanation_of(&t->epochs, &opened->epoch, record,
			      &c->record) == EXPLANATION_FOUND;
	c->is_datagram = c->is_explained;
	c->window = (struct window_explanation){
	    opened->came, opened->begun, opened->highest};
}

void
hearing_datagram(
    struct view *v, struct heard *h, const struct finding *f, const char *name)
{
	struct testimony *t = v->testimony;
	struct dtls_opened opened = {0};
	enum tls_read read = dtls_reader_take(
	    &h->datagrams, f->side == SIDE_SERVER, f->dtls, &opened);

	if (v->kind != VIEW_RECEIVED || read == TLS_READ_CLEAR ||
	    read == TLS_READ_NO_KEYS)
		return;
	for (size_t i = 0; i < t->observation->copy_count; i++)
		if (t->copies[i].sent == t->frame &&
		    t->observation->copies[i].stopped_by == LAYER_DTLS_RECORD &&
		    strcmp(event_get_text(testimony_event(t, i), "fingerprint"),
			name) == 0)
			explain(t, &t->copies[i], &opened, f->record);
}
