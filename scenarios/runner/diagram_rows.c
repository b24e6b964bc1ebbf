/* SPDX-License-Identifier: MIT */
/*
 * Event by event, the rows of a diagram.  Whether a message is recorded or a
 * copy is told by its fingerprint and by the connection a copy was sent on.
 */
#include "diagram_rows.h"

#include "lab_clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct manifest_host *
host_named(const struct drawing *g, const char *name)
{
	return manifest_host(g->sources->manifest, name);
}

static const struct manifest_host *
host_at(const struct drawing *g, const struct fact *f, const char *end)
{
	return manifest_host_at(
	    g->sources->manifest, event_get_text(f->event, end));
}

/* Who is at the other end of the fact's connection. */
static const struct manifest_host *
peer_of(const struct drawing *g, const struct fact *f)
{
	const struct manifest_host *src = host_at(g, f, "src_ip");

	return src == host_named(g, f->host) ? host_at(g, f, "dest_ip") : src;
}

static bool
sent_by_src(const struct drawing *g, const struct fact *f)
{
	return host_at(g, f, "src_ip") == host_named(g, f->host);
}

static struct diagram_row *
add(struct drawing *g, enum diagram_kind kind, const struct fact *f)
{
	struct diagram *d = g->diagram;
	struct diagram_row *row = &g->spare;

	if (d->row_count < DIAGRAM_ROWS_MAX)
		row = &d->rows[d->row_count++];
	else
		d->left_out++;
	*row = (struct diagram_row){.kind = kind,
	    .event = (size_t)(f - g->facts.facts),
	    .at = f->at,
	    .from = host_named(g, f->host),
	    .to = host_named(g, f->host),
	    .src = f->src,
	    .dest = f->dest};
	return row;
}

static void __attribute__((format(printf, 2, 3)))
say(struct diagram_row *row, const char *format, ...)
{
	size_t length = strlen(row->text);
	va_list args;

	va_start(args, format);
	vsnprintf(&row->text[length], sizeof(row->text) - length, format, args);
	va_end(args);
}

static void
set_frame(struct diagram_row *row, const struct frame_seen *frame)
{
	if (frame != NULL)
		row->frame = frame->number;
}

/* A message that was read when the event was written: by its bytes, else by
 * its connection. */
static const struct frame_seen *
frame_read(const struct drawing *g, const struct fact *f)
{
	const struct frame_list *l = g->sources->frames;
	const struct frame_seen *frame = NULL;

	if (*f->fingerprint != '\0')
		frame = frame_list_carrying(l, f->fingerprint, f->at, false);
	return frame != NULL
		   ? frame
		   : frame_list_between(l, &f->src, &f->dest, f->at, false);
}

/* A message that leaves after its event. */
static const struct frame_seen *
frame_sent(const struct drawing *g, const struct fact *f, bool by_src)
{
	return frame_list_between(g->sources->frames,
	    by_src ? &f->src : &f->dest, by_src ? &f->dest : &f->src, f->at,
	    true);
}

static struct diagram_row *
last_on_flow(struct drawing *g, enum diagram_kind kind, const struct fact *f)
{
	for (size_t i = g->diagram->row_count; i-- > 0;) {
		struct diagram_row *row = &g->diagram->rows[i];

		if (row->kind == kind && f->src.family != 0 &&
		    endpoint_equal(&row->src, &f->src) &&
		    endpoint_equal(&row->dest, &f->dest))
			return row;
	}
	return NULL;
}

/* The copy that was sent on the fact's connection, or NULL. */
static struct diagram_row *
copy_on_flow(struct drawing *g, const struct fact *f)
{
	for (size_t i = g->diagram->row_count; i-- > 0;) {
		struct diagram_row *row = &g->diagram->rows[i];
		const struct fact *sent = &g->facts.facts[row->event];

		if (fact_is(sent, "copy_sent") && fact_same_flow(sent, f))
			return row;
	}
	return NULL;
}

