/* SPDX-License-Identifier: MIT */
/*
 * Event by event, the rows of a diagram.  Whether a message is recorded or a
 * copy is told by its fingerprint and by the connection a copy was sent on.
 */
#include "drawing.h"

#include <stdio.h>
#include <string.h>

/* Lines between the event's hosts: what connects, and until when. */
static void
collect_shake(struct drawing *g, struct diagram_row *row, int64_t until)
{
	const struct frame_list *l = g->sources->frames;

	row->shake_count = 0;
	for (size_t i = 0; i < l->count; i++) {
		const struct frame_seen *f = &l->frames[i];
		bool out = endpoint_equal(&f->src, &row->src) &&
			   endpoint_equal(&f->dest, &row->dest);
		bool back = endpoint_equal(&f->src, &row->dest) &&
			    endpoint_equal(&f->dest, &row->src);

		if ((out || back) && f->what[0] != '\0' && f->at <= until &&
		    row->shake_count < DIAGRAM_SHAKE_MAX)
			row->shake[row->shake_count++] = f;
	}
	if (row->shake_count > 0)
		row->frame = row->shake[0]->number;
}

static void
add_connection(struct drawing *g, const struct fact *f)
{
	const char *action = event_get_text(f->event, "action");
	const char *reason = event_get_text(f->event, "reason");
	const struct manifest_host *opener = drawing_host_at(g, f, "src_ip");
	struct diagram_row *row;

	if (strcmp(action, "closed") == 0) {
		if (strcmp(reason, "reset") == 0 ||
		    strcmp(reason, "truncated") == 0 ||
		    strcmp(reason, "timeout") == 0)
			drawing_say(drawing_row(g, DIAGRAM_NOTE, f),
			    "connection closed: %s", reason);
		return;
	}
	if (opener == NULL || drawing_copy_on_flow(g, f) != NULL ||
	    drawing_last_on_flow(g, DIAGRAM_CONNECT, f) != NULL ||
	    (strncmp(opener->name, "client", 6) != 0 &&
		strcmp(opener->name, "attacker") != 0))
		return;
	row = drawing_row(g, DIAGRAM_CONNECT, f);
	row->from = opener;
	row->to = drawing_host_at(g, f, "dest_ip");
	drawing_say(row, strcmp(event_get_text(f->event, "proto"), "UDP") == 0
			     ? "UDP"
			     : "TCP");
	collect_shake(g, row, f->at);
}

static void
add_handshake(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = drawing_last_on_flow(g, DIAGRAM_CONNECT, f);
	bool failed =
	    strcmp(event_get_text(f->event, "outcome"), "completed") != 0;

	if (failed) {
		if (drawing_last_on_flow(g, DIAGRAM_MESSAGE, f) == NULL)
			drawing_say(drawing_row(g, DIAGRAM_NOTE, f),
			    "handshake failed: %s",
			    event_get_text(f->event, "reason"));
		return;
	}
	if (drawing_copy_on_flow(g, f) != NULL) {
		row = drawing_row(g, DIAGRAM_NOTE, f);
		row->copy = true;
		drawing_say(row, "handshake completed");
	} else if (row != NULL && strchr(row->text, '+') == NULL) {
		drawing_say(row, " + %s handshake",
		    event_get_text(f->event, "version"));
		if (cJSON_IsTrue(
			cJSON_GetObjectItemCaseSensitive(f->event, "resumed")))
			drawing_say(row, " (resumed)");
		collect_shake(g, row, f->at);
	}
}

static void
add_alert(struct drawing *g, const struct fact *f)
{
	const char *description = event_get_text(f->event, "description");
	bool sent = strcmp(event_get_text(f->event, "direction"), "sent") == 0;
	const struct diagram_row *last =
	    drawing_last_on_flow(g, DIAGRAM_MESSAGE, f);
	struct diagram_row *row;

	if (strcmp(description, "close_notify") == 0)
		return;
	if (!sent && last != NULL && strstr(last->text, description) != NULL)
		return; /* its sender said so already */
	row = drawing_row(g, DIAGRAM_MESSAGE, f);
	if (sent)
		row->to = drawing_peer_of(g, f);
	else
		row->from = drawing_peer_of(g, f);
	drawing_say(row, "alert %s", description);
	drawing_set_frame(row,
	    frame_list_nearest(g->sources->frames,
		drawing_sent_by_src(g, f) == sent ? &f->src : &f->dest,
		drawing_sent_by_src(g, f) == sent ? &f->dest : &f->src, f->at));
}

