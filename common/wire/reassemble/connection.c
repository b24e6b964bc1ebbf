/* SPDX-License-Identifier: MIT */
/*
 * One connection, a segment at a time:
 *
 *	segment -> flow		what its sender goes on from
 *		-> stream	-> records or messages -> found
 *
 * and the other side's stream, when the segment acknowledges more of it than
 * the capture has.
 */
#include "connection.h"

#include <string.h>

/* What was begun and cannot be finished, after a gap or at the end. */
static void
half_forget_unfinished(struct half *half)
{
	buffer_reset(&half->handshake);
	buffer_reset(&half->http_raw);
	http_reader_free(half->http);
	half->http = NULL;
}

/* Give back what reading took; the facts stay. */
void
connection_close(struct connection *c)
{
	for (int side = 0; side < SIDES; side++) {
		half_forget_unfinished(&c->half[side]);
		stream_clear(&c->half[side].stream);
		buffer_clear(&c->half[side].handshake);
		buffer_clear(&c->half[side].http_raw);
	}
	c->closed = true;
}

static uint32_t
end_of(const struct segment *s)
{
	return s->seq + (uint32_t)s->payload.left +
	       !!(s->flags & TCP_FLAG_SYN) + !!(s->flags & TCP_FLAG_FIN);
}

static void
update_flow(struct flow_side *flow, const struct segment *s, int64_t at)
{
	/* The sequence number of a RST may be anybody's guess. */
	if (s->flags & TCP_FLAG_RST)
		return;
	if (!flow->seen || (int32_t)(end_of(s) - flow->next_seq) > 0)
		flow->next_seq = end_of(s);
	if (s->flags & TCP_FLAG_ACK)
		flow->last_ack = s->ack;
	memcpy(flow->mac, s->src_mac, sizeof(flow->mac));
	flow->ttl = s->ttl;
	flow->window = s->window;
	flow->last_at = at;
	if (s->has_timestamp) {
		flow->has_timestamp = true;
		flow->tsval = s->tsval;
		flow->tsecr = s->tsecr;
		flow->tsval_at = at;
	}
	flow->finished |= !!(s->flags & TCP_FLAG_FIN);
	flow->seen = true;
}

static void
found_once(const struct reading *r, int step, enum finding_kind kind)
{
	if (r->connection->shook[step])
		return;
	r->connection->shook[step] = true;
	reading_found(
	    r, &(struct finding){.kind = kind, .bytes = r->segment->frame});
}

/* TCP's own handshake: RFC 9293 section 3.5. */
static void
read_tcp_handshake(const struct reading *r)
{
	const struct segment *s = r->segment;
	struct connection *c = r->connection;

	if (s->flags & TCP_FLAG_SYN) {
		stream_start(&reading_half(r)->stream, s->seq + 1);
		if (r->side == SIDE_SERVER) {
			found_once(r, 1, FOUND_SYN_ACK);
			return;
		}
		c->has_client_isn = true;
		c->client_isn = s->seq;
		found_once(r, 0, FOUND_SYN);
	} else if (r->side == SIDE_CLIENT && c->shook[1] &&
		   s->flags & TCP_FLAG_ACK) {
		found_once(r, 2, FOUND_ACK);
	}
}

/* What the two sides speak shows in the first bytes of either. */
static void
recognise_content(struct connection *c, struct bytes first)
{
	if (c->facts.content != CONTENT_UNKNOWN || first.left == 0)
		return;
	if (tls_content_begins(first))
		c->facts.content = CONTENT_TLS;
	else if (http_content_begins(first))
		c->facts.content = CONTENT_HTTP;
	else
		c->facts.content = CONTENT_OTHER;
}

static void
read_content(const struct reading *r)
{
	struct half *half = reading_half(r);
	struct bytes in = stream_bytes(&half->stream);

	recognise_content(r->connection, in);
	if (half->unreadable || r->connection->facts.content == CONTENT_OTHER)
		(void)bytes_skip(&in, in.left);
	else if (r->connection->facts.content == CONTENT_TLS)
		tls_content_read(r, &in);
	else
		http_content_read(r, &in);
	if (half->unreadable)
		(void)bytes_skip(&in, in.left);
	stream_drain(&half->stream, stream_bytes(&half->stream).left - in.left);
}

/* Report what came in order since `before` bytes were there, and read it. */
static void
read_stream(const struct reading *r, size_t before)
{
	struct bytes fresh = stream_bytes(&reading_half(r)->stream);

	if (!bytes_skip(&fresh, before) || fresh.left == 0)
		return;
	reading_found(r, &(struct finding){.kind = FOUND_DATA, .bytes = fresh});
	read_content(r);
}

static void
read_payload(const struct reading *r)
{
	struct stream *stream = &reading_half(r)->stream;
	const struct segment *s = r->segment;
	size_t before = stream_bytes(stream).left;

	if (s->payload.left == 0)
		return;
	reading_found(r, &(struct finding){.kind = FOUND_SEGMENT,
			     .number = ++r->connection->facts.segments[r->side],
			     .bytes = s->frame});
	(void)stream_put(
	    stream, s->seq + !!(s->flags & TCP_FLAG_SYN), s->payload);
	read_stream(r, before);
}

/*
 * This acknowledges bytes of the other side.  If the capture has not got them
 * all, what stands behind the missing ones is read on as far as it makes sense.
 */
static void
read_acknowledgement(const struct reading *r)
{
	struct reading other = *r;
	struct half *half;
	uint32_t missing;

	if (!(r->segment->flags & TCP_FLAG_ACK))
		return;
	other.side = side_other(r->side);
	half = reading_half(&other);
	missing = stream_acknowledged(&half->stream, r->segment->ack);
	if (missing == 0)
		return;
	half_forget_unfinished(half);
	reading_found(
	    &other, &(struct finding){.kind = FOUND_GAP, .missing = missing});
	read_stream(&other, 0);
}

static void
read_fin(const struct reading *r)
{
	const struct segment *s = r->segment;
	struct half *half = reading_half(r);

	if (s->flags & TCP_FLAG_FIN && !half->stream.has_end) {
		stream_finish(
		    &half->stream, s->seq + (uint32_t)s->payload.left);
		reading_found(r, &(struct finding){.kind = FOUND_FIN});
	}
	if (half->ended || !stream_finished(&half->stream))
		return;
	half->ended = true;
	if (r->connection->facts.content == CONTENT_HTTP)
		http_content_end(r);
	if (r->connection->half[side_other(r->side)].ended)
		connection_close(r->connection);
}

static void
read_reset(const struct reading *r)
{
	struct conversation *facts = &r->connection->facts;

	if (!(r->segment->flags & TCP_FLAG_RST) || facts->reset)
		return;
	facts->reset = true;
	reading_found(r, &(struct finding){.kind = FOUND_RST});
}

void
connection_read(const struct reading *r)
{
	struct connection *c = r->connection;

	c->facts.frames++;
	update_flow(&c->facts.side[r->side], r->segment, r->at);
	if (c->facts.datagrams) {
		dtls_content_read(r);
		return;
	}
	read_reset(r);
	if (c->closed)
		return;
	read_tcp_handshake(r);
	read_payload(r);
	read_acknowledgement(r);
	read_fin(r);
}
