/* SPDX-License-Identifier: MIT */
/* From events and ledger rows to what happened. */
#include "observation.h"

#include <stdio.h>
#include <string.h>

static bool
text_is(const cJSON *event, const char *name, const char *value)
{
	return strcmp(event_get_text(event, name), value) == 0;
}

/* Has a request with this fingerprint reached that kind of server before? */
static bool
seen_before(const struct evidence *e, size_t sent, const cJSON *request)
{
	const char *fingerprint = event_get_text(request, "fingerprint");

	for (size_t i = 0; i < sent; i++)
		if (event_is(e->events[i], "request") &&
		    text_is(e->events[i], "fingerprint", fingerprint))
			return true;
	return false;
}

/*
 * Is this request the copy?  Its bytes were sent by the attacker, or were
 * served once before the attacker sent anything.
 */
static bool
is_copied_request(const struct evidence *e, size_t sent, const cJSON *request)
{
	const char *fingerprint = event_get_text(request, "fingerprint");

	return *fingerprint != '\0' &&
	       (text_is(e->events[sent], "fingerprint", fingerprint) ||
		   seen_before(e, sent, request));
}

static bool
handshake_was_complete(
    const struct evidence *e, size_t before, const cJSON *flow)
{
	for (size_t i = 0; i < before; i++)
		if (event_is(e->events[i], "tls_handshake") &&
		    text_is(e->events[i], "outcome", "completed") &&
		    event_same_flow(e->events[i], flow))
			return true;
	return false;
}

static void
request_fate(struct copy_fate *fate, const cJSON *request)
{
	bool at_backend = text_is(request, "role", "backend");

	if (at_backend)
		fate->delivered = PLACE_BACKEND;
	else if (fate->delivered < PLACE_GATEWAY &&
		 text_is(request, "role", "gateway"))
		fate->delivered = PLACE_GATEWAY;
	if (text_is(request, "verdict", "forwarded"))
		return;
	fate->host = event_get_text(request, "host");
	fate->detail = event_get_text(request, "verdict");
	if (!at_backend)
		fate->stopped_by = LAYER_GATEWAY;
	else if (text_is(request, "verdict", "accepted"))
		fate->stopped_by = LAYER_NOBODY;
	else {
		fate->stopped_by = LAYER_BACKEND;
		fate->check = event_get_text(request, "check");
	}
}

static void
alert_fate(struct copy_fate *fate, const struct evidence *e, const cJSON *alert)
{
	const cJSON *sent = e->events[fate->event];
	bool established = handshake_was_complete(e, fate->event, sent);

	/* OpenSSL's word for a peer that left without close_notify: that is
	 * no refusal of what it sent. */
	if (text_is(alert, "description", "decode_error"))
		return;
	/* An established connection is torn down by whatever it read last:
	 * the copy only if the gateway is known to have read it. */
	if (established && fate->delivered != PLACE_TLS)
		return;
	fate->stopped_by = established ? LAYER_TLS_RECORD : LAYER_TLS_HANDSHAKE;
	fate->delivered = PLACE_TLS;
	fate->host = event_get_text(alert, "host");
	fate->detail = event_get_text(alert, "description");
}

/* Did the host at an end of the copy's flow drop it? */
static bool
is_end(const cJSON *sent, const cJSON *drop)
{
	const char *ip = event_get_text(drop, "ip");

	return text_is(sent, "src_ip", ip) || text_is(sent, "dest_ip", ip);
}

/*
 * A server's words played to a client: he took them for fresh if his handshake
 * came through on that connection and he then believed the answer.
 */
static void
client_fate(
    struct copy_fate *fate, const struct evidence *e, const cJSON *event)
{
	const cJSON *sent = e->events[fate->event];

	if (event_is(event, "tls_handshake") && event_same_flow(event, sent) &&
	    text_is(event, "outcome", "completed"))
		fate->delivered = PLACE_TLS;
	else if (event_is(event, "transfer") &&
		 text_is(event, "outcome", "accepted") &&
		 fate->delivered == PLACE_TLS &&
		 fate->stopped_by == LAYER_UNKNOWN) {
		fate->stopped_by = LAYER_NOBODY;
		fate->host = event_get_text(event, "host");
		fate->detail = "believed";
	}
}