/* The id that a backend read in those bytes. */
static const char *
id_of(const struct drawing *g, const struct fact *f)
{
	for (size_t i = 0; i < g->facts.count; i++)
		if (fact_is(&g->facts.facts[i], "request") &&
		    *g->facts.facts[i].id != '\0' &&
		    strcmp(g->facts.facts[i].fingerprint, f->fingerprint) == 0)
			return g->facts.facts[i].id;
	return f->id;
}

/* An earlier row about the same request: an earlier hop, or what it was in. */
static const struct diagram_row *
hop_before(const struct drawing *g, const struct fact *f)
{
	for (size_t i = g->diagram->row_count; i-- > 0;) {
		const struct diagram_row *row = &g->diagram->rows[i];
		const struct fact *e = &g->facts.facts[row->event];

		if (row->kind != DIAGRAM_QUIET &&
		    strcmp(e->fingerprint, f->fingerprint) == 0)
			return row;
	}
	return NULL;
}

/* "accepted 201", "replayed 409"; nothing where it was only passed on. */
static void
say_verdict(struct diagram_row *row, const struct fact *f, const char *before)
{
	const char *verdict = event_get_text(f->event, "verdict");
	long status = (long)event_get_number(f->event, "status");

	if (strcmp(verdict, "forwarded") == 0 || *verdict == '\0')
		return;
	drawing_say(row, "%s%s", before, verdict);
	if (status != 0)
		drawing_say(row, " %ld", status);
}

static bool
arrived_as_copy(struct drawing *g, const struct fact *f)
{
	const struct diagram_row *sent = drawing_copy_on_flow(g, f);
	const struct fact *carrier = drawing_carrier_of(g, f), *copy;

	if (sent == NULL)
		return false;
	copy = &g->facts.facts[sent->event];
	if (strcmp(event_get_text(copy->event, "kind"), "stream") == 0)
		return true;
	return strcmp(copy->fingerprint, f->fingerprint) == 0 ||
	       (carrier != NULL &&
		   strcmp(copy->fingerprint, carrier->fingerprint) == 0);
}

/* The event is the receiver's: an arrow to it, unless the copy's is there. */
static void
add_request(struct drawing *g, const struct fact *f)
{
	const struct fact *carrier = drawing_carrier_of(g, f);
	const struct diagram_row *before = hop_before(g, f);
	struct diagram_row *row;
	bool copied = facts_are_copied(&g->facts, f->fingerprint);

	if (arrived_as_copy(g, f)) {
		row = drawing_row(g, DIAGRAM_NOTE, f);
		row->copy = true;
		drawing_say(row, "%s %s", id_of(g, f), "");
		row->text[strlen(row->text) - 1] = '\0';
		say_verdict(row, f, *row->text == '\0' ? "" : ": ");
		if (strcmp(event_get_text(f->event, "verdict"), "forwarded") ==
		    0)
			drawing_say(row,
			    *row->text == '\0' ? "passed on" : ": passed on");
		return;
	}
	row = &g->diagram
		   ->rows[g->diagram->row_count > 0 ? g->diagram->row_count - 1
						    : 0];
	if (carrier == NULL || g->diagram->row_count == 0 ||
	    &g->facts.facts[row->event] != carrier) {
		row = drawing_row(g, DIAGRAM_MESSAGE, f);
		row->from = drawing_host_at(g, f, "src_ip");
		row->copy = before != NULL ? before->copy
					   : copied && drawing_any_copy_sent(g);
		row->recorded =
		    !row->copy && (before != NULL ? before->recorded : copied);
		drawing_set_frame(
		    row, drawing_frame_read(g, carrier != NULL ? carrier : f));
	} else {
		row->text[0] = '\0'; /* the record has a better name now */
		row->event = (size_t)(f - g->facts.facts);
	}
	drawing_say(row, "%s %.40s", event_get_text(f->event, "method"),
	    *id_of(g, f) == '\0' ? event_get_text(f->event, "path")
				 : id_of(g, f));
	say_verdict(row, f, " \xc2\xb7 ");
}

/* Where the client's newest connection leads. */
static const struct fact *
connection_of(const struct drawing *g, const struct fact *client)
{
	for (const struct fact *e = client; e-- > g->facts.facts;)
		if (fact_is(e, "connection") && e->pid == client->pid &&
		    strcmp(e->host, client->host) == 0)
			return e;
	return NULL;
}

