/* SPDX-License-Identifier: MIT */
/* Taking events apart once, and finding whom the story does not judge. */
#include "fact.h"

#include "lab_clock.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

int64_t
fact_moment(const char *timestamp)
{
	struct tm t = {0};
	char fraction[10] = "";
	int64_t seconds;

	if (sscanf(timestamp, "%4d-%2d-%2dT%2d:%2d:%2d.%9[0-9]", &t.tm_year,
		&t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec,
		fraction) != 7 ||
	    strlen(fraction) != 9)
		return 0;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	seconds = timegm(&t);
	return seconds < 0 || seconds > INT32_MAX * INT64_C(2)
		   ? 0
		   : seconds * NANOSECONDS + strtol(fraction, NULL, 10);
}

static struct endpoint
read_endpoint(const cJSON *event, const char *ip, const char *port)
{
	const char *text = event_get_text(event, ip);
	struct endpoint e = {.port = (uint16_t)event_get_number(event, port)};

	if (inet_pton(AF_INET, text, e.address) == 1)
		e.family = AF_INET;
	else if (inet_pton(AF_INET6, text, e.address) == 1)
		e.family = AF_INET6;
	return e;
}

bool
fact_is(const struct fact *f, const char *type)
{
	return strcmp(f->type, type) == 0;
}

bool
fact_same_flow(const struct fact *a, const struct fact *b)
{
	return a->src.family != 0 && endpoint_equal(&a->src, &b->src) &&
	       endpoint_equal(&a->dest, &b->dest);
}

/* Something that a copy is compared with: it stands in an attacker's event. */
static bool
is_attack(const struct fact *f)
{
	return fact_is(f, "copy_sent") || fact_is(f, "withheld") ||
	       fact_is(f, "intercepted");
}

bool
facts_are_copied(const struct facts *all, const char *fingerprint)
{
	for (size_t i = 0; *fingerprint != '\0' && i < all->count; i++) {
		const struct fact *f = &all->facts[i];

		if (is_attack(f) &&
		    (strcmp(f->fingerprint, fingerprint) == 0 ||
			strcmp(event_get_text(f->event, "original"),
			    fingerprint) == 0))
			return true;
	}
	return false;
}

/* Does the word stand in the text between spaces?  None stands nowhere. */
static bool
has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	if (length == 0)
		return false;
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static bool
is_judged(const struct facts *all, const cJSON *result, const char *id)
{
	const cJSON *line;

	cJSON_ArrayForEach(
	    line, cJSON_GetObjectItemCaseSensitive(result, "expected"))
	{
		if (has_word(event_get_text(line, "text"), id))
			return true;
	}
	for (size_t i = 0; i < all->count; i++)
		if (is_attack(&all->facts[i]) &&
		    strcmp(all->facts[i].id, id) == 0)
			return true;
	return false;
}

/* A client process none of whose payments is judged, and which made some. */
static bool
is_quiet_client(
    const struct facts *all, const cJSON *result, const struct fact *client)
{
	bool paid = false;

	for (size_t i = 0; i < all->count; i++) {
		const struct fact *f = &all->facts[i];

		if (!fact_is(f, "transfer") || f->pid != client->pid ||
		    strcmp(f->host, client->host) != 0)
			continue;
		paid = true;
		if (is_judged(all, result, f->id))
			return false;
	}
	return paid;
}

static bool
same_process(const struct fact *a, const struct fact *b)
{
	return a->pid == b->pid && strcmp(a->host, b->host) == 0;
}

static bool
same_request(const struct fact *a, const struct fact *b)
{
	return fact_is(a, "request") && fact_is(b, "request") &&
	       strcmp(a->fingerprint, b->fingerprint) == 0;
}

/* What is one with a quiet fact is quiet, unless the attacker says it. */
static void
spread_quiet(struct facts *all, const struct fact *from,
    bool (*is_one)(const struct fact *a, const struct fact *b))
{
	for (size_t i = 0; i < all->count; i++)
		if (is_one(&all->facts[i], from) && !is_attack(&all->facts[i]))
			all->facts[i].quiet = true;
}

/* The client's process, then its connections, then the hops of its requests. */
static void
find_quiet(struct facts *all, const cJSON *result)
{
	for (size_t i = 0; i < all->count; i++)
		if (fact_is(&all->facts[i], "transfer") &&
		    !all->facts[i].quiet &&
		    is_quiet_client(all, result, &all->facts[i]))
			spread_quiet(all, &all->facts[i], same_process);
	for (size_t i = 0; i < all->count; i++)
		if (all->facts[i].quiet &&
		    fact_is(&all->facts[i], "connection") &&
		    strncmp(all->facts[i].host, "client", 6) == 0)
			spread_quiet(all, &all->facts[i], fact_same_flow);
	for (size_t i = 0; i < all->count; i++)
		if (all->facts[i].quiet && fact_is(&all->facts[i], "request") &&
		    !facts_are_copied(all, all->facts[i].fingerprint))
			spread_quiet(all, &all->facts[i], same_request);
}

void
facts_read(
    struct facts *all, const struct evidence *evidence, const cJSON *result)
{
	all->count = evidence->count;
	all->facts = calloc(all->count + 1, sizeof(all->facts[0]));
	if (all->facts == NULL)
		err(EX_SOFTWARE, "%zu events", all->count);
	for (size_t i = 0; i < all->count; i++) {
		const cJSON *e = evidence->events[i];

		all->facts[i] = (struct fact){
		    .event = e,
		    .type = event_get_text(e, "event_type"),
		    .host = event_get_text(e, "host"),
		    .id = event_get_text(e, "id"),
		    .fingerprint = event_get_text(e, "fingerprint"),
		    .at = fact_moment(event_get_text(e, "timestamp")),
		    .pid = event_get_number(e, "pid"),
		    .src = read_endpoint(e, "src_ip", "src_port"),
		    .dest = read_endpoint(e, "dest_ip", "dest_port"),
		};
	}
	find_quiet(all, result);
}

void
facts_clear(struct facts *all)
{
	free(all->facts);
	*all = (struct facts){0};
}
