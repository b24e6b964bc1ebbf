/* SPDX-License-Identifier: MIT */
/*
 * attacker tamper: change a recorded request, then send it.
 *
 *	tape -> selection -> edit -> dial -> answer
 *
 * One after the other, or all at once: then every connection gets all but the
 * last byte first, and the last bytes follow as closely as we can send them,
 * so that the server has the copies at the same instant.
 */
#include "answer.h"
#include "commands.h"
#include "confine/confine.h"
#include "copy.h"
#include "dial.h"
#include "dial_tls.h"
#include "event.h"
#include "exit_code.h"
#include "lab.h"
#include "lab_clock.h"
#include "option.h"
#include "reassemble/selection.h"
#include "tamper/edit.h"
#include "target.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE_MAX 64
#define HTTPS_PORT 443

struct tamper {
	struct manifest targets;
	struct selection selection;
	struct edits edits;
	const char *tape;
	const char *to; /* host of the manifest; NULL: the recorded server */
	long count;
	long timeout; /* ms */
	bool at_once;
	bool tls;     /* of our own, around the copy */
	char now[24]; /* what `--set-created now` became */
	struct selected selected;
	struct buffer wire; /* the edited request */
	struct copy copy;
	const struct manifest_host *host;
	struct endpoint target;
};

/* One connection with one copy on it. */
struct attempt {
	int fd;
	SSL *tls; /* NULL: plain */
	struct endpoint self;
};

/* Exit status. */
static int
edit(struct tamper *t)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct bytes in = buffer_bytes(&t->selected.bytes);
	const struct http_message *message;
	enum edit_verdict verdict = EDIT_NO_REQUEST;
	const char *word = "what was recorded";

	if (http_reader_feed(reader, &in, &message) == HTTP_COMPLETE) {
		http_request_fingerprint(message, t->copy.original);
		verdict = edit_request(message, &t->edits, &t->wire, &word);
	}
	http_reader_free(reader);
	if (verdict != EDIT_DONE) {
		warnx("attacker tamper: \"%s\" %s; see attacker show", word,
		    edit_verdict_text(verdict));
		return EXIT_USAGE;
	}
	t->copy.kind = SELECT_REQUEST;
	t->copy.length = buffer_bytes(&t->wire).left;
	copy_describe(&t->copy, buffer_bytes(&t->wire));
	return EXIT_AS_EXPECTED;
}

static int
read_tape(struct tamper *t, struct endpoint *recorded)
{
	struct conversations *set;

	if (selection_find(t->tape, &t->selection, &t->selected, &set) == -1)
		return EXIT_USAGE;
	*recorded = conversations_get(set, t->selected.conversation)
			->side[SIDE_SERVER]
			.endpoint;
	conversations_free(set);
	return edit(t);
}

static void
report(const struct tamper *t, const struct answer *a, const char *reason,
    const struct endpoint *self)
{
	const char *description = a->outcome == ANSWER_CLOSED ? reason : NULL;
	char target[ENDPOINT_SIZE];

	event_begin("replayed");
	event_text("outcome", answer_outcome_name(a->outcome));
	if (a->status != 0)
		event_number("status", a->status);
	event_text("description", description);
	copy_event_flow(self, &t->target);
	event_end();
	printf("sent request %" PRIu64 ", changed, to %s (%s): %s",
	    t->selected.number, t->host->name,
	    endpoint_text(&t->target, target), answer_outcome_name(a->outcome));
	if (a->status != 0)
		printf(" %d", a->status);
	else if (description != NULL)
		printf(" (%s)", description);
	putchar('\n');
}

/* Wait for the answer, say what it was, hang up.  Exit status. */
static int
hear_out(const struct tamper *t, struct attempt *attempt)
{
	struct answer answer;
	const char *reason;
	int status;

	answer_begin(&answer, 0);
	reason = attempt->tls == NULL
		     ? dial_receive(attempt->fd, &answer, (int)t->timeout)
		     : dial_tls_ask(attempt->tls, buffer_bytes(&t->wire),
			   &answer, (int)t->timeout);
	answer_timeout(&answer);
	dial_tls_close(attempt->tls);
	close(attempt->fd);
	report(t, &answer, reason, &attempt->self);
	status =
	    answer.outcome == ANSWER_TIMEOUT ? EXIT_DIFFERS : EXIT_AS_EXPECTED;
	answer_clear(&answer);
	return status;
}

/* Connect, and say that a copy goes out.  -1 after a warning. */
static int
open_attempt(const struct tamper *t, struct attempt *a)
{
	a->tls = NULL;
	a->fd = dial_open(&t->target, &a->self, (int)t->timeout);
	if (a->fd == -1)
		return -1;
	if (t->tls &&
	    (a->tls = dial_tls_open(a->fd, (int)t->timeout)) == NULL) {
		close(a->fd);
		return -1;
	}
	copy_event_sent(&t->copy, &a->self, &t->target);
	return 0;
}

/* That a send fails is no news: why it did is still to be read. */
static int
send_one_by_one(const struct tamper *t)
{
	int status = EXIT_AS_EXPECTED, once;
	struct attempt attempt;

	for (long i = 0; i < t->count; i++) {
		if (open_attempt(t, &attempt) == -1)
			return EXIT_DIFFERS;
		if (!t->tls)
			(void)!dial_send(attempt.fd, buffer_bytes(&t->wire));
		if ((once = hear_out(t, &attempt)) > status)
			status = once;
	}
	return status;
}