static void
add_transfer(struct drawing *g, const struct fact *f)
{
	const char *outcome = event_get_text(f->event, "outcome");
	const char *problem = event_get_text(f->event, "problem");
	const struct fact *connection = connection_of(g, f);
	bool answered = event_get_number(f->event, "status") > 0;
	struct diagram_row *row =
	    drawing_row(g, answered ? DIAGRAM_ANSWER : DIAGRAM_NOTE, f);

	drawing_say(row, "%.40s: ", f->id);
	if (!answered) {
		drawing_say(row, "%s (%s)", outcome,
		    event_get_text(f->event, "reason"));
		return;
	}
	drawing_say(row, "%ld %s", (long)event_get_number(f->event, "status"),
	    *problem == '\0' ? outcome : problem);
	if (connection == NULL)
		return;
	row->from = drawing_host_at(g, connection, "dest_ip");
	/* Datagrams come in any order: the last is not always the answer. */
	if (strcmp(event_get_text(connection->event, "proto"), "UDP") != 0)
		drawing_set_frame(row,
		    frame_list_between(g->sources->frames, &connection->dest,
			&connection->src, f->at, false));
}

static void
add_key_update(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row;

	if (strcmp(event_get_text(f->event, "direction"), "sent") != 0)
		return;
	row = drawing_row(g, DIAGRAM_MESSAGE, f);
	row->to = drawing_peer_of(g, f);
	drawing_say(row, "KeyUpdate");
	drawing_set_frame(
	    row, drawing_frame_sent(g, f, drawing_sent_by_src(g, f)));
}

static void
add_balance(struct drawing *g, const struct fact *f)
{
	drawing_say(drawing_row(g, DIAGRAM_NOTE, f), "balance of %s: %s",
	    event_get_text(f->event, "account"),
	    event_get_text(f->event, "outcome"));
}

static void
add_early_data(struct drawing *g, const struct fact *f)
{
	const char *reason = event_get_text(f->event, "reason");
	struct diagram_row *row = drawing_row(g, DIAGRAM_NOTE, f);

	row->copy = drawing_copy_on_flow(g, f) != NULL;
	drawing_say(row, "early data %s", event_get_text(f->event, "outcome"));
	if (*reason != '\0')
		drawing_say(row, ": %s", reason);
}

/* What a client nobody judges did, as one line from it to the backend. */
static void
add_quiet(struct drawing *g, const struct fact *f)
{
	const struct fact *first = NULL, *last = NULL;
	const struct fact *end = &g->facts.facts[g->facts.count];
	const struct fact *connection = NULL;
	struct diagram_row *row;
	long count = 0;

	for (const struct fact *e = g->facts.facts; e < end; e++) {
		if (strcmp(e->host, f->host) != 0 || e->pid != f->pid)
			continue;
		if (connection == NULL && fact_is(e, "connection"))
			connection = e;
		if (!fact_is(e, "transfer"))
			continue;
		if (first == NULL)
			first = e;
		last = e;
		count++;
	}
	if (last != f) /* one row, where the last of them was answered */
		return;
	row = drawing_row(g, DIAGRAM_QUIET, f);
	if (connection != NULL)
		row->to = drawing_host_at(g, connection, "dest_ip");
	if (count == 1)
		drawing_say(row, "honest request %.32s: %s", f->id,
		    event_get_text(f->event, "outcome"));
	else
		drawing_say(row, "%ld honest requests, %.24s to %.24s", count,
		    first->id, f->id);
}

void
drawing_add(struct drawing *g, size_t number)
{
	static const struct {
		const char *type;
		void (*add)(struct drawing *g, const struct fact *f);
	} types[] = {
	    {"connection", add_connection},
	    {"tls_handshake", add_handshake},
	    {"tls_alert", add_alert},
	    {"tls_record", drawing_add_record},
	    {"dtls_record", drawing_add_datagram},
	    {"tls_key_update", add_key_update},
	    {"early_data", add_early_data},
	    {"request", add_request},
	    {"transfer", add_transfer},
	    {"balance", add_balance},
	};
	const struct fact *f = &g->facts.facts[number];

	if (f->quiet) {
		if (fact_is(f, "transfer"))
			add_quiet(g, f);
		return;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (fact_is(f, types[i].type))
			types[i].add(g, f);
	drawing_add_attack(g, f);
}
