/* SPDX-License-Identifier: MIT */
/*
 * attacker replay: send a copy over a connection of our own.
 *
 *	tape -> selection, flights -> dial -> answer
 *
 * The kernel does TCP; everything above it is as it was recorded.  A whole
 * stream is sent flight by flight: each one when the other side has answered
 * the one before, as in the recording.  A server's stream is played to the
 * first client that connects.
 */
#include "answer.h"
#include "commands.h"
#include "confine/confine.h"
#include "copy.h"
#include "dial.h"
#include "dial_tls.h"
#include "event.h"
#include "exit_code.h"
#include "flights.h"
#include "forge.h"
#include "impersonate.h"
#include "lab.h"
#include "option.h"
#include "reassemble/selection.h"
#include "target.h"
#include "tls_handshake.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct replay {
	struct manifest targets;
	struct selection selection;
	const char *tape;
	const char *to;   /* host of the manifest; NULL: the recorded server */
	const char *from; /* host in whose name; NULL: our own connection */
	long count;
	long only;    /* the first flights; 0: all */
	long timeout; /* ms */
	bool tls;     /* of our own, around the copy */
	bool cut;     /* some flights are left out */
	struct selected selected;
	struct flights flights;
	struct endpoint recorded; /* the server then */
	const struct manifest_host *host;
	struct endpoint target;
};

static int
read_tape(struct replay *r)
{
	struct conversations *set;
	const struct conversation *c;

	if (selection_find(r->tape, &r->selection, &r->selected, &set) == -1)
		return EXIT_USAGE;
	c = conversations_get(set, r->selected.conversation);
	r->recorded = c->side[SIDE_SERVER].endpoint;
	conversations_free(set);
	if (r->selection.kind == SELECT_STREAM) {
		if (flights_read(r->tape, r->selected.conversation,
			r->selection.side, &r->flights) == -1)
			return EXIT_USAGE;
		r->cut =
		    r->only > 0 && flights_keep(&r->flights, (size_t)r->only);
		return EXIT_AS_EXPECTED;
	}
	r->flights = (struct flights){0};
	flights_speak(&r->flights, buffer_bytes(&r->selected.bytes));
	return EXIT_AS_EXPECTED;
}

/* Flights until the answer is decided or there is none left. */
static void
converse(
    const struct replay *r, int fd, struct answer *answer, const char **reason)
{
	for (size_t i = 0; i < r->flights.count; i++) {
		bool last = i + 1 == r->flights.count;

		if (dial_send(fd, flights_get(&r->flights, i)) == -1) {
			/* Why it closed may be waiting to be read. */
			*reason = dial_receive(fd, answer, (int)r->timeout);
			break;
		}
		*reason = last && !r->cut
			      ? dial_receive(fd, answer, (int)r->timeout)
			      : dial_turn(fd, answer, (int)r->timeout);
		if (answer->outcome != ANSWER_PENDING && !last &&
		    answer->outcome != ANSWER_ANSWERED)
			return;
	}
	if (r->cut)
		answer_enough(answer);
	else
		answer_timeout(answer);
}

static void
announce(const struct replay *r, const struct endpoint *self)
{
	struct bytes whole = buffer_bytes(&r->flights.stream);
	struct copy copy = {.kind = r->selection.kind, .length = whole.left};

	copy_describe(&copy, whole);
	copy_event_sent(&copy, self, &r->target);
}

static void
report(const struct replay *r, const struct answer *a, const char *reason,
    const struct endpoint *self)
{
	const char *description = a->outcome == ANSWER_ALERT
				      ? tls_alert_name(a->description)
				  : a->outcome == ANSWER_CLOSED ? reason
								: NULL;
	char target[ENDPOINT_SIZE];

	event_begin("replayed");
	event_text("outcome", answer_outcome_name(a->outcome));
	if (a->status != 0)
		event_number("status", a->status);
	if (a->outcome == ANSWER_ALERT)
		event_text("level", a->level == 2 ? "fatal" : "warning");
	event_text("description", description);
	copy_event_flow(self, &r->target);
	event_end();
	if (r->selection.kind == SELECT_REQUEST)
		printf("replayed request %llu",
		    (unsigned long long)r->selected.number);
	else
		printf("replayed what the %s of conversation %zu sent",
		    r->selection.side == SIDE_SERVER ? "server" : "client",
		    r->selected.conversation);
	printf(" to %s (%s): %s", r->to, endpoint_text(&r->target, target),
	    answer_outcome_name(a->outcome));
	if (a->status != 0)
		printf(" %d", a->status);
	else if (description != NULL)
		printf(" (%s)", description);
	putchar('\n');
}

