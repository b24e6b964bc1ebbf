/* SPDX-License-Identifier: MIT */
/* Rows of TLS and DTLS records: those that are copied, and what became of it.
 */
#include "drawing.h"

#include <string.h>

/* A record that begins a recorded stream: its connection stands for it. */
static bool
begins_stream(const struct drawing *g, const struct fact *f)
{
	for (size_t i = 0; i < g->facts.count; i++) {
		const struct fact *e = &g->facts.facts[i];

		if (fact_is(e, "copy_sent") &&
		    strcmp(event_get_text(e->event, "kind"), "stream") == 0 &&
		    (strcmp(e->fingerprint, f->fingerprint) == 0 ||
			strcmp(event_get_text(e->event, "original"),
			    f->fingerprint) == 0))
			return true;
	}
	return false;
}

/* Only those that a copy repeats: the others are the business of TLS. */
void
drawing_add_record(struct drawing *g, const struct fact *f)
{
	const struct diagram_row *copy = drawing_copy_on_flow(g, f);
	struct diagram_row *row;

	if (!facts_are_copied(&g->facts, f->fingerprint) ||
	    begins_stream(g, f) ||
	    (copy != NULL && strcmp(g->facts.facts[copy->event].fingerprint,
				 f->fingerprint) == 0))
		return;
	row = drawing_row(g, DIAGRAM_MESSAGE, f);
	row->from = drawing_peer_of(g, f);
	row->recorded = !drawing_any_copy_sent(g);
	row->copy = !row->recorded;
	drawing_say(
	    row, "record %ld", (long)event_get_number(f->event, "number"));
	drawing_set_frame(row, drawing_frame_read(g, f));
}

/* TLS has no verdict on a record: it goes on, or it does not. */
static bool
is_taken(const struct fact *f)
{
	const char *verdict = event_get_text(f->event, "verdict");

	return *verdict == '\0' || strcmp(verdict, "accepted") == 0;
}

/* The receiver's word on a copy, if it says more than that it was taken. */
void
drawing_add_datagram(struct drawing *g, const struct fact *f)
{
	const struct diagram_row *copy = drawing_copy_on_flow(g, f);
	struct diagram_row *row;

	if (copy == NULL || strcmp(g->facts.facts[copy->event].fingerprint,
				f->fingerprint) != 0) {
		drawing_add_record(g, f);
		return;
	}
	if (is_taken(f))
		return;
	row = drawing_row(g, DIAGRAM_NOTE, f);
	row->copy = true;
	drawing_say(row, "record %ld: %s",
	    (long)event_get_number(f->event, "number"),
	    event_get_text(f->event, "verdict"));
}

/*
 * A server may take several datagrams before it reads the first request in
 * them: each request has a record of its own, so the n-th is in the n-th.
 */
static const struct fact *
datagram_of(const struct drawing *g, const struct fact *f)
{
	size_t before = 0;

	for (const struct fact *e = g->facts.facts; e < f; e++)
		before += fact_is(e, "request") && fact_same_flow(e, f);
	for (const struct fact *e = g->facts.facts; e < f; e++)
		if (fact_is(e, "dtls_record") && is_taken(e) &&
		    fact_same_flow(e, f) &&
		    strcmp(event_get_text(e->event, "type"),
			"application_data") == 0 &&
		    before-- == 0)
			return e;
	return NULL;
}

const struct fact *
drawing_carrier_of(const struct drawing *g, const struct fact *f)
{
	for (const struct fact *e = f; e-- > g->facts.facts;)
		if (fact_is(e, "tls_record") && fact_same_flow(e, f))
			return e;
	return datagram_of(g, f);
}
