/* SPDX-License-Identifier: MIT */
#include "datagram_fate.h"

#include <string.h>

/* A record of that association, with these bytes. */
static bool
is_record(const cJSON *event, const cJSON *sent)
{
	return event_is(event, "dtls_record") && event_same_flow(event, sent) &&
	       event_text_is(
		   event, "fingerprint", event_get_text(sent, "fingerprint"));
}

static bool
is_same_copy(const cJSON *event, const cJSON *sent)
{
	return event_is(event, "copy_sent") && event_same_flow(event, sent) &&
	       event_text_is(
		   event, "fingerprint", event_get_text(sent, "fingerprint"));
}

/*
 * Where the copy arrived, or e->count: behind the first copy of that record the
 * n-th arrival is the n-th copy.
 */
static size_t
arrival(const struct evidence *e, size_t copy)
{
	const cJSON *sent = e->events[copy];
	size_t arrived = 0, wanted = 0, first = copy;

	for (size_t i = 0; i <= copy; i++)
		if (is_same_copy(e->events[i], sent) && wanted++ == 0)
			first = i;
	for (size_t i = first; i < e->count; i++)
		if (is_record(e->events[i], sent) && ++arrived == wanted)
			return i;
	return e->count;
}

/* Content that this host took from its peer over that association. */
static bool
is_content(const cJSON *event, const cJSON *record)
{
	return event_is(event, "dtls_record") &&
	       event_same_flow(event, record) &&
	       event_text_is(event, "type", "application_data") &&
	       event_text_is(event, "verdict", "accepted") &&
	       event_text_is(event, "host", event_get_text(record, "host"));
}

static bool
is_request(const cJSON *event, const cJSON *record)
{
	return event_is(event, "request") && event_same_flow(event, record) &&
	       !event_text_is(event, "verdict", "upstream-unavailable") &&
	       event_text_is(event, "host", event_get_text(record, "host"));
}

/* A message is a request: the n-th content became the n-th request. */
static size_t
request_of(const struct evidence *e, size_t record)
{
	const cJSON *taken = e->events[record];
	size_t wanted = 0;

	for (size_t i = 0; i <= record; i++)
		wanted += is_content(e->events[i], taken);
	for (size_t i = 0; i < e->count; i++)
		if (is_request(e->events[i], taken) && --wanted == 0)
			return i;
	return e->count;
}

size_t
datagram_fate(struct copy_fate *fate, const struct evidence *e)
{
	size_t record = arrival(e, fate->event);
	const char *verdict;

	if (record == e->count)
		return e->count;
	fate->delivered = PLACE_DTLS;
	verdict = event_get_text(e->events[record], "verdict");
	if (strcmp(verdict, "accepted") == 0)
		return request_of(e, record);
	if (*verdict != '\0') {
		fate->stopped_by = LAYER_DTLS_RECORD;
		fate->host = event_get_text(e->events[record], "host");
		fate->detail = verdict;
	}
	return e->count;
}