static int
replay_once(const struct replay *r)
{
	struct endpoint self;
	struct answer answer;
	const char *reason = "timeout";
	int fd = dial_open(&r->target, &self, (int)r->timeout), status;
	SSL *tls = NULL;

	if (fd == -1)
		return EXIT_DIFFERS;
	if (r->tls && (tls = dial_tls_open(fd, (int)r->timeout)) == NULL) {
		close(fd);
		return EXIT_DIFFERS;
	}
	answer_begin(&answer, r->cut ? 0 : r->flights.other_records);
	announce(r, &self);
	if (tls == NULL)
		converse(r, fd, &answer, &reason);
	else
		reason = dial_tls_ask(
		    tls, flights_get(&r->flights, 0), &answer, (int)r->timeout);
	answer_timeout(&answer);
	dial_tls_close(tls);
	close(fd);
	report(r, &answer, reason, &self);
	status =
	    answer.outcome == ANSWER_TIMEOUT ? EXIT_DIFFERS : EXIT_AS_EXPECTED;
	answer_clear(&answer);
	return status;
}

/* The recorded server's port, at our own address on its network. */
static int
own_address(const struct replay *r, struct endpoint *self)
{
	char name[64] = "", recorded[INET6_ADDRSTRLEN];
	const struct manifest_host *host;

	gethostname(name, sizeof(name) - 1);
	/* We serve nothing by the manifest, but we must stand in it. */
	if ((host = manifest_host(&r->targets, name)) == NULL)
		return confine_target(&r->targets, name) == NULL
			   ? EXIT_REFUSED
			   : EXIT_INTERNAL;
	endpoint_address(&r->recorded, recorded);
	if (dial_address(&r->targets, host, recorded, self) == -1)
		return EXIT_INTERNAL;
	self->port = r->recorded.port;
	return EXIT_AS_EXPECTED;
}

static int
replay_server(struct replay *r)
{
	struct endpoint client;
	struct answer answer;
	const char *reason = "timeout";
	int status = own_address(r, &r->target);

	if (status != EXIT_AS_EXPECTED)
		return status;
	r->to = "its client";
	if (impersonate(&r->target, &r->flights, (int)r->timeout, &answer,
		&client, &reason) == -1)
		return EXIT_DIFFERS;
	report(r, &answer, reason, &client);
	answer_clear(&answer);
	return EXIT_AS_EXPECTED;
}

static void
announce_forged(const struct forged *f, void *user)
{
	const struct replay *r = user;
	struct bytes whole = buffer_bytes(&r->flights.stream);
	struct copy copy = {.kind = r->selection.kind,
	    .length = whole.left,
	    .seq = f->seq,
	    .ack = f->ack,
	    .has_seq = true};

	copy_describe(&copy, whole);
	copy_event_sent(&copy, &f->self, &f->target);
}

/* TCP by hand, in the name of a host that knows nothing of it. */
static int
replay_forged(struct replay *r)
{
	static const char *const outcomes[] = {
	    [FORGE_ANSWERED] = "answered",
	    [FORGE_RESET] = "closed",
	    [FORGE_SILENCE] = "timeout",
	};
	struct forged f;
	char target[ENDPOINT_SIZE];

	if (manifest_host(&r->targets, r->from) == NULL)
		return confine_target(&r->targets, r->from) == NULL
			   ? EXIT_REFUSED
			   : EXIT_INTERNAL;
	if (forge(&r->targets, r->from, r->host,
		buffer_bytes(&r->flights.stream), (int)r->timeout,
		announce_forged, r, &f) == -1)
		return EXIT_DIFFERS;
	event_begin("replayed");
	event_text("outcome", outcomes[f.outcome]);
	event_text("description", f.outcome == FORGE_RESET ? "reset" : NULL);
	copy_event_flow(&f.self, &f.target);
	event_end();
	printf("replayed request %llu to %s (%s) as %s, whose SYN-ACK was %s: "
	       "%s\n",
	    (unsigned long long)r->selection.number, r->to,
	    endpoint_text(&f.target, target), r->from,
	    f.guessed ? "guessed" : "seen", outcomes[f.outcome]);
	return EXIT_AS_EXPECTED;
}

