/* SPDX-License-Identifier: MIT */
#include "tcp_way.h"

/* RFC 6298 asks for a second at first; a lab's network answers at once. */
#define RESEND_AFTER INT64_C(300000000) /* nanoseconds, doubled each time */
#define RESEND_DOUBLINGS 4

/* How far a is ahead of b; negative: behind (RFC 9293 section 3.4). */
static int32_t
distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

uint32_t
tcp_way_acknowledgement(struct tcp_way *way)
{
	return editor_acknowledged(&way->editor, way->acked);
}

/* Everything that may be sent: the output, and FIN behind it. */
static uint32_t
end_of(const struct tcp_way *way)
{
	return editor_output_end(&way->editor) + (way->editor.ended ? 1 : 0);
}

/* A segment to the receiver. */
static void
emit(struct tcp_way *way, uint32_t seq, uint8_t flags, struct bytes payload,
    const struct tcp_frame *sack)
{
	static struct buffer made; /* kept: one a segment would be slow */
	struct tcp_frame f = way->like;

	f.id = ++way->like.id;
	f.segment.seq = seq;
	f.segment.ack = tcp_way_acknowledgement(way->back);
	f.segment.flags = flags | TCP_FLAG_ACK;
	f.segment.payload = payload;
	f.sack_count = 0;
	for (size_t i = 0; sack != NULL && i < sack->sack_count; i++)
		f.sack[f.sack_count++] = sack->sack[i];
	way->told_ack = f.segment.ack;
	way->told_window = f.segment.window;
	buffer_reset(&made);
	tcp_frame_write(&f, &made);
	outlet_frame(way->outlet, buffer_bytes(&made));
}

/* Nothing but what the receiver has not heard yet. */
static void
tell(struct tcp_way *way)
{
	emit(way, way->sent, 0, (struct bytes){0}, NULL);
}

static size_t
room_in_segment(const struct tcp_way *way)
{
	size_t mtu = way->mtu;

	/* MSS does not count options, RFC 9293 section 3.7.1 says. */
	if (way->mss != 0 && way->mss + 40u < mtu)
		mtu = way->mss + 40u;
	return tcp_frame_room(&way->like, mtu);
}

/* One segment of the output, from `place` on and not beyond `limit`. */
static uint32_t
send_piece(struct tcp_way *way, uint32_t place, uint32_t limit)
{
	struct bytes out = editor_output(&way->editor, place), piece;
	size_t room = room_in_segment(way), left;
	uint8_t flags = 0;

	left = (size_t)(uint32_t)(limit - place);
	if (left > out.left)
		left = out.left;
	(void)bytes_take(&out, left < room ? left : room, &piece);
	if (out.left == 0)
		flags |= TCP_FLAG_PSH;
	place += (uint32_t)piece.left;
	if (way->editor.ended && out.left == 0 && limit != place)
		flags |= TCP_FLAG_FIN;
	emit(way, place - (uint32_t)piece.left, flags, piece, NULL);
	return place + (flags & TCP_FLAG_FIN ? 1 : 0);
}

static void
await_progress(struct tcp_way *way, int64_t now)
{
	way->resend_at = now + (RESEND_AFTER << way->resends);
}

bool
tcp_way_pump(struct tcp_way *way, int64_t now)
{
	uint32_t end = end_of(way), limit = way->acked + way->window;
	bool was_idle = way->sent == way->acked, sent = false;

	if (distance(limit, end) > 0)
		limit = end;
	while (distance(limit, way->sent) > 0) {
		way->sent = send_piece(way, way->sent, limit);
		sent = true;
	}
	if (was_idle)
		await_progress(way, now);
	return sent;
}

void
tcp_way_start(struct tcp_way *way, const struct tcp_frame *like, uint32_t first)
{
	stream_start(&way->in, first);
	way->sent = way->acked = first;
	way->like = *like;
	way->like.segment.payload = (struct bytes){0};
	way->told_ack = like->segment.ack;
	way->told_window = like->segment.window;
	way->started = true;
}

void
tcp_way_clear(struct tcp_way *way)
{
	editor_clear(&way->editor);
	stream_clear(&way->in);
}

void
tcp_way_remember(struct tcp_way *way, const struct tcp_frame *f)
{
	uint16_t id = way->like.id;

	/* One that was overtaken says nothing new. */
	if (f->segment.has_timestamp && way->like.segment.has_timestamp &&
	    distance(f->segment.tsval, way->like.segment.tsval) < 0)
		return;
	way->like = *f;
	way->like.id = id;
	way->like.segment.payload = (struct bytes){0};
}