static bool
any_copy_sent(const struct drawing *g)
{
	for (size_t i = 0; i < g->diagram->row_count; i++)
		if (g->diagram->rows[i].copy)
			return true;
	return false;
}

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
	const struct manifest_host *opener = host_at(g, f, "src_ip");
	struct diagram_row *row;

	if (strcmp(action, "closed") == 0) {
		if (strcmp(reason, "reset") == 0 ||
		    strcmp(reason, "truncated") == 0 ||
		    strcmp(reason, "timeout") == 0)
			say(add(g, DIAGRAM_NOTE, f), "connection closed: %s",
			    reason);
		return;
	}
	if (opener == NULL || copy_on_flow(g, f) != NULL ||
	    last_on_flow(g, DIAGRAM_CONNECT, f) != NULL ||
	    (strncmp(opener->name, "client", 6) != 0 &&
		strcmp(opener->name, "attacker") != 0))
		return;
	row = add(g, DIAGRAM_CONNECT, f);
	row->from = opener;
	row->to = host_at(g, f, "dest_ip");
	say(row, "TCP");
	collect_shake(g, row, f->at);
}

static void
add_handshake(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = last_on_flow(g, DIAGRAM_CONNECT, f);
	bool failed =
	    strcmp(event_get_text(f->event, "outcome"), "completed") != 0;

	if (failed) {
		if (last_on_flow(g, DIAGRAM_MESSAGE, f) == NULL)
			say(add(g, DIAGRAM_NOTE, f), "handshake failed: %s",
			    event_get_text(f->event, "reason"));
		return;
	}
	if (copy_on_flow(g, f) != NULL) {
		row = add(g, DIAGRAM_NOTE, f);
		row->copy = true;
		say(row, "handshake completed");
	} else if (row != NULL && strcmp(row->text, "TCP") == 0) {
		say(row, " + %s handshake",
		    event_get_text(f->event, "version"));
		if (cJSON_IsTrue(
			cJSON_GetObjectItemCaseSensitive(f->event, "resumed")))
			say(row, " (resumed)");
		collect_shake(g, row, f->at);
	}
}

static void
add_alert(struct drawing *g, const struct fact *f)
{
	const char *description = event_get_text(f->event, "description");
	bool sent = strcmp(event_get_text(f->event, "direction"), "sent") == 0;
	const struct diagram_row *last = last_on_flow(g, DIAGRAM_MESSAGE, f);
	struct diagram_row *row;

	if (strcmp(description, "close_notify") == 0)
		return;
	if (!sent && last != NULL && strstr(last->text, description) != NULL)
		return; /* its sender said so already */
	row = add(g, DIAGRAM_MESSAGE, f);
	if (sent)
		row->to = peer_of(g, f);
	else
		row->from = peer_of(g, f);
	say(row, "alert %s", description);
	set_frame(
	    row, frame_list_nearest(g->sources->frames,
		     sent_by_src(g, f) == sent ? &f->src : &f->dest,
		     sent_by_src(g, f) == sent ? &f->dest : &f->src, f->at));
}

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
static void
add_record(struct drawing *g, const struct fact *f)
{
	const struct diagram_row *copy = copy_on_flow(g, f);
	struct diagram_row *row;

	if (!facts_are_copied(&g->facts, f->fingerprint) ||
	    begins_stream(g, f) ||
	    (copy != NULL && strcmp(g->facts.facts[copy->event].fingerprint,
				 f->fingerprint) == 0))
		return;
	row = add(g, DIAGRAM_MESSAGE, f);
	row->from = peer_of(g, f);
	row->recorded = !any_copy_sent(g);
	row->copy = !row->recorded;
	say(row, "record %ld", (long)event_get_number(f->event, "number"));
	set_frame(row, frame_read(g, f));
}

/* The record that carried the request: the receiver's last one before it. */
static const struct fact *
carrier_of(const struct drawing *g, const struct fact *f)
{
	for (const struct fact *e = f; e-- > g->facts.facts;)
		if (fact_is(e, "tls_record") && fact_same_flow(e, f))
			return e;
	return NULL;
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
	say(row, "%s%s", before, verdict);
	if (status != 0)
		say(row, " %ld", status);
}

