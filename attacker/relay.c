/* SPDX-License-Identifier: MIT */
/*
 * attacker relay: in the path between two hosts of a switched network.
 *
 *	capture -> path -> position			ARP: who is where
 *			-> tcp_relay -> editor -> rules	what may be edited
 *			-> datagram_relay -> rules	the same of DTLS
 *			-> plain_forward		all else
 *						-> port
 *
 * First the position is taken: both ends believe that the other one is here.
 * Then it is proved: frames of both have come and gone on (`position`).  Not
 * before that does any rule act.  On leaving, both ends are told the truth.
 *
 * Connections that began before us are joined where one side begins a record
 * or a message; from there on they are counted.  Those that were edited do not
 * outlive us: their two ends no longer agree on sequence numbers, and nobody
 * is left to translate.
 */
#include "capture/capture.h"
#include "commands.h"
#include "confine/confine.h"
#include "event.h"
#include "exit_code.h"
#include "lab_clock.h"
#include "option.h"
#include "relay/between.h"
#include "relay/edit_report.h"
#include "relay/path.h"
#include "relay/port.h"

#include <err.h>
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_TICKS 50 /* for the ends to answer */
#define PROOF_TICKS 5     /* for the proof, before we are ready without it */

enum until { UNTIL_REQUESTS, UNTIL_RECORDS, UNTIL_FRAMES, UNTIL_EDITS };
static const char *const units[] = {"request", "record", "frame", "edit"};
#define UNITS (sizeof(units) / sizeof(units[0]))

struct relaying {
	struct manifest targets;
	const char *names; /* "client,gateway" */
	struct between between;
	struct rules rules;
	long release_after; /* units; 0: Enter releases */
	bool is_until;
	enum until until;
	uint64_t until_count;

	struct capture *capture;
	struct port *port;
	struct outlet outlet;
	struct position position;
	struct path path;
	struct tcp_pair_calls calls;
	struct datagram_calls datagram_calls;
	struct event_base *base;
	unsigned int ticks;
	bool is_taken, is_ready, leaving, failed;

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
	uint64_t reached = 0;

