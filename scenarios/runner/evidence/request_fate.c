/* SPDX-License-Identifier: MIT */
/* Hop by hop, by the bytes and by who passed them on to whom. */
#include "request_fate.h"

#include "ground/network.h"
#include "stock_fate.h"

#include <string.h>

/* Has that server had a request with these bytes before event `now`? */
static bool
served_before(const struct evidence *e, size_t now)
{
	for (size_t i = 0; i < now; i++)
		if (event_is(e->events[i], "request") &&
		    event_same_text(
			e->events[now], e->events[i], "fingerprint") &&
		    event_same_text(e->events[now], e->events[i], "host"))
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
	       event_text_is(event, "fingerprint", went_on_as(from)) &&
	       event_text_is(from, "host", sender->name) &&
	       strlen(host) == length && strncmp(host, upstream, length) == 0;
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
		    event_same_text(last, event, "fingerprint") &&
		    event_same_text(last, event, "host") &&
		    event_same_text(last, event, "src_ip"))
			arrived++;
		if (comes_from(last, event) &&
		    event_text_is(event, "verdict", "forwarded"))
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
		    !event_text_is(event, "side", "server") &&
		    (i == sent || event_text_is(event, "rule", "swap")))
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
size_t
request_fate_begin(const struct evidence *e, const struct copy_fate *fate)
{
	const cJSON *sent = e->events[fate->event];
	bool own = event_text_is(sent, "kind", "stream") ||
		   (event_text_is(sent, "kind", "record") &&
		       is_rearranged(e, fate->event));
	bool record_read = false;
	size_t found = e->count;

	for (size_t i = fate->event + 1; i < e->count; i++) {
		const cJSON *event = e->events[i];
		bool same = event_same_text(sent, event, "fingerprint");

		if (!event_same_flow(event, sent))
			continue;
		if (event_is(event, "tls_record"))
			record_read = record_read ||
				      (same && event_text_is(event, "host",
						   stock_fate_receiver(sent)));
		if (!event_is(event, "request") ||
		    event_text_is(event, "verdict", "upstream-unavailable"))
			continue;
		if (!own && served_before(e, i) && !is_surplus(e, i))
			continue;
		if (event_text_is(event, "verdict", "malformed") ||
		    ((own || same || record_read) && served_before(e, i)))
			return i;
		if ((own || same) && found == e->count)
			found = i;
	}
	return found < e->count ? found : stock_fate_arrival(e, fate->event);
}

/* How many requests with these bytes that proxy passed to that host so far. */
static size_t
passed_on(const struct evidence *e, size_t until)
{
	const cJSON *last = e->events[until];
	size_t count = 0;

	for (size_t i = 0; i <= until; i++) {
		const cJSON *event = e->events[i];

		if (!event_is(event, "request") ||
		    strcmp(went_on_as(last), went_on_as(event)) != 0 ||
		    !event_same_text(last, event, "host") ||
		    !event_same_text(last, event, "upstream"))
			continue;
		if (event_text_is(event, "verdict", "forwarded"))
			count++;
		else if (event_text_is(
			     event, "verdict", "upstream-unavailable") &&
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
		    !event_text_is(
			e->events[i], "verdict", "upstream-unavailable") &&
		    --wanted == 0)
			return i;
	return stock_fate_arrival(e, from);
}

/* From the event of the first server that had it, on. */
void
request_fate_follow(struct copy_fate *fate, const struct evidence *e, size_t at)
{
	const cJSON *request;

	for (; at < e->count; at = next_hop(e, at)) {
		request = e->events[at];
		if (event_text_is(request, "role", "backend"))
			fate->delivered = PLACE_BACKEND;
		else if (fate->delivered < PLACE_GATEWAY)
			fate->delivered = PLACE_GATEWAY;
		if (event_text_is(request, "verdict", "forwarded"))
			continue;
		fate->host = event_get_text(request, "host");
		fate->detail = event_get_text(request, "verdict");
		fate->check = event_get_text(request, "check");
		if (!event_text_is(request, "role", "backend"))
			fate->stopped_by = LAYER_GATEWAY;
		else if (event_text_is(request, "verdict", "accepted"))
			fate->stopped_by = LAYER_NOBODY;
		else
			fate->stopped_by = LAYER_BACKEND;
		return;
	}
}