static bool
arrived_as_copy(struct drawing *g, const struct fact *f)
{
	const struct diagram_row *sent = copy_on_flow(g, f);
	const struct fact *carrier = carrier_of(g, f), *copy;

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
	const struct fact *carrier = carrier_of(g, f);
	const struct diagram_row *before = hop_before(g, f);
	struct diagram_row *row;
	bool copied = facts_are_copied(&g->facts, f->fingerprint);

	if (arrived_as_copy(g, f)) {
		row = add(g, DIAGRAM_NOTE, f);
		row->copy = true;
		say(row, "%s %s", id_of(g, f), "");
		row->text[strlen(row->text) - 1] = '\0';
		say_verdict(row, f, *row->text == '\0' ? "" : ": ");
		if (strcmp(event_get_text(f->event, "verdict"), "forwarded") ==
		    0)
			say(row,
			    *row->text == '\0' ? "passed on" : ": passed on");
		return;
	}
	row = &g->diagram
		   ->rows[g->diagram->row_count > 0 ? g->diagram->row_count - 1
						    : 0];
	if (carrier == NULL || g->diagram->row_count == 0 ||
	    &g->facts.facts[row->event] != carrier) {
		row = add(g, DIAGRAM_MESSAGE, f);
		row->from = host_at(g, f, "src_ip");
		row->copy =
		    before != NULL ? before->copy : copied && any_copy_sent(g);
		row->recorded =
		    !row->copy && (before != NULL ? before->recorded : copied);
		set_frame(row, frame_read(g, f));
	} else {
		row->text[0] = '\0'; /* the record has a better name now */
		row->event = (size_t)(f - g->facts.facts);
	}
	say(row, "%s %.40s", event_get_text(f->event, "method"),
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
	bool answered = strcmp(outcome, "connection-lost") != 0;
	struct diagram_row *row =
	    add(g, answered ? DIAGRAM_ANSWER : DIAGRAM_NOTE, f);

	say(row, "%.40s: ", f->id);
	if (!answered) {
		say(row, "%s (%s)", outcome,
		    event_get_text(f->event, "reason"));
		return;
	}
	say(row, "%ld %s", (long)event_get_number(f->event, "status"),
	    *problem == '\0' ? outcome : problem);
	if (connection == NULL)
		return;
	row->from = host_at(g, connection, "dest_ip");
	set_frame(row, frame_list_between(g->sources->frames, &connection->dest,
			   &connection->src, f->at, false));
}

/* A stream is a whole recorded connection: mark the line that stands for it. */
static void
mark_recorded(struct drawing *g, const char *original, int64_t before)
{
	const struct frame_seen *frame =
	    frame_list_carrying(g->sources->frames, original, before, false);

	for (size_t i = 0; frame != NULL && i < g->diagram->row_count; i++) {
		struct diagram_row *row = &g->diagram->rows[i];

		if (row->kind == DIAGRAM_CONNECT &&
		    ((endpoint_equal(&row->src, &frame->src) &&
			 endpoint_equal(&row->dest, &frame->dest)) ||
			(endpoint_equal(&row->src, &frame->dest) &&
			    endpoint_equal(&row->dest, &frame->src))))
			row->recorded = true;
	}
}

static void
add_copy(struct drawing *g, const struct fact *f)
{
	bool to_client =
	    strcmp(event_get_text(f->event, "side"), "server") == 0;
	const char *kind = event_get_text(f->event, "kind");
	const char *original = event_get_text(f->event, "original");
	struct diagram_row *row = add(g, DIAGRAM_MESSAGE, f);
	const struct frame_seen *frame = frame_list_carrying(
	    g->sources->frames, f->fingerprint, f->at, true);

	row->copy = true;
	row->to = host_at(g, f, to_client ? "src_ip" : "dest_ip");
	say(row, "%s of a %s", *original == '\0' ? "copy" : "changed copy",
	    strcmp(kind, "stream") == 0 ? "whole connection" : kind);
	if (*f->id != '\0')
		say(row, ", %.40s", f->id);
	set_frame(row, frame != NULL ? frame : frame_sent(g, f, !to_client));
	if (strcmp(kind, "stream") == 0)
		mark_recorded(
		    g, *original == '\0' ? f->fingerprint : original, f->at);
}

static void
add_withheld(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = add(g, DIAGRAM_NOTE, f);

	row->recorded = true;
	say(row, "%s: keeps back %s %ld of the %s",
	    event_get_text(f->event, "rule"), event_get_text(f->event, "kind"),
	    (long)event_get_number(f->event, "number"),
	    event_get_text(f->event, "side"));
}

static void
add_replayed(struct drawing *g, const struct fact *f)
{
	const char *outcome = event_get_text(f->event, "outcome");
	struct diagram_row *row;

	if (strcmp(outcome, "answered") == 0) {
		row = add(g, DIAGRAM_ANSWER, f);
		row->from = peer_of(g, f);
		say(row, "%ld", (long)event_get_number(f->event, "status"));
		set_frame(row, frame_list_between(g->sources->frames, &f->dest,
				   &f->src, f->at, false));
	} else if (strcmp(outcome, "timeout") == 0)
		say(add(g, DIAGRAM_NOTE, f), "no answer");
}

static void
add_clock(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = add(g, DIAGRAM_CLOCK, f);

	say(row, "the clock of %s is %+ld s ahead",
	    event_get_text(f->event, "on"),
	    (long)(event_get_number(f->event, "ahead_ns") / NANOSECONDS));
}

static void
add_drop(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = add(g, DIAGRAM_NOTE, f);

	row->from = row->to = host_named(g, event_get_text(f->event, "on"));
	row->copy = true;
	say(row, "TCP drops it: %s", event_get_text(f->event, "counter"));
}

static void
add_recorded(struct drawing *g, const struct fact *f)
{
	say(add(g, DIAGRAM_NOTE, f), "has recorded %ld frames",
	    (long)event_get_number(f->event, "frames"));
}

static void
add_position(struct drawing *g, const struct fact *f)
{
	say(add(g, DIAGRAM_NOTE, f), "is in the path: %s",
	    event_get_text(f->event, "between"));
}

static void
add_intercepted(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row = add(g, DIAGRAM_MESSAGE, f);

	row->from = host_at(g, f, "src_ip");
	row->recorded = true;
	say(row, "%s, read by the attacker", *f->id == '\0' ? "it" : f->id);
	set_frame(row, frame_read(g, f));
}

static void
add_key_update(struct drawing *g, const struct fact *f)
{
	struct diagram_row *row;

	if (strcmp(event_get_text(f->event, "direction"), "sent") != 0)
		return;
	row = add(g, DIAGRAM_MESSAGE, f);
	row->to = peer_of(g, f);
	say(row, "KeyUpdate");
	set_frame(row, frame_sent(g, f, sent_by_src(g, f)));
}

static void
add_balance(struct drawing *g, const struct fact *f)
{
	say(add(g, DIAGRAM_NOTE, f), "balance of %s: %s",
	    event_get_text(f->event, "account"),
	    event_get_text(f->event, "outcome"));
}

static void
add_early_data(struct drawing *g, const struct fact *f)
{
	const char *reason = event_get_text(f->event, "reason");
	struct diagram_row *row = add(g, DIAGRAM_NOTE, f);

	row->copy = copy_on_flow(g, f) != NULL;
	say(row, "early data %s", event_get_text(f->event, "outcome"));
	if (*reason != '\0')
		say(row, ": %s", reason);
}

/* A stock program has its log for events. */
static void
add_said(struct drawing *g, const struct fact *f)
{
	say(add(g, DIAGRAM_NOTE, f), "says: %s",
	    event_get_text(f->event, "words"));
}

static void
add_store(struct drawing *g, const struct fact *f)
{
	say(add(g, DIAGRAM_NOTE, f), "%s", event_get_text(f->event, "action"));
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
	row = add(g, DIAGRAM_QUIET, f);
	if (connection != NULL)
		row->to = host_at(g, connection, "dest_ip");
	if (count == 1)
		say(row, "honest request %.32s: %s", f->id,
		    event_get_text(f->event, "outcome"));
	else
		say(row, "%ld honest requests, %.24s to %.24s", count,
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
	    {"tls_record", add_record},
	    {"tls_key_update", add_key_update},
	    {"early_data", add_early_data},
	    {"request", add_request},
	    {"transfer", add_transfer},
	    {"balance", add_balance},
	    {"recorded", add_recorded},
	    {"copy_sent", add_copy},
	    {"position", add_position},
	    {"intercepted", add_intercepted},
	    {"withheld", add_withheld},
	    {"replayed", add_replayed},
	    {"clock", add_clock},
	    {"said", add_said},
	    {"store", add_store},
	    {"tcp_drop", add_drop},
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
}