	if (!r->is_until)
		return false;
	switch (r->until) {
	case UNTIL_REQUESTS:
		reached = r->units[UNIT_REQUEST];
		break;
	case UNTIL_RECORDS:
		reached = r->units[UNIT_RECORD];
		break;
	case UNTIL_FRAMES:
		reached = r->path.from[0] + r->path.from[1];
		break;
	case UNTIL_EDITS:
		reached = edits_made(r);
		break;
	}
	return reached >= r->until_count;
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
	if (r->rules.allowed || r->path.from[0] == 0 || r->path.from[1] == 0)
		return;
	port_flush(r->port);
	r->rules.allowed = true;
	event_begin("position");
	event_text("between", r->names);
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
	if (r->held != NULL && r->release_after > 0 &&
	    r->passed_since > (uint64_t)r->release_after)
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

static void
leave(struct relaying *r)
{
	r->leaving = true;
	event_base_loopbreak(r->base);
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
	if (!r->rules.allowed && r->ticks < PROOF_TICKS)
		return;
	r->is_ready = true;
	event_ready();
}

static void
on_frames(evutil_socket_t fd, short what, void *user)
{
	struct relaying *r = user;

	(void)fd, (void)what;
	drain(r);
	tell_ready(r);
	if (r->failed || is_enough(r))
		leave(r);
}

static void
on_tick(evutil_socket_t fd, short what, void *user)
{
	struct relaying *r = user;

	(void)fd, (void)what;
	if (position_tick(&r->position) == -1)
		r->failed = true;
	if (r->path.tcp != NULL)
		tcp_relay_tick(r->path.tcp, true_now());
	port_flush(r->port);
	r->ticks++;
	tell_ready(r);
	if (!r->is_taken && r->ticks > PATIENCE_TICKS) {
		warnx("attacker relay: %s does not answer ARP on %s",
		    r->between.host[r->position.end[0].answered ? 1 : 0]->name,
		    r->between.network);
		r->failed = true;
	}
	if (r->failed)
		leave(r);
}

static void
on_signal(evutil_socket_t number, short what, void *user)
{
	(void)number, (void)what;
	leave(user);
}

/* Enter: what is held goes on; if nothing is, rules that wait are armed. */
static void
on_enter(struct relaying *r)
{
	if (release(r) == 0)
		(void)rules_arm(&r->rules);
	port_flush(r->port);
	event_ready();
}

static void
on_input(evutil_socket_t fd, short what, void *user)
{
	struct relaying *r = user;
	char typed[256];
	ssize_t n = read(fd, typed, sizeof(typed));

	(void)what;
	for (ssize_t i = 0; i < n; i++)
		if (typed[i] == '\n')
			on_enter(r);
}

/* Standard input, if a rule waits for somebody there; epoll takes no files. */
static struct event *
watch_input(struct relaying *r)
{
	bool wanted =
	    rules_wait_for_arming(&r->rules) ||
	    (rules_have(&r->rules, RULE_HOLD) && r->release_after == 0);
	struct event *input;
	struct stat status;

	if (!wanted || fstat(STDIN_FILENO, &status) == -1 ||
	    S_ISREG(status.st_mode))
		return NULL;
	input =
	    event_new(r->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, r);
	if (input != NULL && event_add(input, NULL) == -1) {
		event_free(input);
		return NULL;
	}
	return input;
}

static int
run_loop(struct relaying *r)
{
	const struct timeval tick = {0, POSITION_TICK_MS * 1000};
	struct event *events[5] = {NULL};
	int result = -1;

	if ((r->base = event_base_new()) == NULL) {
		warnx("attacker relay: no event loop");
		return -1;
	}
	events[0] = event_new(r->base, capture_fd(r->capture),
	    EV_READ | EV_PERSIST, on_frames, r);
	events[1] = event_new(r->base, -1, EV_PERSIST, on_tick, r);
	/* What the events put back when they are freed: told twice to leave, it
	 * still gives back what it took. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	events[2] = evsignal_new(r->base, SIGTERM, on_signal, r);
	events[3] = evsignal_new(r->base, SIGINT, on_signal, r);
	if (events[0] != NULL && events[1] != NULL && events[2] != NULL &&
	    events[3] != NULL && event_add(events[0], NULL) == 0 &&
	    event_add(events[1], &tick) == 0 &&
	    event_add(events[2], NULL) == 0 &&
	    event_add(events[3], NULL) == 0 &&
	    position_claim(&r->position) == 0) {
		port_flush(r->port);
		events[4] = watch_input(r);
		result = event_base_dispatch(r->base) == -1 ? -1 : 0;
	}
	for (size_t i = 0; i < 5; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	event_base_free(r->base);
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
	event_text("between", r->names);
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
	    r->path.from[0], r->between.host[0]->name, r->path.from[1],
	    r->between.host[1]->name, edits_made(r),
	    r->path.lost + refused + dropped);
}

/* Streams are read only if a rule, or --until, speaks of what is in them. */
static bool
needs_reading(const struct relaying *r)
{
	return r->rules.count > 0 ||
	       (r->is_until &&
		   (r->until == UNTIL_REQUESTS || r->until == UNTIL_RECORDS));
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
	return capture_open(r->between.network, filter);
}

static int
relay(struct relaying *r)
{
	uint8_t mac[6];
	int result;

	if ((r->port = port_open(r->between.network)) == NULL)
		return EXIT_USAGE;
	port_mac(r->port, mac);
	if ((r->capture = listen_for(r, mac)) == NULL)
		return EXIT_USAGE;
	r->outlet = port_outlet(r->port);
	position_init(&r->position, mac, r->between.party, &r->outlet);
	r->path = (struct path){.position = &r->position,
	    .mtu = port_mtu(r->port),
	    .outlet = &r->outlet};
	r->calls = (struct tcp_pair_calls){on_edit, on_unit, r};
	r->datagram_calls =
	    (struct datagram_calls){on_datagram_edit, on_datagram, r};
	if (needs_reading(r)) {
		r->path.tcp = tcp_relay_new(
		    &r->rules, r->path.mtu, &r->outlet, &r->calls);
		r->path.datagrams = datagram_relay_new(
		    &r->rules, &r->outlet, &r->datagram_calls);
	}
	if (needs_reading(r) && r->path.datagrams == NULL)
		return EXIT_INTERNAL;
	result = run_loop(r);
	if (give_back(r) == -1 || result == -1)
		return EXIT_INTERNAL;
	announce(r);
	return !r->is_ready ? EXIT_DIFFERS
	       : r->failed  ? EXIT_INTERNAL
			    : EXIT_AS_EXPECTED;
}

static int
enter(struct relaying *r, const char *network)
{
	enum between_verdict verdict;
	int status;

	if (confine_enter(&r->targets) == -1)
		return EXIT_REFUSED;
	verdict = between_read(&r->targets, r->names, network, &r->between);
	if (verdict != BETWEEN_GOOD) {
		warnx("attacker relay: between: \"%s\" %s", r->names,
		    between_text(verdict));
		return verdict == BETWEEN_UNKNOWN ? EXIT_REFUSED : EXIT_USAGE;
	}
	status = relay(r);
	tcp_relay_free(r->path.tcp);
	datagram_relay_free(r->path.datagrams);
	port_close(r->port);
	capture_close(r->capture);
	return status;
}

/* "1 edit", "20 records". */
static int
read_until(const char *text, struct relaying *r)
{
	char *end;

	if (text == NULL)
		return 0;
	r->until_count = strtoull(text, &end, 10);
	for (size_t i = 0; i < UNITS; i++) {
		size_t n = strlen(units[i]);

		if (r->until_count == 0 || *text == '-' || *end != ' ' ||
		    strncmp(end + 1, units[i], n) != 0 ||
		    (strcmp(end + 1 + n, "s") != 0 && end[1 + n] != '\0'))
			continue;
		r->is_until = true;
		r->until = (enum until)i;
		return 0;
	}
	warnx("attacker relay: until: \"%s\" is not a number and one of "
	      "requests, records, frames, edits",
	    text);
	return -1;
}

static int
add_rules(struct relaying *r, const struct option_list lists[RULE_ACTIONS],
    long conversation)
{
	for (int action = 0; action < RULE_ACTIONS; action++)
		for (size_t i = 0; i < lists[action].count; i++) {
			const char *words = lists[action].item[i];

			if (rules_add(&r->rules, (enum rule_action)action,
				words, (size_t)conversation))
				continue;
			warnx("attacker relay: %s: \"%s\" names no record or "
			      "request; say client:5, server:next or "
			      "\"request 1\"",
			    rule_action_name((enum rule_action)action), words);
			return -1;
		}
	return 0;
}

int
relay_main(int argc, char *argv[])
{
	static struct relaying r;
	struct option_list lists[RULE_ACTIONS] = {0};
	const char *network = NULL, *until = NULL;
	long conversation = 0;
	const struct option_row rows[] = {
	    OPTION_TEXT("between", &r.names, "A,B", "two hosts of the lab"),
	    OPTION_TEXT("on", &network, "INTERFACE",
		"where they meet, if on several networks"),
	    OPTION_LIST("hold", &lists[RULE_HOLD], "UNIT",
		"stop there, go on at Enter or --release-after"),
	    OPTION_LIST("drop", &lists[RULE_DROP], "UNIT", "leave it out"),
	    OPTION_LIST("duplicate", &lists[RULE_DUPLICATE], "UNIT",
		"deliver it twice"),
	    OPTION_LIST("swap", &lists[RULE_SWAP], "UNIT",
		"deliver the one behind it first"),
	    OPTION_LIST("reflect", &lists[RULE_REFLECT], "UNIT",
		"deliver it, and give it back to its sender too"),
	    OPTION_LIST("cut", &lists[RULE_CUT], "UNIT",
		"end the stream in its place (FIN)"),
	    OPTION_NUMBER("release-after", &r.release_after, 1, 1000000000,
		"release when so many more of its kind and side passed"),
	    OPTION_NUMBER("conversation", &conversation, 1, 1000000000,
		"rules speak of that one; default: the first that fits"),
	    OPTION_TEXT("until", &until, "\"N UNIT\"",
		"leave after N requests, records, frames or edits"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker relay",
	    "Get between two hosts by ARP and pass on what they say.  A UNIT "
	    "is a TLS or DTLS record\n(client:5, server:7), an HTTP request "
	    "(\"request "
	    "1\"), each counted from the beginning\nof its connection, or "
	    "the next one after Enter (client:next, \"request next\").",
	    NULL, rows,
	    "attacker relay --between client,gateway --drop client:5"};

	switch (option_read(&usage, argc, argv, NULL)) {
	case OPTIONS_HELPED:
		return EXIT_AS_EXPECTED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	case OPTIONS_READ:
		break;
	}
	if (r.names == NULL) {
		warnx("attacker relay: --between A,B is needed");
		return EXIT_USAGE;
	}
	if (read_until(until, &r) == -1 ||
	    add_rules(&r, lists, conversation) == -1)
		return EXIT_USAGE;
	return enter(&r, network);
}
