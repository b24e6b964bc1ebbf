/* SPDX-License-Identifier: MIT */
/* Following a copy: as a request from hop to hop, and else event by event. */
#include "copy_fate.h"

#include "datagram_fate.h"
#include "request_fate.h"
#include "stock_fate.h"

#include <string.h>

/* Did the host speak that was to read the copy, and not the other end? */
static bool
by_receiver(const cJSON *sent, const cJSON *event)
{
	return event_text_is(event, "host", stock_fate_receiver(sent));
}

static bool
handshake_was_complete(
    const struct evidence *e, size_t before, const cJSON *flow)
{
	for (size_t i = 0; i < before; i++)
		if (event_is(e->events[i], "tls_handshake") &&
		    event_text_is(e->events[i], "outcome", "completed") &&
		    event_same_flow(e->events[i], flow))
			return true;
	return false;
}

bool
copy_fate_does_not_fit(const cJSON *alert, bool to_client)
{
	static const char *const client_s[] = {
	    "illegal_parameter", "bad_certificate", "unknown_ca"};

	for (size_t i = 0; to_client && i < 3; i++)
		if (event_text_is(alert, "description", client_s[i]))
			return true;
	return event_text_is(alert, "description", "bad_record_mac") ||
	       event_text_is(alert, "description", "decrypt_error");
}

/* Is it the event of the copy's receiver that read a record, on that flow? */
static bool
is_record_read(const cJSON *sent, const cJSON *event)
{
	return event_is(event, "tls_record") && event_same_flow(event, sent) &&
	       by_receiver(sent, event) &&
	       event_text_is(event, "direction", "received");
}

/* Was this record put into that connection by the attacker before then? */
static bool
is_injected(const struct evidence *e, size_t before, const cJSON *record)
{
	for (size_t i = 0; i < before; i++)
		if (event_is(e->events[i], "copy_sent") &&
		    event_same_flow(e->events[i], record) &&
		    event_same_text(e->events[i], record, "fingerprint"))
			return true;
	return false;
}

/*
 * An established connection is torn down by whatever was read last: for the
 * copy only if that was the copy.  What was withheld cannot be read; it is
 * missed where the next record of its sender is read, and not where the
 * attacker put in another.
 */
static bool
is_because_of(
    const struct copy_fate *fate, const struct evidence *e, size_t now)
{
	const cJSON *sent = e->events[fate->event];
	size_t i = now;

	while (i > fate->event && !is_record_read(sent, e->events[i]))
		i--;
	if (fate->missing)
		return i == fate->event || !is_injected(e, i, e->events[i]);
	return i > fate->event &&
	       event_same_text(sent, e->events[i], "fingerprint");
}

static void
alert_fate(struct copy_fate *fate, const struct evidence *e, size_t now)
{
	const cJSON *sent = e->events[fate->event], *alert = e->events[now];
	bool established = handshake_was_complete(e, fate->event, sent);

	if (!copy_fate_does_not_fit(
		alert, event_text_is(sent, "side", "server")))
		return;
	if (established && !is_because_of(fate, e, now))
		return;
	fate->stopped_by = established ? LAYER_TLS_RECORD : LAYER_TLS_HANDSHAKE;
	fate->delivered = PLACE_TLS;
	fate->host = event_get_text(alert, "host");
	fate->detail = event_get_text(alert, "description");
}

/* A stock program has no event for what it read, but says what it refuses. */
static bool
stock_refuses(struct copy_fate *fate, const struct evidence *e, size_t now)
{
	const cJSON *sent = e->events[fate->event];
	const char *words = stock_fate_refusal(e, fate->event, now);

	if (words == NULL || fate->stopped_by > LAYER_TCP)
		return false;
	fate->stopped_by = handshake_was_complete(e, fate->event, sent)
			       ? LAYER_TLS_RECORD
			       : LAYER_TLS_HANDSHAKE;
	fate->delivered = PLACE_TLS;
	fate->host = stock_fate_receiver(sent);
	fate->detail = words;
	return true;
}

/* Did the TCP that was to read the copy drop something? */
static bool
is_drop(const cJSON *sent, const cJSON *event)
{
	return event_is(event, "tcp_drop") &&
	       event_text_is(event, "on", stock_fate_receiver(sent));
}

/* Is it the first that the copy's receiver says of a transfer since then? */
static bool
is_next_transfer(const struct evidence *e, size_t sent, size_t now)
{
	for (size_t i = sent + 1; i <= now; i++)
		if (event_is(e->events[i], "transfer") &&
		    by_receiver(e->events[sent], e->events[i]))
			return i == now;
	return false;
}