void
tcp_way_acknowledged(
    struct tcp_way *way, uint32_t ack, uint32_t window, int64_t now)
{
	if (distance(ack, way->acked) < 0 || distance(ack, way->sent) > 0)
		return;
	if (ack != way->acked) {
		way->acked = ack;
		way->resends = 0;
		await_progress(way, now);
	}
	way->window = window;
	/* And let go of what was kept for it. */
	(void)tcp_way_acknowledgement(way);
	tcp_way_pump(way, now);
}

void
tcp_way_edit(struct tcp_way *way)
{
	struct bytes in = stream_bytes(&way->in);
	size_t before = in.left;

	editor_feed(&way->editor, &in);
	stream_drain(&way->in, before - in.left);
	if (in.left == 0 && !way->end_fed && !way->editor.holding &&
	    stream_finished(&way->in)) {
		way->end_fed = true;
		editor_end(&way->editor);
	}
}

/*
 * The sender repeats itself.  What of that is still on its way to the receiver
 * is repeated; else it is the sender who missed an acknowledgement.
 */
static void
repeat(struct tcp_way *way, const struct segment *s)
{
	const struct offset_map *map = &way->editor.map;
	uint32_t from = offset_map_edited(map, s->seq);
	uint32_t to = offset_map_edited(map,
	    s->seq + (uint32_t)s->payload.left + !!(s->flags & TCP_FLAG_FIN));

	if (distance(from, way->acked) < 0)
		from = way->acked;
	if (distance(to, way->sent) > 0)
		to = way->sent;
	if (distance(to, from) <= 0) {
		tell(way->back);
		return;
	}
	while (distance(to, from) > 0)
		from = send_piece(way, from, to);
}

/* SACK speaks of the edited stream of the other way (RFC 2018). */
static void
translate_sack(const struct tcp_way *other, const struct tcp_frame *f,
    struct tcp_frame *translated)
{
	struct tcp_sack block;

	translated->sack_count = 0;
	for (size_t i = 0; i < f->sack_count; i++) {
		block = f->sack[i];
		if (offset_map_selected(
			&other->editor.map, &block.left, &block.right))
			translated->sack[translated->sack_count++] = block;
	}
}

void
tcp_way_pass_bare(struct tcp_way *way, const struct tcp_frame *f)
{
	struct tcp_frame sack = {0};
	/* RFC 9293 section 3.8.4: asks by an old number for an answer. */
	bool asks = distance(f->segment.seq, way->in.next) < 0;

	translate_sack(way->back, f, &sack);
	emit(way, asks ? way->acked - 1 : way->sent, 0, (struct bytes){0},
	    &sack);
}

static bool
has_news(struct tcp_way *way)
{
	return way->told_ack != tcp_way_acknowledgement(way->back) ||
	       way->told_window != way->like.segment.window;
}

void
tcp_way_take(struct tcp_way *way, const struct segment *s, int64_t now)
{
	struct tcp_way *back = way->back;
	uint32_t end = s->seq + (uint32_t)s->payload.left;
	bool fin = (s->flags & TCP_FLAG_FIN) != 0;
	bool old =
	    distance(end, way->in.next) <= 0 && (!fin || way->in.has_end);

	(void)stream_put(&way->in, s->seq, s->payload);
	if (fin)
		stream_finish(&way->in, end);
	tcp_way_edit(way);
	if (old)
		repeat(way, s);
	if (!tcp_way_pump(way, now) && has_news(way))
		tell(way);
	/* What a rule withholds is acknowledged by us, for who else would. */
	if (distance(tcp_way_acknowledgement(way), back->told_ack) > 0 &&
	    distance(end_of(way), way->acked) == 0)
		tell(back);
}

void
tcp_way_pass_reset(struct tcp_way *way, uint8_t flags)
{
	emit(way, way->sent, flags, (struct bytes){0}, NULL);
}

void
tcp_way_tick(struct tcp_way *way, int64_t now)
{
	uint32_t limit = way->sent;

	if (!way->started || way->acked == end_of(way) || now < way->resend_at)
		return;
	if (way->resends < RESEND_DOUBLINGS)
		way->resends++;
	if (limit != way->acked)
		(void)send_piece(way, way->acked, limit);
	else /* no room: ask for it */
		emit(way, way->acked - 1, 0, (struct bytes){0}, NULL);
	await_progress(way, now);
}
