/* SPDX-License-Identifier: MIT */
/* A list, the newest first: a lab has few connections at a time. */
#include "tcp_relay.h"

#include "reassemble/connection.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* So long a connection that is over may still repeat its last segments. */
#define LINGER INT64_C(10000000000) /* nanoseconds */

struct tcp_relay {
	struct rules *rules;
	size_t mtu;
	const struct outlet *outlet;
	const struct tcp_pair_calls *calls;
	struct tcp_pair *first;
	size_t count; /* so far */
};

struct tcp_relay *
tcp_relay_new(struct rules *rules, size_t mtu, const struct outlet *outlet,
    const struct tcp_pair_calls *calls)
{
	struct tcp_relay *t = calloc(1, sizeof(*t));

	if (t == NULL)
		err(EX_SOFTWARE, "relay");
	t->rules = rules;
	t->mtu = mtu;
	t->outlet = outlet;
	t->calls = calls;
	return t;
}

static void
drop_next(struct tcp_pair **place)
{
	struct tcp_pair *gone = *place;

	*place = gone->next;
	tcp_pair_free(gone);
}

void
tcp_relay_free(struct tcp_relay *t)
{
	if (t == NULL)
		return;
	while (t->first != NULL)
		drop_next(&t->first);
	free(t);
}

static bool
is_sent_by(const struct tcp_pair *p, enum side side, const struct segment *s)
{
	return endpoint_equal(&p->end[side], &s->src) &&
	       endpoint_equal(&p->end[side_other(side)], &s->dest);
}

static struct tcp_pair **
find(struct tcp_relay *t, const struct segment *s, enum side *side)
{
	struct tcp_pair **place = &t->first;

	for (; *place != NULL; place = &(*place)->next) {
		*side = is_sent_by(*place, SIDE_CLIENT, s) ? SIDE_CLIENT
							   : SIDE_SERVER;
		if (is_sent_by(*place, *side, s))
			break;
	}
	return place;
}

static bool
is_first_syn(const struct segment *s)
{
	return (s->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;
}

/* The same SYN again, or the ends are used anew. */
static bool
begins_anew(const struct tcp_pair *p, const struct segment *s)
{
	return is_first_syn(s) && (p->over || p->first_seq != s->seq);
}

/* Does a side begin a record or a message here?  Then *side says which. */
static bool
can_be_joined(const struct segment *s, enum side *side)
{
	if (s->payload.left == 0 ||
	    (s->flags & (TCP_FLAG_SYN | TCP_FLAG_RST | TCP_FLAG_ACK)) !=
		TCP_FLAG_ACK)
		return false;
	if (content_tells_side(s->payload, side))
		return true;
	*side = s->src.port >= s->dest.port ? SIDE_CLIENT : SIDE_SERVER;
	return s->payload.left > 1 && tls_content_begins(s->payload);
}

/* NULL: not one that we follow. */
static struct tcp_pair *
begin(struct tcp_relay *t, const struct tcp_frame *f, enum side *side)
{
	struct tcp_pair *p;

	/* Data in a SYN (RFC 7413) is more than we follow. */
	if (is_first_syn(&f->segment) && f->segment.payload.left == 0) {
		*side = SIDE_CLIENT;
		p = tcp_pair_new(
		    t->count + 1, f, t->rules, t->mtu, t->outlet, t->calls);
	} else if (can_be_joined(&f->segment, side))
		p = tcp_pair_join(t->count + 1, *side, f, t->rules, t->mtu,
		    t->outlet, t->calls);
	else
		return NULL;
	t->count++;
	p->next = t->first;
	return t->first = p;
}

bool
tcp_relay_frame(
    struct tcp_relay *t, struct bytes frame, const struct hop *hop, int64_t now)
{
	struct tcp_pair **place, *p;
	struct tcp_frame f;
	enum side side = SIDE_CLIENT;

	if (!tcp_frame_read(frame, &f))
		return false;
	place = find(t, &f.segment, &side);
	if (*place != NULL && begins_anew(*place, &f.segment)) {
		drop_next(place);
		place = find(t, &f.segment, &side);
	}
	if ((p = *place) == NULL && (p = begin(t, &f, &side)) == NULL)
		return false;
	memcpy(f.segment.src_mac, hop->from, sizeof(hop->from));
	memcpy(f.segment.dest_mac, hop->to, sizeof(hop->to));
	return tcp_pair_frame(p, side, &f, now);
}

void
tcp_relay_tick(struct tcp_relay *t, int64_t now)
{
	struct tcp_pair **place = &t->first;

	while (*place != NULL) {
		if ((*place)->over && now - (*place)->last_at > LINGER) {
			drop_next(place);
			continue;
		}
		tcp_pair_tick(*place, now);
		place = &(*place)->next;
	}
}

size_t
tcp_relay_release(struct tcp_relay *t, int64_t now)
{
	size_t released = 0;

	for (struct tcp_pair *p = t->first; p != NULL; p = p->next)
		released += tcp_pair_release(p, now);
	return released;
}

size_t
tcp_relay_connections(const struct tcp_relay *t)
{
	return t->count;
}
