/* SPDX-License-Identifier: MIT */
/*
 *	frame -> association, side -> its records, counted -> rule?
 *		-> passed on | kept until it is released, or the next has passed
 */
#include "datagram_relay.h"

#include "dtls_record.h"

#include <err.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <sys/queue.h>

/* Further ones pass and are not counted. */
#define ASSOCIATIONS_MAX 4096

struct association {
	SLIST_ENTRY(association) entry;
	size_t number;
	struct endpoint end[SIDES];
	uint64_t records[SIDES]; /* so far */
};

/* A datagram that does not go on yet. */
struct kept {
	STAILQ_ENTRY(kept) entry;
	const struct rule *rule;
	const struct association *association;
	enum side side;
	uint64_t number; /* of the record the rule spoke of */
	struct buffer frame, record;
	struct hop hop;
};

struct datagram_relay {
	struct rules *rules;
	const struct outlet *outlet;
	const struct datagram_calls *calls;
	size_t count;
	SLIST_HEAD(, association) associations;
	STAILQ_HEAD(, kept) kept;
};

/* One datagram on its way. */
struct passing {
	struct association *association;
	enum side side;
	struct bytes frame, payload;
	const struct hop *hop;
};

struct datagram_relay *
datagram_relay_new(struct rules *rules, const struct outlet *outlet,
    const struct datagram_calls *calls)
{
	struct datagram_relay *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		warn("datagrams");
		return NULL;
	}
	d->rules = rules;
	d->outlet = outlet;
	d->calls = calls;
	SLIST_INIT(&d->associations);
	STAILQ_INIT(&d->kept);
	return d;
}

static void
kept_free(struct datagram_relay *d, struct kept *k)
{
	STAILQ_REMOVE(&d->kept, k, kept, entry);
	buffer_clear(&k->frame);
	buffer_clear(&k->record);
	free(k);
}

void
datagram_relay_free(struct datagram_relay *d)
{
	struct association *a;

	if (d == NULL)
		return;
	while (!STAILQ_EMPTY(&d->kept))
		kept_free(d, STAILQ_FIRST(&d->kept));
	while ((a = SLIST_FIRST(&d->associations)) != NULL) {
		SLIST_REMOVE_HEAD(&d->associations, entry);
		free(a);
	}
	free(d);
}

static bool
is_sent_by(const struct association *a, enum side side, const struct segment *s)
{
	return endpoint_equal(&a->end[side], &s->src) &&
	       endpoint_equal(&a->end[side_other(side)], &s->dest);
}

static struct association *
begin(struct datagram_relay *d, const struct segment *s, enum side side)
{
	struct association *a =
	    d->count == ASSOCIATIONS_MAX ? NULL : calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->number = ++d->count;
	a->end[side] = s->src;
	a->end[side_other(side)] = s->dest;
	SLIST_INSERT_HEAD(&d->associations, a, entry);
	return a;
}

/* The server is the one with the lower port. */
static struct association *
find(struct datagram_relay *d, const struct segment *s, enum side *side)
{
	struct association *a;

	*side = s->src.port >= s->dest.port ? SIDE_CLIENT : SIDE_SERVER;
	SLIST_FOREACH(a, &d->associations, entry)
	if (is_sent_by(a, *side, s))
		return a;
	return begin(d, s, *side);
}

static void
forward(
    const struct datagram_relay *d, struct bytes frame, const struct hop *hop)
{
	(void)plain_forward(frame, hop, d->outlet);
}

static void
tell(const struct datagram_relay *d, const struct association *a,
    enum side side, const struct edit *edit)
{
	const struct datagram_edit told = {edit, a->number, a->end, side};

	d->calls->edit(d->calls->user, &told);
}