static int
replay(struct replay *r)
{
	int status;

	if (confine_enter(&r->targets) == -1)
		return EXIT_REFUSED;
	/* An unknown host is refused before anything is read. */
	if (r->to != NULL && confine_target(&r->targets, r->to) == NULL)
		return EXIT_REFUSED;
	if ((status = read_tape(r)) != EXIT_AS_EXPECTED)
		return status;
	if (r->selection.side == SIDE_SERVER)
		return replay_server(r);
	if ((status = target_choose(&r->targets, r->to, &r->recorded, &r->host,
		 &r->target)) != EXIT_AS_EXPECTED)
		return status;
	r->to = r->host->name;
	if (r->from != NULL)
		return replay_forged(r);
	confine_drop();
	for (long i = 0; i < r->count; i++) {
		int once = replay_once(r);

		if (once > status)
			status = once;
	}
	return status;
}

static int
choose(struct replay *r, const char *request, const char *stream,
    long conversation)
{
	const char *words = request != NULL ? request : stream;

	if ((request == NULL) == (stream == NULL)) {
		warnx("attacker replay: give either --request or --stream");
		return -1;
	}
	if (r->from != NULL && (request == NULL || r->count > 1)) {
		warnx("attacker replay: --from is for one --request");
		return -1;
	}
	if (r->tls && (request == NULL || r->from != NULL)) {
		warnx("attacker replay: --tls is for a --request");
		return -1;
	}
	if (!selection_parse(request != NULL ? SELECT_REQUEST : SELECT_STREAM,
		words, &r->selection)) {
		warnx("attacker replay: %s: \"%s\" names none; see attacker "
		      "replay --help",
		    request != NULL ? "request" : "stream", words);
		return -1;
	}
	if (r->only > 0 &&
	    (stream == NULL || r->selection.side == SIDE_SERVER)) {
		warnx("attacker replay: --flights goes with --stream client");
		return -1;
	}
	r->selection.conversation = (size_t)conversation;
	return 0;
}

int
replay_main(int argc, char *argv[])
{
	const char *request = NULL, *stream = NULL;
	struct replay r = {.count = 1, .timeout = 2000};
	long conversation = 0;
	const struct option_row rows[] = {
	    OPTION_TEXT("request", &request, "N", "an HTTP request: 2, last"),
	    OPTION_TEXT("stream", &stream, "client|server",
		"all that this side of a conversation sent"),
	    OPTION_NUMBER("flights", &r.only, 1, FLIGHTS_MAX,
		"only its first flights: what it sent unanswered"),
	    OPTION_NUMBER("conversation", &conversation, 1, 1000000000,
		"of that conversation; default: the latest"),
	    OPTION_TEXT("to", &r.to, "HOST",
		"a host of the lab; default: the recorded server"),
	    OPTION_TEXT("from", &r.from, "HOST",
		"in the name of that host, with TCP made by hand"),
	    OPTION_FLAG(
		"tls", &r.tls, "over TLS of its own, as any client may"),
	    OPTION_TEXT("tape", &r.tape, "FILE",
		"what was recorded; default: the lab's tape.pcapng"),
	    OPTION_NUMBER("count", &r.count, 1, 1000000, "so many times"),
	    OPTION_NUMBER("timeout", &r.timeout, 1, 60000,
		"wait so long for an answer (ms); default: 2000"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker replay",
	    "Send a copy of something recorded over a connection of its own, "
	    "and say what the server answers.",
	    NULL, rows, "attacker replay --request last --to backend2"};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (choose(&r, request, stream, conversation) == -1)
		return EXIT_USAGE;
	if (r.tape == NULL && (r.tape = lab_file("tape.pcapng")) == NULL)
		r.tape = "tape.pcapng";
	status = replay(&r);
	selected_clear(&r.selected);
	flights_clear(&r.flights);
	return status;
}
