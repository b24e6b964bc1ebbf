/* SPDX-License-Identifier: MIT */
/* From events and ledger rows to what happened. */
#include "observation.h"

#include <stdio.h>
#include <string.h>

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
	case PLACE_DTLS:
		return "dtls";
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
	case LAYER_DTLS_RECORD:
		name = "dtls-record";
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

	if (event_text_is(transfer, "outcome", "connection-lost"))
		return "connection-lost";
	if (event_text_is(transfer, "outcome", "unanswered"))
		return "unanswered";
	if (event_text_is(transfer, "outcome", "refused"))
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
	if (o->executed_count == OBSERVATION_IDS_MAX) {
		o->too_many = "ids: OBSERVATION_IDS_MAX";
		return;
	}
	o->executed[o->executed_count].id = id;
	o->executed[o->executed_count].times = executions_of(x, id);
	o->executed[o->executed_count].amount = executions_amount(x, id);
	o->executed_count++;
}

static void
observe_transfer(
    struct observation *o, const cJSON *transfer, const struct executions *x)
{
	const char *id = event_get_text(transfer, "id");
	const char *what = price_of(transfer, x);

	observe_id(o, id, x);
	if (what == NULL)
		return;
	if (o->price_count == OBSERVATION_PRICES_MAX)
		o->too_many = "prices: OBSERVATION_PRICES_MAX";
	else
		o->prices[o->price_count++] = (struct price){what, id};
}

static void
observe_copy(struct observation *o, const struct evidence *e, size_t sent)
{
	if (o->copy_count == OBSERVATION_COPIES_MAX)
		o->too_many = "copies: OBSERVATION_COPIES_MAX";
	else
		o->copies[o->copy_count++] = copy_fate(e, sent);
}

/* A check against copies, or one of what a backend refuses anyhow? */
static bool
is_defence(const char *check)
{
	return strcmp(check, "syntax") != 0 && strcmp(check, "store") != 0 &&
	       strcmp(check, "bank") != 0;
}

/* "backend" stands for any check of the defence. */
static bool
is_layer(const char *stopped_by, const char *expected)
{
	if (strcmp(expected, "backend") != 0)
		return strcmp(stopped_by, expected) == 0;
	return strncmp(stopped_by, "backend:", 8) == 0 &&
	       is_defence(stopped_by + 8);
}

/* Two copies as one word, or what stands for both. */
static void
join_words(char *words, size_t size, const char *word)
{
	if (strcmp(words, word) == 0)
		return;
	if (is_layer(words, "backend") && is_layer(word, "backend"))
		snprintf(words, size, "backend:several");
	else
		snprintf(words, size, "several-layers");
}

/*
 * The copies together: one that took effect outweighs all that did not, then
 * one nobody has spoken of.
 */
static void
sum_up(struct observation *o)
{
	char word[sizeof(o->stopped_by)];
	const struct copy_fate *f;
	enum layer worst = LAYER_TCP;

	snprintf(o->stopped_by, sizeof(o->stopped_by), "no-copy-sent");
	o->delivered = "nowhere";
	for (f = o->copies; f < o->copies + o->copy_count; f++)
		if (f->stopped_by == LAYER_NOBODY ||
		    (f->stopped_by == LAYER_UNKNOWN && worst != LAYER_NOBODY))
			worst = f->stopped_by;
	for (f = o->copies; f < o->copies + o->copy_count; f++) {
		if (worst != LAYER_TCP && f->stopped_by != worst)
			continue;
		name_layer(f, word, sizeof(word));
		if (strcmp(o->stopped_by, "no-copy-sent") == 0)
			snprintf(
			    o->stopped_by, sizeof(o->stopped_by), "%s", word);
		join_words(o->stopped_by, sizeof(o->stopped_by), word);
		o->delivered = place_name(f->delivered);
	}
}

