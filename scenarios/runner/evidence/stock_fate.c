/* SPDX-License-Identifier: MIT */
/* What a copy's fate in a stock program rests on. */
#include "stock_fate.h"

#include "copy_fate.h"
#include "ground/network.h"
#include "stock/stock_words.h"

#include <string.h>

static bool
is_to_client(const cJSON *sent)
{
	return event_text_is(sent, "side", "server");
}

/* The name of the host with the address in that member. */
static const char *
host_at(const cJSON *event, const char *member)
{
	const struct manifest_host *host =
	    manifest_host_at(&network_manifest, event_get_text(event, member));

	return host == NULL ? "" : host->name;
}

const char *
stock_fate_receiver(const cJSON *sent)
{
	return host_at(sent, is_to_client(sent) ? "src_ip" : "dest_ip");
}

static bool
is_stock(const struct evidence *e, const cJSON *sent)
{
	const char *receiver = stock_fate_receiver(sent);
	bool stock = false;

	for (size_t i = 0; i < e->count; i++) {
		const cJSON *event = e->events[i];

		if (!event_text_is(event, "host", receiver))
			continue;
		stock = stock || event_is(event, "stock");
		if (event_is(event, "connection") &&
		    event_same_flow(event, sent))
			return false;
	}
	return stock;
}

/* A request that the receiving host passed on: for what it read meanwhile. */
static bool
something_came_through(const struct evidence *e, size_t sent, size_t now)
{
	const char *receiver = stock_fate_receiver(e->events[sent]);

	for (size_t i = sent + 1; i < now; i++)
		if (event_is(e->events[i], "request") &&
		    strcmp(host_at(e->events[i], "src_ip"), receiver) == 0)
			return true;
	return false;
}

/* An alert of the receiver's: as it says, or as its peer got it. */
static bool
is_alert_of(const cJSON *event, const char *receiver)
{
	bool own = event_text_is(event, "host", receiver);

	if (!event_text_is(event, "level", "fatal"))
		return false;
	if (event_is(event, "tls_alert"))
		return event_text_is(
		    event, "direction", own ? "sent" : "received");
	return event_is(event, "replayed") &&
	       event_text_is(event, "outcome", "alert");
}

const char *
stock_fate_refusal(const struct evidence *e, size_t sent, size_t now)
{
	const cJSON *copy = e->events[sent], *event = e->events[now];
	const char *receiver = stock_fate_receiver(copy), *words = NULL;

	if (!event_same_flow(event, copy))
		return NULL;
	if (event_is(event, "said") && event_text_is(event, "host", receiver) &&
	    stock_words_refuse(event_get_text(event, "words")))
		words = event_get_text(event, "words");
	else if (is_alert_of(event, receiver) &&
		 copy_fate_does_not_fit(event, is_to_client(copy)))
		words = event_get_text(event, "description");
	return words != NULL && is_stock(e, copy) &&
		       !something_came_through(e, sent, now)
		   ? words
		   : NULL;
}

bool
stock_fate_spoke(const struct evidence *e, size_t sent)
{
	for (size_t i = sent + 1; i < e->count; i++)
		if (event_is(e->events[i], "said") &&
		    event_same_flow(e->events[i], e->events[sent]))
			return true;
	return false;
}

/* Is that a program of others, which has no event for a request? */
static bool
runs_stock(const struct evidence *e, const char *host)
{
	for (size_t i = 0; i < e->count; i++)
		if (event_is(e->events[i], "stock") &&
		    event_text_is(e->events[i], "host", host))
			return true;
	return false;
}

static bool
has_bytes_of(const cJSON *event, const cJSON *from)
{
	const char *fingerprint = event_get_text(from, "fingerprint");

	return *fingerprint != '\0' &&
	       event_text_is(event, "fingerprint", fingerprint);
}

