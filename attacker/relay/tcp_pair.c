/* SPDX-License-Identifier: MIT */
#include "tcp_pair.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* RFC 6298 asks for a second at first; a lab's network answers at once. */
#define RESEND_AFTER INT64_C(300000000) /* nanoseconds, doubled each time */
#define RESEND_DOUBLINGS 4

/* RFC 7323 section 2.3; what Linux says with the buffers it has by default. */
#define GUESSED_SCALE 7

/* How far a is ahead of b; negative: behind (RFC 9293 section 3.4). */
static int32_t
distance(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* What the sender of a way may be told that the receiver has. */
static uint32_t
acknowledgement(struct tcp_way *way)
{
	return editor_acknowledged(&way->editor, way->acked);
}

/* Everything that may be sent: the output, and FIN behind it. */
static uint32_t
end_of(const struct tcp_way *way)
{
	return editor_output_end(&way->editor) + (way->editor.ended ? 1 : 0);
}

/* A segment to the receiver of that side's way. */
static void
emit(struct tcp_pair *p, enum side side, uint32_t seq, uint8_t flags,
    struct bytes payload, const struct tcp_frame *sack)
{
	static struct buffer made; /* kept: one a segment would be slow */
	struct tcp_way *way = &p->way[side];
	struct tcp_frame f = way->like;

	f.id = ++way->like.id;
	f.segment.seq = seq;
	f.segment.ack = acknowledgement(&p->way[side_other(side)]);
	f.segment.flags = flags | TCP_FLAG_ACK;
	f.segment.payload = payload;
	f.sack_count = 0;
	for (size_t i = 0; sack != NULL && i < sack->sack_count; i++)
		f.sack[f.sack_count++] = sack->sack[i];
	way->told_ack = f.segment.ack;
	way->told_window = f.segment.window;
	buffer_reset(&made);
	tcp_frame_write(&f, &made);
	outlet_frame(p->outlet, buffer_bytes(&made));
}

static void
emit_ack(struct tcp_pair *p, enum side side)
{
	emit(p, side, p->way[side].sent, 0, (struct bytes){0}, NULL);
}

static size_t
room_in_segment(const struct tcp_pair *p, const struct tcp_way *way)
{
	size_t mtu = p->mtu;

	/* MSS does not count options, RFC 9293 section 3.7.1 says. */
	if (way->mss != 0 && way->mss + 40u < mtu)
		mtu = way->mss + 40u;
	return tcp_frame_room(&way->like, mtu);
}

/* One segment of the output, from `place` on and not beyond `limit`. */
static uint32_t
send_piece(struct tcp_pair *p, enum side side, uint32_t place, uint32_t limit)
{
	struct tcp_way *way = &p->way[side];
	struct bytes out = editor_output(&way->editor, place), piece;
	size_t room = room_in_segment(p, way), left;
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
	emit(p, side, place - (uint32_t)piece.left, flags, piece, NULL);
	return place + (flags & TCP_FLAG_FIN ? 1 : 0);
}

static void
await_progress(struct tcp_pair *p, struct tcp_way *way)
{
	way->resend_at = p->now + (RESEND_AFTER << way->resends);
}

/* All that the receiver has room for.  False: nothing was to be sent. */
static bool
pump(struct tcp_pair *p, enum side side)
{
	struct tcp_way *way = &p->way[side];
	uint32_t end = end_of(way), limit = way->acked + way->window;
	bool was_idle = way->sent == way->acked, sent = false;

	if (distance(limit, end) > 0)
		limit = end;
	while (distance(limit, way->sent) > 0) {
		way->sent = send_piece(p, side, way->sent, limit);
		sent = true;
	}
	if (was_idle)
		await_progress(p, way);
	return sent;
}

static void
hear_edit(void *user, struct editor *e, const struct edit *edit)
{
	struct tcp_pair *p = user;
	struct tcp_edit told = {edit, p, e->side, edit->place, 0};
	enum side to = e->side;

	if (edit->rule->action == RULE_REFLECT) {
		to = side_other(e->side);
		told.seq = editor_output_end(&p->way[to].editor);
	}
	told.ack = acknowledgement(&p->way[side_other(to)]);
	p->calls->edit(p->calls->user, &told);
	if (edit->rule->action != RULE_REFLECT)
		return;
	editor_insert(&p->way[to].editor, edit->unit);
	pump(p, to);
}

static void
hear_unit(void *user, struct editor *e, const struct unit_piece *last)
{
	struct tcp_pair *p = user;

	p->calls->unit(p->calls->user, p, e->side, last);
}

/* `first` is the number of the first byte of this way. */
static void
start_way(struct tcp_pair *p, enum side side, const struct tcp_frame *like,
    uint32_t first)
{
	struct tcp_way *way = &p->way[side];

	stream_start(&way->in, first);
	editor_init(
	    &way->editor, side, p->number, p->rules, &p->editor_calls, first);
	way->sent = way->acked = first;
	way->like = *like;
	way->like.segment.payload = (struct bytes){0};
	way->told_ack = like->segment.ack;
	way->told_window = like->segment.window;
	way->started = true;
}

static void
start_with_syn(struct tcp_pair *p, enum side side, const struct tcp_frame *syn)
{
	struct tcp_way *way = &p->way[side], *back = &p->way[side_other(side)];

	start_way(p, side, syn, syn->segment.seq + 1);
	way->scale = syn->has_window_scale ? syn->window_scale : 0;
	back->mss = syn->mss;
	back->window = syn->segment.window; /* of a SYN it is not scaled */
	/* RFC 7323 section 2.2: both say it, or nobody scales. */
	if (side == SIDE_SERVER && !syn->has_window_scale)
		back->scale = 0;
	if (side == SIDE_SERVER && !back->like.has_window_scale)
		way->scale = 0;
}

static struct tcp_pair *
pair_new(size_t number, const struct endpoint *client,
    const struct endpoint *server, struct rules *rules, size_t mtu,
    const struct outlet *outlet, const struct tcp_pair_calls *calls)
{
	struct tcp_pair *p = calloc(1, sizeof(*p));

	if (p == NULL)
		err(EX_SOFTWARE, "connection %zu", number);
	p->number = number;
	p->end[SIDE_CLIENT] = *client;
	p->end[SIDE_SERVER] = *server;
	p->rules = rules;
	p->mtu = mtu;
	p->outlet = outlet;
	p->calls = calls;
	p->editor_calls = (struct editor_calls){
	    hear_edit, calls->unit == NULL ? NULL : hear_unit, p};
	return p;
}

struct tcp_pair *
tcp_pair_new(size_t number, const struct tcp_frame *syn, struct rules *rules,
    size_t mtu, const struct outlet *outlet, const struct tcp_pair_calls *calls)
{
	struct tcp_pair *p = pair_new(number, &syn->segment.src,
	    &syn->segment.dest, rules, mtu, outlet, calls);

	p->first_seq = syn->segment.seq;
	start_with_syn(p, SIDE_CLIENT, syn);
	return p;
}

/* What the other side would have sent last, as far as this one tells. */
static struct tcp_frame
answer_to(const struct tcp_frame *f)
{
	struct tcp_frame back = *f;

	back.segment.src = f->segment.dest;
	back.segment.dest = f->segment.src;
	memcpy(back.segment.src_mac, f->segment.dest_mac,
	    sizeof(back.segment.src_mac));
	memcpy(back.segment.dest_mac, f->segment.src_mac,
	    sizeof(back.segment.dest_mac));
	back.segment.seq = f->segment.ack;
	back.segment.ack = f->segment.seq;
	back.segment.tsval = f->segment.tsecr;
	back.segment.tsecr = f->segment.tsval;
	return back;
}

struct tcp_pair *
tcp_pair_join(size_t number, enum side side, const struct tcp_frame *f,
    struct rules *rules, size_t mtu, const struct outlet *outlet,
    const struct tcp_pair_calls *calls)
{
	const struct endpoint *end[SIDES];
	const struct tcp_frame back = answer_to(f);
	struct tcp_pair *p;

	end[side] = &f->segment.src;
	end[side_other(side)] = &f->segment.dest;
	p = pair_new(number, end[SIDE_CLIENT], end[SIDE_SERVER], rules, mtu,
	    outlet, calls);
	start_way(p, side, f, f->segment.seq);
	start_way(p, side_other(side), &back, f->segment.ack);
	for (int i = 0; i < SIDES; i++) {
		p->way[i].scale = GUESSED_SCALE;
		p->way[i].window = (uint32_t)f->segment.window << GUESSED_SCALE;
	}
	return p;
}

void
tcp_pair_free(struct tcp_pair *p)
{
	if (p == NULL)
		return;
	for (int side = 0; side < SIDES; side++) {
		editor_clear(&p->way[side].editor);
		stream_clear(&p->way[side].in);
	}
	free(p);
}

/* The segment's own state, from which ours are made. */
static void
remember(struct tcp_way *way, const struct tcp_frame *f)
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

/* The side acknowledges what the other side's way brought it. */
static void
take_acknowledgement(
    struct tcp_pair *p, enum side side, const struct tcp_frame *f)
{
	struct tcp_way *way = &p->way[side_other(side)];
	uint32_t ack = f->segment.ack;

	if (distance(ack, way->acked) < 0 || distance(ack, way->sent) > 0)
		return;
	if (ack != way->acked) {
		way->acked = ack;
		way->resends = 0;
		await_progress(p, way);
	}
	way->window = (uint32_t)f->segment.window << p->way[side].scale;
	(void)acknowledgement(way); /* and let go of what was kept for it */
	pump(p, side_other(side));
	if (way->editor.end_acknowledged &&
	    p->way[side].editor.end_acknowledged)
		p->over = true;
}

/* What is in order goes through the editor. */
static void
edit(struct tcp_way *way)
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
repeat(struct tcp_pair *p, enum side side, const struct segment *s)
{
	struct tcp_way *way = &p->way[side];
	const struct offset_map *map = &way->editor.map;
	uint32_t from = offset_map_edited(map, s->seq);
	uint32_t to = offset_map_edited(map,
	    s->seq + (uint32_t)s->payload.left + !!(s->flags & TCP_FLAG_FIN));

	if (distance(from, way->acked) < 0)
		from = way->acked;
	if (distance(to, way->sent) > 0)
		to = way->sent;
	if (distance(to, from) <= 0) {
		emit_ack(p, side_other(side));
		return;
	}
	while (distance(to, from) > 0)
		from = send_piece(p, side, from, to);
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

/* A segment without data: an acknowledgement, a window, a sign of life. */
static void
pass_bare(struct tcp_pair *p, enum side side, const struct tcp_frame *f)
{
	struct tcp_way *way = &p->way[side];
	struct tcp_frame sack = {0};
	/* RFC 9293 section 3.8.4: asks by an old number for an answer. */
	bool asks = distance(f->segment.seq, way->in.next) < 0;

	translate_sack(&p->way[side_other(side)], f, &sack);
	emit(p, side, asks ? way->acked - 1 : way->sent, 0, (struct bytes){0},
	    &sack);
}

static bool
has_news(struct tcp_pair *p, enum side side)
{
	struct tcp_way *way = &p->way[side];

	return way->told_ack != acknowledgement(&p->way[side_other(side)]) ||
	       way->told_window != way->like.segment.window;
}

static void
take_data(struct tcp_pair *p, enum side side, const struct tcp_frame *f)
{
	const struct segment *s = &f->segment;
	struct tcp_way *way = &p->way[side], *back = &p->way[side_other(side)];
	uint32_t end = s->seq + (uint32_t)s->payload.left;
	bool fin = (s->flags & TCP_FLAG_FIN) != 0;
	bool old =
	    distance(end, way->in.next) <= 0 && (!fin || way->in.has_end);

	(void)stream_put(&way->in, s->seq, s->payload);
	if (fin)
		stream_finish(&way->in, end);
	edit(way);
	if (old)
		repeat(p, side, s);
	if (!pump(p, side) && has_news(p, side))
		emit_ack(p, side);
	/* What a rule withholds is acknowledged by us, for who else would. */
	if (distance(acknowledgement(way), back->told_ack) > 0 &&
	    distance(end_of(way), way->acked) == 0)
		emit_ack(p, side_other(side));
}

/*
 * A reset must have the very number that is due (RFC 5961 section 3.2).  While
 * something is held it is withheld, too: nothing could be released after it.
 */
static void
pass_reset(struct tcp_pair *p, enum side side, const struct tcp_frame *f)
{
	if (p->way[side].editor.holding)
		return;
	emit(p, side, p->way[side].sent, f->segment.flags, (struct bytes){0},
	    NULL);
	p->over = true;
}

bool
tcp_pair_frame(
    struct tcp_pair *p, enum side side, const struct tcp_frame *f, int64_t now)
{
	const uint8_t flags = f->segment.flags;

	p->now = p->last_at = now;
	if (flags & TCP_FLAG_SYN) {
		if (!p->way[side].started)
			start_with_syn(p, side, f);
		return false;
	}
	if (!p->way[SIDE_SERVER].started)
		return false;
	if (flags & TCP_FLAG_RST) {
		pass_reset(p, side, f);
		return true;
	}
	if (!(flags & TCP_FLAG_ACK))
		return true; /* RFC 9293 section 3.10.7.4: dropped */
	remember(&p->way[side], f);
	take_acknowledgement(p, side, f);
	if (f->segment.payload.left > 0 || flags & TCP_FLAG_FIN)
		take_data(p, side, f);
	else
		pass_bare(p, side, f);
	return true;
}

static void
tick_way(struct tcp_pair *p, enum side side)
{
	struct tcp_way *way = &p->way[side];
	uint32_t limit = way->sent;

	if (!way->started || way->acked == end_of(way) ||
	    p->now < way->resend_at)
		return;
	if (way->resends < RESEND_DOUBLINGS)
		way->resends++;
	if (limit != way->acked)
		(void)send_piece(p, side, way->acked, limit);
	else /* no room: ask for it */
		emit(p, side, way->acked - 1, 0, (struct bytes){0}, NULL);
	await_progress(p, way);
}

void
tcp_pair_tick(struct tcp_pair *p, int64_t now)
{
	p->now = now;
	if (p->over || !p->way[SIDE_SERVER].started)
		return;
	for (int side = 0; side < SIDES; side++)
		tick_way(p, (enum side)side);
}

size_t
tcp_pair_release(struct tcp_pair *p, int64_t now)
{
	size_t released = 0;

	p->now = now;
	for (int side = 0; side < SIDES; side++) {
		if (!editor_release(&p->way[side].editor))
			continue;
		released++;
		edit(&p->way[side]);
		pump(p, (enum side)side);
	}
	return released;
}
