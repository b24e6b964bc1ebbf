/* SPDX-License-Identifier: MIT */
#include "tcp_pair.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* RFC 7323 section 2.3; what Linux says with the buffers it has by default. */
#define GUESSED_SCALE 7

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
	told.ack = tcp_way_acknowledgement(&p->way[side_other(to)]);
	p->calls->edit(p->calls->user, &told);
	if (edit->rule->action != RULE_REFLECT)
		return;
	editor_insert(&p->way[to].editor, edit->unit);
	tcp_way_pump(&p->way[to], p->now);
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

	editor_init(
	    &way->editor, side, p->number, p->rules, &p->editor_calls, first);
	tcp_way_start(way, like, first);
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
	p->calls = calls;
	for (int side = 0; side < SIDES; side++) {
		p->way[side].outlet = outlet;
		p->way[side].mtu = mtu;
		p->way[side].back = &p->way[side_other((enum side)side)];
	}
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
	for (int side = 0; side < SIDES; side++)
		tcp_way_clear(&p->way[side]);
	free(p);
}

/* The side acknowledges what the other side's way brought it. */
static void
take_acknowledgement(
    struct tcp_pair *p, enum side side, const struct tcp_frame *f)
{
	struct tcp_way *way = &p->way[side_other(side)];
	uint32_t window = (uint32_t)f->segment.window << p->way[side].scale;

	tcp_way_acknowledged(way, f->segment.ack, window, p->now);
	if (way->editor.end_acknowledged &&
	    p->way[side].editor.end_acknowledged)
		p->over = true;
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
	tcp_way_pass_reset(&p->way[side], f->segment.flags);
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
	tcp_way_remember(&p->way[side], f);
	take_acknowledgement(p, side, f);
	if (f->segment.payload.left > 0 || flags & TCP_FLAG_FIN)
		tcp_way_take(&p->way[side], &f->segment, now);
	else
		tcp_way_pass_bare(&p->way[side], f);
	return true;
}

void
tcp_pair_tick(struct tcp_pair *p, int64_t now)
{
	p->now = now;
	if (p->over || !p->way[SIDE_SERVER].started)
		return;
	for (int side = 0; side < SIDES; side++)
		tcp_way_tick(&p->way[side], now);
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
		tcp_way_edit(&p->way[side]);
		tcp_way_pump(&p->way[side], now);
	}
	return released;
}