/*
 * A server's words played to a client: he took them for fresh if his handshake
 * came through on that connection and he then believed the answer.  What he is
 * told later, on another connection, is another's answer.
 */
static void
client_fate(struct copy_fate *fate, const struct evidence *e, size_t now)
{
	const cJSON *sent = e->events[fate->event], *event = e->events[now];

	if (event_is(event, "tls_handshake") && event_same_flow(event, sent) &&
	    event_text_is(event, "outcome", "completed"))
		fate->delivered = PLACE_TLS;
	else if (event_text_is(event, "outcome", "accepted") &&
		 is_next_transfer(e, fate->event, now) &&
		 fate->delivered == PLACE_TLS &&
		 fate->stopped_by == LAYER_UNKNOWN) {
		fate->stopped_by = LAYER_NOBODY;
		fate->host = event_get_text(event, "host");
		fate->detail = "believed";
	}
}

/* The reader of a stream that was cut had no close_notify, and says so. */
static bool
is_truncation(const cJSON *sent, const cJSON *event)
{
	return event_text_is(sent, "rule", "cut") &&
	       event_is(event, "connection") &&
	       event_text_is(event, "action", "closed") &&
	       event_text_is(event, "reason", "truncated") &&
	       event_same_flow(event, sent) && by_receiver(sent, event);
}

/*
 * TLS did not take the early data of a first flight that came again.  Where it
 * took them nobody has stopped anything yet: the request is followed.
 */
static void
early_data_fate(struct copy_fate *fate, const cJSON *sent, const cJSON *event)
{
	if (!event_text_is(sent, "kind", "stream"))
		return;
	fate->delivered = PLACE_TLS;
	if (!event_text_is(event, "outcome", "rejected"))
		return;
	fate->stopped_by = LAYER_TLS_EARLY_DATA;
	fate->host = event_get_text(event, "host");
	fate->detail = event_get_text(event, "reason");
}

/* What the layers below HTTP say. */
static void
weigh(struct copy_fate *fate, const struct evidence *e, size_t now)
{
	const cJSON *sent = e->events[fate->event], *event = e->events[now];

	if (stock_refuses(fate, e, now))
		return;
	if (is_record_read(sent, event) &&
	    event_same_text(sent, event, "fingerprint")) {
		if (fate->delivered < PLACE_TLS)
			fate->delivered = PLACE_TLS;
	} else if (event_is(event, "tls_alert") &&
		   event_same_flow(event, sent) && by_receiver(sent, event) &&
		   event_text_is(event, "direction", "sent") &&
		   event_text_is(event, "level", "fatal") &&
		   fate->stopped_by <= LAYER_TCP) {
		alert_fate(fate, e, now);
	} else if (is_truncation(sent, event)) {
		fate->stopped_by = handshake_was_complete(e, fate->event, sent)
				       ? LAYER_TLS_RECORD
				       : LAYER_TLS_HANDSHAKE;
		fate->delivered = PLACE_TLS;
		fate->host = event_get_text(event, "host");
		fate->detail = "truncated";
	} else if (event_is(event, "early_data") &&
		   event_same_flow(event, sent) && by_receiver(sent, event) &&
		   !event_text_is(sent, "side", "server") &&
		   fate->stopped_by <= LAYER_TCP) {
		early_data_fate(fate, sent, event);
	} else if (event_text_is(sent, "side", "server")) {
		client_fate(fate, e, now);
	} else if (is_drop(sent, event) && fate->stopped_by == LAYER_UNKNOWN &&
		   fate->delivered <= PLACE_TCP) {
		fate->stopped_by = LAYER_TCP;
		fate->delivered = PLACE_TCP;
		fate->host = event_get_text(event, "on");
		fate->detail = event_get_text(event, "counter");
	}
}

bool
copy_fate_has(const cJSON *event)
{
	return event_is(event, "copy_sent") ||
	       (event_is(event, "withheld") &&
		   (event_text_is(event, "rule", "drop") ||
		       event_text_is(event, "rule", "cut")));
}

/* From the top layer down: what a backend said outweighs what TLS said. */
struct copy_fate
copy_fate(const struct evidence *e, size_t sent)
{
	struct copy_fate fate = {.event = sent,
	    .check = "",
	    .host = "",
	    .detail = "",
	    .missing = event_is(e->events[sent], "withheld")};

	if (event_text_is(e->events[sent], "proto", "UDP")) {
		request_fate_follow(&fate, e, datagram_fate(&fate, e));
		return fate;
	}
	request_fate_follow(&fate, e, request_fate_begin(e, &fate));
	if (fate.stopped_by != LAYER_UNKNOWN)
		return fate;
	for (size_t i = sent + 1; i < e->count; i++)
		weigh(&fate, e, i);
	return fate;
}