void
observe(
    const struct evidence *e, const struct executions *x, struct observation *o)
{
	*o = (struct observation){0};
	for (size_t i = 0; i < e->count; i++) {
		if (copy_fate_has(e->events[i]))
			observe_copy(o, e, i);
		else if (event_is(e->events[i], "transfer"))
			observe_transfer(o, e->events[i], x);
	}
	/* What nobody honest asked for took effect as well. */
	for (size_t i = 0; i < x->count; i++)
		observe_id(o, x->rows[i].id, x);
	sum_up(o);
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

/* What the ledgers say of that transfer, or -1. */
static long
find_executed(const struct observation *o, const char *id)
{
	for (size_t i = 0; i < o->executed_count; i++)
		if (strcmp(o->executed[i].id, id) == 0)
			return (long)i;
	return -1;
}

/*
 * tls-early-data, of every copy it stopped for that reason; without a reason
 * for any that tells a copy from the first.  Neither a memory that does not
 * answer does, nor a server that takes no early data at all.
 */
static bool
tells_copies(const char *reason)
{
	return strcmp(reason, "no-memory") != 0 &&
	       strcmp(reason, "refused") != 0;
}

static bool
is_early_data(const struct observation *o, const char *reason)
{
	for (size_t i = 0; i < o->copy_count; i++) {
		const struct copy_fate *f = &o->copies[i];

		if (f->stopped_by == LAYER_TLS_EARLY_DATA &&
		    (*reason == ':' ? strcmp(f->detail, reason + 1) != 0
				    : !tells_copies(f->detail)))
			return false;
	}
	return strcmp(o->stopped_by, "tls-early-data") == 0;
}

/* Nor does a gateway that cannot read what it gets: it refuses everybody's. */
static bool
is_gateway(const struct observation *o)
{
	for (size_t i = 0; i < o->copy_count; i++)
		if (o->copies[i].stopped_by == LAYER_GATEWAY &&
		    !is_defence(o->copies[i].check))
			return false;
	return strcmp(o->stopped_by, "gateway") == 0;
}

static bool
is_stopped_by(const struct observation *o, const char *expected)
{
	static const char early[] = "tls-early-data";

	if (strcmp(expected, "gateway") == 0)
		return is_gateway(o);
	return strncmp(expected, early, strlen(early)) == 0
		   ? is_early_data(o, expected + strlen(early))
		   : is_layer(o->stopped_by, expected);
}

bool
observation_meets(
    const struct observation *o, const struct expectation *expected)
{
	long at;

	switch (expected->kind) {
	case EXPECT_STOPPED_BY:
		return is_stopped_by(o, expected->word);
	case EXPECT_DELIVERED:
		return strcmp(o->delivered, expected->word) == 0;
	case EXPECT_EXECUTED:
		at = find_executed(o, expected->id);
		return at != -1 && o->executed[at].times == expected->times;
	case EXPECT_MOVED:
		at = find_executed(o, expected->id);
		return at != -1 && o->executed[at].times > 0 &&
		       o->executed[at].amount == expected->amount;
	case EXPECT_COLLATERAL:
		return has_price(o, expected);
	}
	return false;
}

/* What was left out, and who missed it. */
static void
missing_sentence(const struct copy_fate *f, struct buffer *out)
{
	if (f->stopped_by == LAYER_NOBODY)
		buffer_printf(out,
		    "Nobody missed what was left out: %s executed the rest.",
		    f->host);
	else if (f->stopped_by == LAYER_TLS_RECORD ||
		 f->stopped_by == LAYER_TLS_HANDSHAKE)
		buffer_printf(out, "TLS on %s missed what was left out (%s).",
		    f->host, f->detail);
	else
		buffer_add_text(
		    out, "No layer said that it missed what was left out.");
}

static void
copy_sentence(const struct copy_fate *f, struct buffer *out)
{
	switch (f->stopped_by) {
	case LAYER_UNKNOWN:
		buffer_add_text(out,
		    "The copy was sent and no layer said what became of it.");
		break;
	case LAYER_TCP:
		buffer_printf(out, "%s's TCP did not take the copy (%s).",
		    f->host, f->detail);
		break;
	case LAYER_TLS_RECORD:
		buffer_printf(out,
		    "The copy reached TLS on %s and was refused there (%s): "
		    "its MAC was made for another place or with another key.",
		    f->host, f->detail);
		break;
	case LAYER_DTLS_RECORD:
		buffer_printf(out,
		    "The copy reached DTLS on %s and was dropped there without "
		    "a word (%s).",
		    f->host, f->detail);
		break;
	case LAYER_TLS_HANDSHAKE:
		buffer_printf(out, "%s refused the handshake (%s): %s.",
		    f->host, f->detail,
		    strcmp(f->detail, "bad_certificate") == 0 ||
			    strcmp(f->detail, "unknown_ca") == 0
			? "the certificate is not its server's"
			: "the words were not made for this connection");
		break;
	case LAYER_TLS_EARLY_DATA:
		buffer_printf(out,
		    "%s did not take the early data of the copy (%s).", f->host,
		    f->detail);
		break;
	case LAYER_GATEWAY:
		buffer_printf(
		    out, "%s refused the copy (%s).", f->host, f->detail);
		break;
	case LAYER_BACKEND:
		buffer_printf(
		    out, "%s refused the copy: %s.", f->host, f->detail);
		break;
	case LAYER_NOBODY:
		buffer_printf(out, "Nobody stopped the copy: %s %s it.",
		    f->host,
		    strcmp(f->detail, "believed") == 0 ? "believed"
						       : "executed");
		break;
	}
}

void
observation_sentence(const struct observation *o, struct buffer *out)
{
	const struct copy_fate *last;

	if (o->copy_count == 0) {
		buffer_add_text(out, "No copy was sent.");
		return;
	}
	last = &o->copies[o->copy_count - 1];
	if (last->missing)
		missing_sentence(last, out);
	else
		copy_sentence(last, out);
}
