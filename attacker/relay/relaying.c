/* SPDX-License-Identifier: MIT */
#include "relaying.h"

#include "capture/capture.h"
#include "confine/confine.h"
#include "edit_report.h"
#include "event.h"
#include "lab_clock.h"
#include "path.h"
#include "port.h"
#include "relay_watch.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE_TICKS 50 /* for the ends to answer */
#define PROOF_TICKS 5     /* for the proof, before we are ready without it */

struct relaying {
	struct relaying_orders *orders;
	struct capture *capture;
	struct port *port;
	struct outlet outlet;
	struct position position;
	struct path path;
	struct tcp_pair_calls calls;
	struct datagram_calls datagram_calls;
	struct relay_watch *watch;
	unsigned int ticks;
	bool is_taken, is_ready, failed;

	struct edit_counts edits;
	uint64_t units[2];       /* whole ones that passed, by enum unit_kind */
	const struct rule *held; /* by which rule; NULL: nothing is held */
	uint64_t passed_since;   /* of its kind and side */
};

static uint64_t
edits_made(const struct relaying *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < RULE_ACTIONS; i++)
		sum += r->edits.acted[i];
	return sum;
}

static bool
is_enough(const struct relaying *r)
{
	const uint64_t seen[UNTIL_UNITS] = {
	    [UNTIL_REQUESTS] = r->units[UNIT_REQUEST],
	    [UNTIL_RECORDS] = r->units[UNIT_RECORD],
	    [UNTIL_FRAMES] = r->path.from[0] + r->path.from[1],
	    [UNTIL_EDITS] = edits_made(r),
	};

	return until_is_reached(&r->orders->until, seen);
}

/* What is held is noted, so that it can be released. */
static void
note_hold(struct relaying *r, const struct edit *edit)
{
	if (edit->rule->action != RULE_HOLD || edit->arrives)
		return;
	r->held = edit->rule;
	r->passed_since = 0;
	event_ready(); /* until somebody releases it */
}

static void
on_edit(void *user, const struct tcp_edit *e)
{
	struct relaying *r = user;

	edit_report(&r->edits, e);
	note_hold(r, e->edit);
}

static void
on_datagram_edit(void *user, const struct datagram_edit *e)
{
	struct relaying *r = user;

	edit_report_datagram(&r->edits, e);
	note_hold(r, e->edit);
}

static void
on_datagram(void *user, enum side side, const struct unit_piece *last)
{
	struct relaying *r = user;

	if (!last->is_unit)
		return;
	r->units[last->kind]++;
	if (r->held != NULL && r->held->kind == last->kind &&
	    r->held->side == side)
		r->passed_since++;
}

static void
on_unit(void *user, const struct tcp_pair *pair, enum side side,
    const struct unit_piece *last)
{
	(void)pair;
	on_datagram(user, side, last);
}

static size_t
release(struct relaying *r)
{
	r->held = NULL;
	if (r->path.tcp == NULL)
		return 0;
	return tcp_relay_release(r->path.tcp, true_now()) +
	       datagram_relay_release(r->path.datagrams);
}

/* Frames of both have come and gone on: what we do reaches both ends. */
static void
prove_position(struct relaying *r)
{
	if (r->orders->rules.allowed || r->path.from[0] == 0 ||
	    r->path.from[1] == 0)
		return;
	port_flush(r->port);
	r->orders->rules.allowed = true;
	event_begin("position");
	event_text("between", r->orders->names);
	event_number("frames_from_a", (int64_t)r->path.from[0]);
	event_number("frames_from_b", (int64_t)r->path.from[1]);
	event_end();
}

static bool
take(void *user, const struct frame *frame)
{
	struct relaying *r = user;

	if (path_frame(&r->path, frame->bytes, frame->at) == PATH_FORWARDED)
		prove_position(r);
	/* The held unit itself is not among those that passed. */
	if (r->held != NULL && r->orders->release_after > 0 &&
	    r->passed_since > (uint64_t)r->orders->release_after)
		release(r);
	return !is_enough(r);
}

static void
drain(struct relaying *r)
{
	if (capture_drain(r->capture, take, r) == -1)
		r->failed = true;
	port_flush(r->port);
}

/*
 * Ready is who has the position, and as a rule its proof: where an end answers
 * no echo, the proof comes with the first packets of its own.
 */
static void
tell_ready(struct relaying *r)
{
	if (r->is_ready || !position_taken(&r->position))
		return;
	if (!r->is_taken) {
		r->is_taken = true;
		r->ticks = 0;
		position_provoke(&r->position);
		port_flush(r->port);
	}
	if (!r->orders->rules.allowed && r->ticks < PROOF_TICKS)
		return;
	r->is_ready = true;
	event_ready();
}

static void
on_frames(void *user)
{
	struct relaying *r = user;

	drain(r);
	tell_ready(r);
	if (r->failed || is_enough(r))
		relay_watch_leave(r->watch);
}

static void
on_tick(void *user)
{
	struct relaying *r = user;

	if (position_tick(&r->position) == -1)
		r->failed = true;
	if (r->path.tcp != NULL)
		tcp_relay_tick(r->path.tcp, true_now());
	port_flush(r->port);
	r->ticks++;
	tell_ready(r);
	if (!r->is_taken && r->ticks > PATIENCE_TICKS) {
		warnx("attacker relay: %s does not answer ARP on %s",
		    r->orders->between
			.host[r->position.end[0].answered ? 1 : 0]
			->name,
		    r->orders->between.network);
		r->failed = true;
	}
	if (r->failed)
		relay_watch_leave(r->watch);
}

