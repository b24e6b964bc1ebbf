/* SPDX-License-Identifier: MIT */
/*
 * All conversations of a capture:
 *
 *	frame -> segment -> which connection, which side -> connection_read
 *
 * Connections are found by their two ends in a hash table.  A SYN with a new
 * sequence number between the same ends begins a new conversation.
 */
#include "connection.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#define BUCKETS 4096 /* a power of two */
/* More connections than this are not told apart from noise. */
#define CONVERSATIONS_MAX (1 << 18)

struct conversations {
	found_fn *found;
	void *user;
	struct connection *bucket[BUCKETS];
	struct connection **all; /* in the order they began */
	size_t count, capacity;
	struct conversation_counts counts;
};

const char *
side_name(enum side side)
{
	return side == SIDE_CLIENT ? "client" : "server";
}

enum side
side_other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

void
conversations_listen(struct conversations *set, found_fn *found, void *user)
{
	set->found = found;
	set->user = user;
}

struct conversations *
conversations_new(found_fn *found, void *user)
{
	struct conversations *set = calloc(1, sizeof(*set));

	if (set == NULL)
		err(EX_SOFTWARE, "conversations");
	conversations_listen(set, found, user);
	return set;
}

void
conversations_free(struct conversations *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->count; i++) {
		connection_close(set->all[i]);
		free(set->all[i]);
	}
	free(set->all);
	free(set);
}

void
reading_found(const struct reading *r, struct finding *finding)
{
	finding->conversation = &r->connection->facts;
	finding->side = r->side;
	finding->at = r->at;
	finding->segment = r->segment;
	if (finding->kind == FOUND_RECORD)
		r->set->counts.records++;
	if (r->set->found != NULL)
		r->set->found(r->set->user, finding);
}

void
reading_gave_up(const struct reading *r, const char *reason)
{
	reading_half(r)->unreadable = true;
	reading_found(
	    r, &(struct finding){.kind = FOUND_UNREADABLE, .reason = reason});
}

uint64_t
reading_next_request(const struct reading *r)
{
	return ++r->set->counts.requests;
}

/* Both directions of a connection fall into the same bucket. */
static size_t
bucket_of(const struct segment *s)
{
	uint32_t sum = (uint32_t)s->src.port * s->dest.port;

	for (size_t i = 0; i < sizeof(s->src.address); i++)
		sum = sum * 31 + (s->src.address[i] ^ s->dest.address[i]);
	return (sum ^ sum >> 16) & (BUCKETS - 1);
}

static bool
is_sent_by(const struct connection *c, enum side side, const struct segment *s)
{
	return endpoint_equal(&c->facts.side[side].endpoint, &s->src) &&
	       endpoint_equal(
		   &c->facts.side[side_other(side)].endpoint, &s->dest);
}

static bool
is_between_its_ends(
    const struct connection *c, const struct segment *s, enum side *side)
{
	*side = is_sent_by(c, SIDE_CLIENT, s) ? SIDE_CLIENT : SIDE_SERVER;
	return c->facts.datagrams == s->datagram && is_sent_by(c, *side, s);
}

/* Where in its bucket the connection is, or would be put. */
static struct connection **
find_place(struct conversations *set, const struct segment *s, enum side *side)
{
	struct connection **place = &set->bucket[bucket_of(s)];

	while (*place != NULL && !is_between_its_ends(*place, s, side))
		place = &(*place)->next_in_bucket;
	return place;
}

/* A SYN alone is the client's, with ACK the server's; else content, ports. */
static enum side
guess_side(const struct segment *s)
{
	enum side side;

	if (s->flags & TCP_FLAG_SYN)
		return s->flags & TCP_FLAG_ACK ? SIDE_SERVER : SIDE_CLIENT;
	if (s->datagram ? dtls_content_tells_side(s->payload, &side)
			: content_tells_side(s->payload, &side))
		return side;
	return s->src.port >= s->dest.port ? SIDE_CLIENT : SIDE_SERVER;
}

static struct connection *
connection_new(struct conversations *set, const struct frame *frame,
    const struct segment *s, enum side side)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (set->count == set->capacity) {
		set->capacity = set->capacity == 0 ? 64 : set->capacity * 2;
		set->all = reallocarray(
		    set->all, set->capacity, sizeof(struct connection *));
	}
	if (c == NULL || set->all == NULL)
		err(EX_SOFTWARE, "conversation %zu", set->count + 1);
	set->all[set->count++] = c;
	c->facts.number = set->count;
	c->facts.link_type = frame->link_type;
	c->facts.began_at = frame->at;
	c->facts.datagrams = s->datagram;
	c->facts.from_the_middle = !s->datagram && !(s->flags & TCP_FLAG_SYN);
	c->facts.side[side].endpoint = s->src;
	c->facts.side[side_other(side)].endpoint = s->dest;
	set->counts.conversations = set->count;
	return c;
}

/* The ends are used again: a SYN with another sequence number. */
static bool
begins_anew(const struct connection *c, const struct segment *s)
{
	bool syn_alone =
	    (s->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;

	return syn_alone && (!c->has_client_isn || c->client_isn != s->seq);
}

/* The connection a segment belongs to; NULL if there are too many. */
static struct connection *
find_connection(struct conversations *set, const struct frame *frame,
    const struct segment *s, enum side *side)
{
	struct connection **place = find_place(set, s, side), *c = *place;

	if (c != NULL && !begins_anew(c, s))
		return c;
	if (set->count == CONVERSATIONS_MAX)
		return NULL;
	if (c != NULL) {
		connection_close(c);
		*place = c->next_in_bucket;
		place = find_place(set, s, side);
	}
	*side = guess_side(s);
	return *place = connection_new(set, frame, s, *side);
}

enum segment_verdict
conversations_feed(struct conversations *set, const struct frame *frame)
{
	struct segment segment;
	struct reading r = {.set = set, .at = frame->at, .segment = &segment};
	enum segment_verdict verdict =
	    segment_read(frame->link_type, frame->bytes, &segment);

	set->counts.frames++;
	/* Names looked up and the like: no business of ours. */
	if (verdict == SEGMENT_UDP && !dtls_content_begins(segment.payload))
		verdict = SEGMENT_NOT_TCP;
	switch (verdict) {
	case SEGMENT_TCP:
	case SEGMENT_UDP:
		r.connection = find_connection(set, frame, &segment, &r.side);
		if (r.connection != NULL)
			connection_read(&r);
		break;
	case SEGMENT_NOT_TCP:
		set->counts.not_tcp++;
		break;
	case SEGMENT_CUT:
		set->counts.cut++;
		break;
	case SEGMENT_MALFORMED:
		set->counts.malformed++;
		break;
	}
	return verdict;
}

void
conversations_count(
    const struct conversations *set, struct conversation_counts *counts)
{
	*counts = set->counts;
}

static void
add_count(struct buffer *out, uint64_t count, const char *what)
{
	buffer_printf(out, "%s%llu %s%s",
	    buffer_bytes(out).left > 0 ? ", " : "", (unsigned long long)count,
	    what, count == 1 ? "" : "s");
}

void
conversation_counts_text(
    const struct conversation_counts *counts, struct buffer *out)
{
	add_count(out, counts->frames, "frame");
	add_count(out, counts->conversations, "conversation");
	add_count(out, counts->records, "TLS record");
	add_count(out, counts->requests, "request");
}

const struct conversation *
conversations_get(const struct conversations *set, size_t number)
{
	if (number == 0 || number > set->count)
		return NULL;
	return &set->all[number - 1]->facts;
}