static void
keep(struct datagram_relay *d, const struct passing *p, const struct edit *edit)
{
	struct kept *k = calloc(1, sizeof(*k));

	if (k == NULL)
		err(70, "a datagram");
	k->rule = edit->rule;
	k->association = p->association;
	k->side = p->side;
	k->number = edit->number;
	k->hop = *p->hop;
	buffer_add_bytes(&k->frame, p->frame);
	buffer_add_bytes(&k->record, edit->unit);
	STAILQ_INSERT_TAIL(&d->kept, k, entry);
}

/* The datagram that waits for the next of this side to go before it. */
static struct kept *
swapped_with(const struct datagram_relay *d, const struct passing *p)
{
	struct kept *k;

	STAILQ_FOREACH(k, &d->kept, entry)
	if (k->rule->action == RULE_SWAP && k->side == p->side &&
	    k->association == p->association)
		return k;
	return NULL;
}

/* No rule speaks of it; but one may have waited for it. */
static void
pass(struct datagram_relay *d, const struct passing *p, struct edit *edit)
{
	struct kept *first = swapped_with(d, p);

	if (first != NULL) {
		edit->rule = first->rule;
		edit->arrives = true;
		tell(d, p->association, p->side, edit);
	}
	forward(d, p->frame, p->hop);
	if (first != NULL) {
		forward(d, buffer_bytes(&first->frame), &first->hop);
		kept_free(d, first);
	}
}

static void
act(struct datagram_relay *d, const struct passing *p, struct edit *edit)
{
	edit->arrives = edit->rule->action == RULE_DUPLICATE;
	switch (edit->rule->action) {
	case RULE_HOLD:
	case RULE_SWAP:
		tell(d, p->association, p->side, edit);
		keep(d, p, edit);
		break;
	case RULE_DROP:
		tell(d, p->association, p->side, edit);
		break;
	case RULE_DUPLICATE:
		forward(d, p->frame, p->hop);
		tell(d, p->association, p->side, edit);
		forward(d, p->frame, p->hop);
		break;
	case RULE_REFLECT:
	case RULE_CUT:
		forward(d, p->frame, p->hop);
		break;
	}
}

/* Count the records; the first that a rule speaks of decides. */
static void
take_records(struct datagram_relay *d, const struct passing *p)
{
	struct bytes rest = p->payload;
	struct unit_piece unit = {
	    .is_unit = true, .begins = true, .ends = true, .kind = UNIT_RECORD};
	struct edit edit = {0};
	struct dtls_record record;

	while (dtls_record_take(&rest, &record)) {
		unit.number = ++p->association->records[p->side];
		if (edit.rule != NULL)
			continue;
		edit.unit = record.whole;
		edit.number = unit.number;
		edit.rule = rules_match(
		    d->rules, p->association->number, p->side, &unit);
	}
	if (edit.rule == NULL)
		pass(d, p, &edit);
	else
		act(d, p, &edit);
	d->calls->unit(d->calls->user, p->side, &unit);
}

bool
datagram_relay_frame(
    struct datagram_relay *d, struct bytes frame, const struct hop *hop)
{
	struct passing p = {.frame = frame, .hop = hop};
	struct dtls_record record;
	struct segment segment;
	struct bytes payload;

	if (segment_read(DLT_EN10MB, frame, &segment) != SEGMENT_UDP)
		return false;
	payload = p.payload = segment.payload;
	if (!dtls_record_take(&payload, &record))
		return false;
	p.association = find(d, &segment, &p.side);
	if (p.association == NULL)
		return false;
	take_records(d, &p);
	return true;
}

size_t
datagram_relay_release(struct datagram_relay *d)
{
	struct kept *k, *next;
	size_t released = 0;

	for (k = STAILQ_FIRST(&d->kept); k != NULL; k = next) {
		const struct edit edit = {.rule = k->rule,
		    .unit = buffer_bytes(&k->record),
		    .number = k->number,
		    .arrives = true};

		next = STAILQ_NEXT(k, entry);
		if (k->rule->action == RULE_HOLD) {
			tell(d, k->association, k->side, &edit);
			released++;
		}
		forward(d, buffer_bytes(&k->frame), &k->hop);
		kept_free(d, k);
	}
	return released;
}