/* "balancer" or "balancer:80" */
static bool
is_upstream(const cJSON *event, const char *host)
{
	const char *upstream = event_get_text(event, "upstream");
	size_t length = strcspn(upstream, ":");

	return strlen(host) == length && strncmp(host, upstream, length) == 0;
}

/* To which host did the sender of event `from` give the request? */
static const char *
given_to(const struct evidence *e, size_t from)
{
	const cJSON *event = e->events[from];
	const struct manifest_host *host;
	char name[32] = "";

	if (!event_is(event, "request"))
		return is_stock(e, event) ? stock_fate_receiver(event) : "";
	strncat(name, event_get_text(event, "upstream"), sizeof(name) - 1);
	name[strcspn(name, ":")] = '\0';
	host = manifest_host(&network_manifest, name);
	return host != NULL && runs_stock(e, host->name) ? host->name : "";
}

/* A request with these bytes that the host sent, as its receiver says. */
static bool
is_arrival(const cJSON *event, const cJSON *from, const char *host)
{
	return event_is(event, "request") && has_bytes_of(event, from) &&
	       !event_text_is(event, "verdict", "upstream-unavailable") &&
	       strcmp(host_at(event, "src_ip"), host) == 0;
}

static bool
one_arrived(const struct evidence *e, size_t after, size_t before,
    const cJSON *from, const char *host)
{
	for (size_t i = after + 1; i < before; i++)
		if (is_arrival(e->events[i], from, host))
			return true;
	return false;
}

/* Does the event say that these bytes go to the host, whoever sends them? */
static bool
goes_there(const cJSON *event, const cJSON *from, const char *host)
{
	if (!has_bytes_of(event, from))
		return false;
	if (event_is(event, "request"))
		return event_text_is(event, "verdict", "forwarded") &&
		       is_upstream(event, host);
	return event_is(event, "copy_sent") &&
	       strcmp(stock_fate_receiver(event), host) == 0;
}

/* Can what arrived at event `at` be what somebody else gave to that host? */
static bool
may_be_another_s(
    const struct evidence *e, size_t from, size_t at, const char *host)
{
	for (size_t i = 0; i < at; i++)
		if (i != from &&
		    goes_there(e->events[i], e->events[from], host) &&
		    !(i < from &&
			one_arrived(e, i, from, e->events[from], host)))
			return true;
	return false;
}

static bool
was_served(const struct evidence *e, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (event_is(e->events[i], "request") &&
		    event_text_is(e->events[i], "role", "backend") &&
		    has_bytes_of(e->events[i], e->events[before]))
			return true;
	return false;
}

/* The event of the answer that the copy's sender got, or e->count. */
static size_t
find_answer(const struct evidence *e, size_t from)
{
	for (size_t i = from + 1; i < e->count; i++)
		if (event_is(e->events[i], "replayed") &&
		    event_text_is(e->events[i], "outcome", "answered") &&
		    event_same_flow(e->events[i], e->events[from]))
			return i;
	return e->count;
}

/* Until when can what comes out only be what went in at `from`? */
static size_t
find_end(const struct evidence *e, size_t from, size_t at, const char *host)
{
	size_t end = find_answer(e, from);

	for (size_t i = at + 1; i < end; i++)
		if (goes_there(e->events[i], e->events[from], host))
			return i;
	return end;
}

size_t
stock_fate_arrival(const struct evidence *e, size_t from)
{
	const char *host = given_to(e, from);
	size_t answer = find_answer(e, from), at = from + 1;

	if (*host == '\0' || !was_served(e, from))
		return e->count;
	while (at < answer && !is_arrival(e->events[at], e->events[from], host))
		at++;
	if (at == answer || may_be_another_s(e, from, at, host) ||
	    one_arrived(
		e, at, find_end(e, from, at, host), e->events[from], host))
		return e->count;
	if (answer < e->count &&
	    event_get_number(e->events[answer], "status") !=
		event_get_number(e->events[at], "status"))
		return e->count;
	return at;
}