static void
weigh(struct copy_fate *fate, const struct evidence *e, const cJSON *event)
{
	const cJSON *sent = e->events[fate->event];

	if (event_is(event, "request") &&
	    is_copied_request(e, fate->event, event)) {
		if (fate->stopped_by != LAYER_NOBODY)
			request_fate(fate, event);
	} else if (event_is(event, "tls_record") &&
		   event_same_flow(event, sent) &&
		   text_is(event, "direction", "received") &&
		   text_is(event, "fingerprint",
		       event_get_text(sent, "fingerprint"))) {
		if (fate->delivered < PLACE_TLS)
			fate->delivered = PLACE_TLS;
	} else if (event_is(event, "tls_alert") &&
		   event_same_flow(event, sent) &&
		   text_is(event, "direction", "sent") &&
		   text_is(event, "level", "fatal") &&
		   fate->stopped_by <= LAYER_TCP) {
		alert_fate(fate, e, event);
	} else if (text_is(sent, "side", "server")) {
		client_fate(fate, e, event);
	} else if (event_is(event, "tcp_drop") && is_end(sent, event) &&
		   fate->stopped_by == LAYER_UNKNOWN &&
		   fate->delivered <= PLACE_TCP) {
		fate->stopped_by = LAYER_TCP;
		fate->delivered = PLACE_TCP;
		fate->host = event_get_text(event, "on");
		fate->detail = event_get_text(event, "counter");
	}
}

struct copy_fate
observe_copy(const struct evidence *e, size_t sent)
{
	struct copy_fate fate = {
	    .event = sent, .check = "", .host = "", .detail = ""};

	for (size_t i = sent + 1; i < e->count; i++)
		weigh(&fate, e, e->events[i]);
	return fate;
}

static const char *
place_name(enum place place)
{
	switch (place) {
	case PLACE_NOWHERE:
		return "nowhere";
	case PLACE_TCP:
		return "tcp";
	case PLACE_TLS:
		return "tls";
	case PLACE_GATEWAY:
		return "gateway";
	case PLACE_BACKEND:
		return "backend";
	}
	return "nowhere";
}

static void
name_layer(const struct copy_fate *fate, char *into, size_t size)
{
	const char *name = "unknown";

	switch (fate->stopped_by) {
	case LAYER_UNKNOWN:
		break;
	case LAYER_TCP:
		name = "tcp";
		break;
	case LAYER_TLS_RECORD:
		name = "tls-record";
		break;
	case LAYER_TLS_HANDSHAKE:
		name = "tls-handshake";
		break;
	case LAYER_TLS_EARLY_DATA:
		name = "tls-early-data";
		break;
	case LAYER_GATEWAY:
		name = "gateway";
		break;
	case LAYER_BACKEND:
		snprintf(into, size, "backend:%s", fate->check);
		return;
	case LAYER_NOBODY:
		name = "nobody";
		break;
	}
	snprintf(into, size, "%s", name);
}

/* What an honest client was told, against what the ledger says. */
static const char *
price_of(const cJSON *transfer, const struct executions *x)
{
	const char *id = event_get_text(transfer, "id");

	if (text_is(transfer, "outcome", "connection-lost"))
		return "connection-lost";
	if (text_is(transfer, "outcome", "refused"))
		return "honest-refused";
	return executions_of(x, id) == 0 ? "request-swallowed" : NULL;
}

/* How often a transfer took effect, once for each id. */
static void
observe_id(struct observation *o, const char *id, const struct executions *x)
{
	for (size_t i = 0; i < o->executed_count; i++)
		if (strcmp(o->executed[i].id, id) == 0)
			return;
	if (o->executed_count == OBSERVATION_IDS_MAX)
		return;
	o->executed[o->executed_count].id = id;
	o->executed[o->executed_count].times = executions_of(x, id);
	o->executed_count++;
}

static void
observe_transfer(
    struct observation *o, const cJSON *transfer, const struct executions *x)
{
	const char *id = event_get_text(transfer, "id");
	const char *what = price_of(transfer, x);

	observe_id(o, id, x);
	if (what != NULL && o->price_count < OBSERVATION_PRICES_MAX)
		o->prices[o->price_count++] = (struct price){what, id};
}

