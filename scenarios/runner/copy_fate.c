/* SPDX-License-Identifier: MIT */
/* Following a copy, event by event and hop by hop. */
#include "copy_fate.h"

#include "datagram_fate.h"
#include "network.h"
#include "stock_fate.h"

#include <string.h>

static bool
text_is(const cJSON *event, const char *name, const char *value)
{
	return strcmp(event_get_text(event, name), value) == 0;
}

static bool
same_text(const cJSON *a, const cJSON *b, const char *name)
{
	return *event_get_text(a, name) != '\0' &&
	       text_is(b, name, event_get_text(a, name));
}

/* Did the host speak that was to read the copy, and not the other end? */
static bool
by_receiver(const cJSON *sent, const cJSON *event)
{
	return text_is(event, "host", stock_fate_receiver(sent));
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

/* Has that server had a request with these bytes before event `now`? */
static bool
served_before(const struct evidence *e, size_t now)
{
	for (size_t i = 0; i < now; i++)
		if (event_is(e->events[i], "request") &&
		    same_text(e->events[now], e->events[i], "fingerprint") &&
		    same_text(e->events[now], e->events[i], "host"))
			return true;
	return false;
}

/* Under which fingerprint what arrived at that proxy went on. */
static const char *
went_on_as(const cJSON *event)
{
	const char *as = event_get_text(event, "as");

	return *as != '\0' ? as : event_get_text(event, "fingerprint");
}

/* Is this the event of a request that the proxy of event `from` passed on? */
static bool
comes_from(const cJSON *event, const cJSON *from)
{
	const struct manifest_host *sender = manifest_host_at(
	    &network_manifest, event_get_text(event, "src_ip"));
	const char *upstream = event_get_text(from, "upstream");
	const char *host = event_get_text(event, "host");
	size_t length = strcspn(upstream, ":");

	return event_is(event, "request") && sender != NULL &&
	       text_is(event, "fingerprint", went_on_as(from)) &&
	       text_is(from, "host", sender->name) && strlen(host) == length &&
	       strncmp(host, upstream, length) == 0;
}

/*
 * Are these bytes at that server more often than who sent them passed them on?
 * On one connection a copy that TCP dropped must not be taken for an honest
 * request that came after it with the same bytes.
 */
static bool
is_surplus(const struct evidence *e, size_t now)
{
	const cJSON *last = e->events[now];
	size_t arrived = 0, passed = 0;

	for (size_t i = 0; i <= now; i++) {
		const cJSON *event = e->events[i];

		if (event_is(event, "request") &&
		    same_text(last, event, "fingerprint") &&
		    same_text(last, event, "host") &&
		    same_text(last, event, "src_ip"))
			arrived++;
		if (comes_from(last, event) &&
		    text_is(event, "verdict", "forwarded"))
			passed++;
	}
	return arrived > passed;
}

/* Is it about what a client's stream lacks, or has in another order? */
static bool
is_rearranged(const struct evidence *e, size_t sent)
{
	for (size_t i = 0; i <= sent; i++) {
		const cJSON *event = e->events[i];

		if (event_is(event, "withheld") &&
		    event_same_flow(event, e->events[sent]) &&
		    !text_is(event, "side", "server") &&
		    (i == sent || text_is(event, "rule", "swap")))
			return true;
	}
	return false;
}

/*
 * The event of the first server that took the copy for a request, or e->count.
 * On a connection of the attacker's own every request is the copy.  On a live
 * one it is the second with those bytes, behind the copied record where the
 * bytes are under TLS; a first one only if it has the copy's own fingerprint
 * (its original was withheld), or if records were left out or changed places:
 * then whatever request their receiver made of the rest.
 */
static size_t
first_hop(const struct evidence *e, const struct copy_fate *fate)
{
	const cJSON *sent = e->events[fate->event];
	bool own =
	    text_is(sent, "kind", "stream") ||
	    (text_is(sent, "kind", "record") && is_rearranged(e, fate->event));
	bool record_read = false;
	size_t found = e->count;

	for (size_t i = fate->event + 1; i < e->count; i++) {
		const cJSON *event = e->events[i];
		bool same = same_text(sent, event, "fingerprint");

		if (!event_same_flow(event, sent))
			continue;
		if (event_is(event, "tls_record"))
			record_read =
			    record_read || (same && by_receiver(sent, event));
		if (!event_is(event, "request") ||
		    text_is(event, "verdict", "upstream-unavailable"))
			continue;
		if (!own && served_before(e, i) && !is_surplus(e, i))
			continue;
		if (text_is(event, "verdict", "malformed") ||
		    ((own || same || record_read) && served_before(e, i)))
			return i;
		if ((own || same) && found == e->count)
			found = i;
	}
	return found < e->count ? found : stock_fate_arrival(e, fate->event);
}

/* How many requests with these bytes that proxy passed on to that host so far.
 */
static size_t
passed_on(const struct evidence *e, size_t until)
{
	const cJSON *last = e->events[until];
	size_t count = 0;

	for (size_t i = 0; i <= until; i++) {
		const cJSON *event = e->events[i];

		if (!event_is(event, "request") ||
		    strcmp(went_on_as(last), went_on_as(event)) != 0 ||
		    !same_text(last, event, "host") ||
		    !same_text(last, event, "upstream"))
			continue;
		if (text_is(event, "verdict", "forwarded"))
			count++;
		else if (text_is(event, "verdict", "upstream-unavailable") &&
			 count > 0)
			count--;
	}
	return count;
}

/*
 * Where the request that was passed on at event `from` arrived, or e->count:
 * the n-th that was passed on is the n-th that arrives.
 */
static size_t
next_hop(const struct evidence *e, size_t from)
{
	size_t wanted = passed_on(e, from);

	for (size_t i = 0; i < e->count; i++)
		if (comes_from(e->events[i], e->events[from]) &&
		    !text_is(e->events[i], "verdict", "upstream-unavailable") &&
		    --wanted == 0)
			return i;
	return stock_fate_arrival(e, from);
}

/* From the event of the first server that had it, on. */
static void
follow_request(struct copy_fate *fate, const struct evidence *e, size_t at)
{
	const cJSON *request;

	for (; at < e->count; at = next_hop(e, at)) {
		request = e->events[at];
		if (text_is(request, "role", "backend"))
			fate->delivered = PLACE_BACKEND;
		else if (fate->delivered < PLACE_GATEWAY)
			fate->delivered = PLACE_GATEWAY;
		if (text_is(request, "verdict", "forwarded"))
			continue;
		fate->host = event_get_text(request, "host");
		fate->detail = event_get_text(request, "verdict");
		fate->check = event_get_text(request, "check");
		if (!text_is(request, "role", "backend"))
			fate->stopped_by = LAYER_GATEWAY;
		else if (text_is(request, "verdict", "accepted"))
			fate->stopped_by = LAYER_NOBODY;
		else
			fate->stopped_by = LAYER_BACKEND;
		return;
	}
}

bool
copy_fate_does_not_fit(const cJSON *alert, bool to_client)
{
	static const char *const client_s[] = {
	    "illegal_parameter", "bad_certificate", "unknown_ca"};

	for (size_t i = 0; to_client && i < 3; i++)
		if (text_is(alert, "description", client_s[i]))
			return true;
	return text_is(alert, "description", "bad_record_mac") ||
	       text_is(alert, "description", "decrypt_error");
}

/* Is it the event of the copy's receiver that read a record, on that flow? */
static bool
is_record_read(const cJSON *sent, const cJSON *event)
{
	return event_is(event, "tls_record") && event_same_flow(event, sent) &&
	       by_receiver(sent, event) &&
	       text_is(event, "direction", "received");
}

/* Was this record put into that connection by the attacker before then? */
static bool
is_injected(const struct evidence *e, size_t before, const cJSON *record)
{
	for (size_t i = 0; i < before; i++)
		if (event_is(e->events[i], "copy_sent") &&
		    event_same_flow(e->events[i], record) &&
		    same_text(e->events[i], record, "fingerprint"))
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
	return i > fate->event && same_text(sent, e->events[i], "fingerprint");
}

static void
alert_fate(struct copy_fate *fate, const struct evidence *e, size_t now)
{
	const cJSON *sent = e->events[fate->event], *alert = e->events[now];
	bool established = handshake_was_complete(e, fate->event, sent);

	if (!copy_fate_does_not_fit(alert, text_is(sent, "side", "server")))
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
	       text_is(event, "on", stock_fate_receiver(sent));
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
	    text_is(event, "outcome", "completed"))
		fate->delivered = PLACE_TLS;
	else if (text_is(event, "outcome", "accepted") &&
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
	return text_is(sent, "rule", "cut") && event_is(event, "connection") &&
	       text_is(event, "action", "closed") &&
	       text_is(event, "reason", "truncated") &&
	       event_same_flow(event, sent) && by_receiver(sent, event);
}

/*
 * TLS did not take the early data of a first flight that came again.  Where it
 * took them nobody has stopped anything yet: the request is followed.
 */
static void
early_data_fate(struct copy_fate *fate, const cJSON *sent, const cJSON *event)
{
	if (!text_is(sent, "kind", "stream"))
		return;
	fate->delivered = PLACE_TLS;
	if (!text_is(event, "outcome", "rejected"))
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
	    same_text(sent, event, "fingerprint")) {
		if (fate->delivered < PLACE_TLS)
			fate->delivered = PLACE_TLS;
	} else if (event_is(event, "tls_alert") &&
		   event_same_flow(event, sent) && by_receiver(sent, event) &&
		   text_is(event, "direction", "sent") &&
		   text_is(event, "level", "fatal") &&
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
		   !text_is(sent, "side", "server") &&
		   fate->stopped_by <= LAYER_TCP) {
		early_data_fate(fate, sent, event);
	} else if (text_is(sent, "side", "server")) {
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
		   (text_is(event, "rule", "drop") ||
		       text_is(event, "rule", "cut")));
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

	if (text_is(e->events[sent], "proto", "UDP")) {
		follow_request(&fate, e, datagram_fate(&fate, e));
		return fate;
	}
	follow_request(&fate, e, first_hop(e, &fate));
	if (fate.stopped_by != LAYER_UNKNOWN)
		return fate;
	for (size_t i = sent + 1; i < e->count; i++)
		weigh(&fate, e, i);
	return fate;
}
