/* SPDX-License-Identifier: MIT */
/* What the refusal of a stock program rests on. */
#include "stock_fate.h"

#include "copy_fate.h"
#include "network.h"
#include "stock_words.h"

#include <string.h>

static bool
text_is(const cJSON *event, const char *name, const char *value)
{
	return strcmp(event_get_text(event, name), value) == 0;
}

static bool
is_to_client(const cJSON *sent)
{
	return text_is(sent, "side", "server");
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

		if (!text_is(event, "host", receiver))
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
	bool own = text_is(event, "host", receiver);

	if (!text_is(event, "level", "fatal"))
		return false;
	if (event_is(event, "tls_alert"))
		return text_is(event, "direction", own ? "sent" : "received");
	return event_is(event, "replayed") &&
	       text_is(event, "outcome", "alert");
}

const char *
stock_fate_refusal(const struct evidence *e, size_t sent, size_t now)
{
	const cJSON *copy = e->events[sent], *event = e->events[now];
	const char *receiver = stock_fate_receiver(copy), *words = NULL;

	if (!event_same_flow(event, copy))
		return NULL;
	if (event_is(event, "said") && text_is(event, "host", receiver) &&
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