/* The copies together: one that took effect outweighs all that did not. */
static void
sum_up(struct observation *o)
{
	const struct copy_fate *worst = &o->copies[0];

	if (o->copy_count == 0) {
		snprintf(o->stopped_by, sizeof(o->stopped_by), "no-copy-sent");
		o->delivered = "nowhere";
		return;
	}
	for (size_t i = 1; i < o->copy_count; i++)
		if (o->copies[i].stopped_by == LAYER_NOBODY ||
		    o->copies[i].stopped_by == LAYER_UNKNOWN)
			worst = &o->copies[i];
	name_layer(worst, o->stopped_by, sizeof(o->stopped_by));
	o->delivered = place_name(worst->delivered);
}

void
observe(
    const struct evidence *e, const struct executions *x, struct observation *o)
{
	*o = (struct observation){0};
	for (size_t i = 0; i < e->count; i++) {
		if (event_is(e->events[i], "copy_sent") &&
		    o->copy_count < OBSERVATION_COPIES_MAX)
			o->copies[o->copy_count++] = observe_copy(e, i);
		else if (event_is(e->events[i], "transfer"))
			observe_transfer(o, e->events[i], x);
	}
	/* What nobody honest asked for took effect as well. */
	for (size_t i = 0; i < x->count; i++)
		observe_id(o, x->rows[i].id, x);
	sum_up(o);
}

/* "backend" stands for any check of a backend. */
static bool
is_layer(const char *stopped_by, const char *expected)
{
	if (strcmp(expected, "backend") == 0)
		return strncmp(stopped_by, "backend:", 8) == 0;
	return strcmp(stopped_by, expected) == 0;
}

static bool
has_price(const struct observation *o, const struct expectation *expected)
{
	for (size_t i = 0; i < o->price_count; i++)
		if (strcmp(o->prices[i].what, expected->word) == 0 &&
		    strcmp(o->prices[i].id, expected->id) == 0)
			return true;
	return false;
}

bool
observation_meets(
    const struct observation *o, const struct expectation *expected)
{
	switch (expected->kind) {
	case EXPECT_STOPPED_BY:
		return is_layer(o->stopped_by, expected->word);
	case EXPECT_DELIVERED:
		return strcmp(o->delivered, expected->word) == 0;
	case EXPECT_EXECUTED:
		for (size_t i = 0; i < o->executed_count; i++)
			if (strcmp(o->executed[i].id, expected->id) == 0)
				return o->executed[i].times == expected->times;
		return false;
	case EXPECT_COLLATERAL:
		return has_price(o, expected);
	}
	return false;
}

void
observation_sentence(const struct observation *o, struct buffer *out)
{
	const struct copy_fate *f;

	if (o->copy_count == 0) {
		buffer_add_text(out, "No copy was sent.");
		return;
	}
	f = &o->copies[o->copy_count - 1];
	switch (f->stopped_by) {
	case LAYER_UNKNOWN:
		buffer_add_text(out,
		    "The copy was sent and no layer said what became of it.");
		return;
	case LAYER_TCP:
		buffer_printf(out,
		    "%s's TCP had those bytes already and dropped the copy "
		    "(%s).",
		    f->host, f->detail);
		return;
	case LAYER_TLS_RECORD:
		buffer_printf(out,
		    "The copy reached TLS on %s and was refused there (%s): "
		    "its MAC was made for another sequence number.",
		    f->host, f->detail);
		return;
	case LAYER_TLS_HANDSHAKE:
		buffer_printf(out,
		    "%s refused the replayed handshake (%s): its own random "
		    "was a new one.",
		    f->host, f->detail);
		return;
	case LAYER_TLS_EARLY_DATA:
		buffer_printf(
		    out, "%s did not take the early data again.", f->host);
		return;
	case LAYER_GATEWAY:
		buffer_printf(
		    out, "%s refused the copy (%s).", f->host, f->detail);
		return;
	case LAYER_BACKEND:
		buffer_printf(
		    out, "%s refused the copy: %s.", f->host, f->detail);
		return;
	case LAYER_NOBODY:
		buffer_printf(out, "Nobody stopped the copy: %s %s it.",
		    f->host,
		    strcmp(f->detail, "believed") == 0 ? "believed"
						       : "executed");
		return;
	}
}