static int
send_at_once(const struct tamper *t)
{
	struct bytes last = buffer_bytes(&t->wire), first;
	struct attempt attempts[AT_ONCE_MAX];
	int status = EXIT_AS_EXPECTED, once;
	size_t open = 0;

	bytes_take(&last, last.left - 1, &first);
	for (; open < (size_t)t->count; open++) {
		if (open_attempt(t, &attempts[open]) == -1) {
			status = EXIT_DIFFERS;
			break;
		}
		(void)!dial_send(attempts[open].fd, first);
	}
	for (size_t i = 0; i < open; i++)
		(void)!dial_send(attempts[i].fd, last);
	for (size_t i = 0; i < open; i++)
		if ((once = hear_out(t, &attempts[i])) > status)
			status = once;
	return status;
}

static int
tamper(struct tamper *t)
{
	struct endpoint recorded;
	int status;

	if (confine_enter(&t->targets) == -1)
		return EXIT_REFUSED;
	/* An unknown host is refused before anything is read. */
	if (t->to != NULL && confine_target(&t->targets, t->to) == NULL)
		return EXIT_REFUSED;
	if ((status = read_tape(t, &recorded)) != EXIT_AS_EXPECTED ||
	    (status = target_choose(&t->targets, t->to, &recorded, &t->host,
		 &t->target)) != EXIT_AS_EXPECTED)
		return status;
	if (t->to != NULL && !t->tls && t->target.port == HTTPS_PORT) {
		warnx("attacker tamper: %s speaks TLS; add --tls", t->to);
		return EXIT_USAGE;
	}
	confine_drop();
	return t->at_once ? send_at_once(t) : send_one_by_one(t);
}

/* What the table of options cannot say.  -1 after a warning. */
static int
check(struct tamper *t, const char *request)
{
	if (request == NULL) {
		warnx("attacker tamper: --request is needed");
		return -1;
	}
	if (!selection_parse(SELECT_REQUEST, request, &t->selection)) {
		warnx("attacker tamper: request: \"%s\" names none; see "
		      "attacker tamper --help",
		    request);
		return -1;
	}
	if (t->at_once && t->tls) {
		warnx("attacker tamper: --at-once is without --tls");
		return -1;
	}
	if (t->at_once && t->count > AT_ONCE_MAX) {
		warnx("attacker tamper: at most %d copies go out at once",
		    AT_ONCE_MAX);
		return -1;
	}
	if (t->edits.created != NULL && strcmp(t->edits.created, "now") == 0) {
		snprintf(t->now, sizeof(t->now), "%" PRId64,
		    lab_now() / NANOSECONDS);
		t->edits.created = t->now;
	}
	if (t->tape == NULL && (t->tape = lab_file("tape.pcapng")) == NULL)
		t->tape = "tape.pcapng";
	return 0;
}

int
tamper_main(int argc, char *argv[])
{
	struct tamper t = {.count = 1, .timeout = 2000};
	const char *request = NULL;
	const struct option_row rows[] = {
	    OPTION_TEXT("request", &request, "N", "an HTTP request: 2, last"),
	    OPTION_TEXT(
		"set-method", &t.edits.method, "METHOD", "GET for POST"),
	    OPTION_TEXT("set-path", &t.edits.path, "PATH",
		"another path; the query stays unless PATH has one"),
	    OPTION_TEXT("set-host", &t.edits.host, "NAME", "another Host"),
	    OPTION_LIST("drop-header", &t.edits.drop, "NAME",
		"leave that header field out"),
	    OPTION_LIST("set-header", &t.edits.set, "NAME=VALUE",
		"a header field, changed or added"),
	    OPTION_TEXT("set-created", &t.edits.created, "SECONDS|now",
		"when it says it was created"),
	    OPTION_TEXT("set-nonce", &t.edits.nonce, "TEXT", "another nonce"),
	    OPTION_TEXT(
		"set-content", &t.edits.content, "TEXT", "another content"),
	    OPTION_TEXT("set-amount", &t.edits.amount, "N",
		"another amount in its JSON content"),
	    OPTION_FLAG("fix-digest", &t.edits.fix_digest,
		"a Content-Digest that fits the content"),
	    OPTION_LIST("respace", &t.edits.respace, "NAME",
		"spaces in that field that change nothing of its meaning"),
	    OPTION_LIST("recase", &t.edits.recase, "NAME",
		"that field's name with upper for lower case"),
	    OPTION_TEXT("to", &t.to, "HOST",
		"a host of the lab; default: the recorded server"),
	    OPTION_TEXT("tape", &t.tape, "FILE",
		"what was recorded; default: the lab's tape.pcapng"),
	    OPTION_NUMBER("count", &t.count, 1, 1000000, "so many times"),
	    OPTION_FLAG("at-once", &t.at_once,
		"all of them at the same instant, each on a connection"),
	    OPTION_FLAG(
		"tls", &t.tls, "over TLS of its own, as any client may"),
	    OPTION_NUMBER("timeout", &t.timeout, 1, 60000,
		"wait so long for an answer (ms); default: 2000"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker tamper",
	    "Change a recorded request, send it over a connection of its own, "
	    "and say what the server answers.",
	    NULL, rows,
	    "attacker tamper --request last --set-amount 9000 --fix-digest"};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (check(&t, request) == -1)
		return EXIT_USAGE;
	status = tamper(&t);
	selected_clear(&t.selected);
	buffer_clear(&t.wire);
	return status;
}