/* Enter: what is held goes on; if nothing is, rules that wait are armed. */
static void
on_enter(void *user)
{
	struct relaying *r = user;

	if (release(r) == 0)
		(void)rules_arm(&r->orders->rules);
	port_flush(r->port);
	event_ready();
}

/* Does a rule wait for somebody at standard input? */
static bool
waits_for_enter(const struct relaying *r)
{
	return rules_wait_for_arming(&r->orders->rules) ||
	       (rules_have(&r->orders->rules, RULE_HOLD) &&
		   r->orders->release_after == 0);
}

static int
run_loop(struct relaying *r)
{
	const struct relay_watch_calls calls = {.frames = on_frames,
	    .tick = on_tick,
	    .enter = waits_for_enter(r) ? on_enter : NULL,
	    .user = r};
	int result = -1;

	r->watch = relay_watch_new(capture_fd(r->capture), &calls);
	if (r->watch != NULL && position_claim(&r->position) == 0) {
		port_flush(r->port);
		result = relay_watch_run(r->watch);
	}
	relay_watch_free(r->watch);
	return result;
}

/* What is held goes on, the ends hear the truth, what still comes is passed. */
static int
give_back(struct relaying *r)
{
	int result;

	release(r);
	drain(r);
	result = position_give_back(&r->position);
	port_flush(r->port);
	drain(r);
	return result;
}

static void
announce(struct relaying *r)
{
	uint64_t received, dropped, sent, refused;

	capture_count(r->capture, &received, &dropped);
	port_count(r->port, &sent, &refused);
	event_begin("relayed");
	event_text("between", r->orders->names);
	event_number("frames_from_a", (int64_t)r->path.from[0]);
	event_number("frames_from_b", (int64_t)r->path.from[1]);
	event_number("bytes_from_a", (int64_t)r->path.bytes[0]);
	event_number("bytes_from_b", (int64_t)r->path.bytes[1]);
	event_number("split", (int64_t)r->path.split);
	event_number("lost", (int64_t)(r->path.lost + refused + dropped));
	for (size_t i = 0; i < RULE_ACTIONS; i++)
		event_number(rule_action_name((enum rule_action)i),
		    (int64_t)r->edits.acted[i]);
	event_number("released", (int64_t)r->edits.released);
	event_number("bytes_added", (int64_t)r->edits.bytes_added);
	event_number("bytes_removed", (int64_t)r->edits.bytes_removed);
	event_end();
	printf("relayed %" PRIu64 " frames from %s, %" PRIu64
	       " from %s, %" PRIu64 " edits, %" PRIu64 " lost\n",
	    r->path.from[0], r->orders->between.host[0]->name, r->path.from[1],
	    r->orders->between.host[1]->name, edits_made(r),
	    r->path.lost + refused + dropped);
}

/* Streams are read only if a rule, or --until, speaks of what is in them. */
static bool
needs_reading(const struct relaying_orders *o)
{
	return o->rules.count > 0 || o->until.unit == UNTIL_REQUESTS ||
	       o->until.unit == UNTIL_RECORDS;
}

/* What comes to us, and ARP, which may be said to all; not what we send. */
static struct capture *
listen_for(const struct relaying *r, const uint8_t mac[6])
{
	char filter[128], own[18];

	snprintf(own, sizeof(own), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
	    mac[1], mac[2], mac[3], mac[4], mac[5]);
	snprintf(filter, sizeof(filter),
	    "not ether src %s and (arp or (ip and ether dst %s))", own, own);
	return capture_open(
	    r->orders->between.network, filter, CAPTURE_AT_ONCE);
}

/* -1 after a warning. */
static int
read_streams(struct relaying *r)
{
	r->calls = (struct tcp_pair_calls){on_edit, on_unit, r};
	r->datagram_calls =
	    (struct datagram_calls){on_datagram_edit, on_datagram, r};
	r->path.tcp = tcp_relay_new(
	    &r->orders->rules, r->path.mtu, &r->outlet, &r->calls);
	r->path.datagrams = datagram_relay_new(
	    &r->orders->rules, &r->outlet, &r->datagram_calls);
	return r->path.tcp == NULL || r->path.datagrams == NULL ? -1 : 0;
}

static int
set_up(struct relaying *r)
{
	uint8_t mac[6];

	if ((r->port = port_open(r->orders->between.network)) == NULL)
		return -1;
	port_mac(r->port, mac);
	if ((r->capture = listen_for(r, mac)) == NULL ||
	    capture_only_incoming(r->capture) == -1)
		return -1;
	r->outlet = port_outlet(r->port);
	position_init(&r->position, mac, r->orders->between.party, &r->outlet);
	r->path = (struct path){.position = &r->position,
	    .mtu = port_mtu(r->port),
	    .outlet = &r->outlet};
	return needs_reading(r->orders) ? read_streams(r) : 0;
}

static enum relaying_outcome
relay(struct relaying *r)
{
	int result;

	if (set_up(r) == -1)
		return RELAYING_NOT_OPENED;
	confine_drop();
	result = run_loop(r);
	if (give_back(r) == -1 || result == -1)
		return RELAYING_FAILED;
	announce(r);
	if (!r->is_ready)
		return RELAYING_NO_POSITION;
	return r->failed ? RELAYING_FAILED : RELAYING_DONE;
}

enum relaying_outcome
relaying_run(struct relaying_orders *orders)
{
	static struct relaying r; /* large */
	enum relaying_outcome outcome;

	r = (struct relaying){.orders = orders};
	outcome = relay(&r);
	tcp_relay_free(r.path.tcp);
	datagram_relay_free(r.path.datagrams);
	port_close(r.port);
	capture_close(r.capture);
	return outcome;
}
