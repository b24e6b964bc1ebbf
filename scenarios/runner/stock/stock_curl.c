/* SPDX-License-Identifier: MIT */
/*
 * curl as the client: one process, a transfer for each id, one connection.
 *
 *	words -> curl -> its --write-out, a line for each transfer -> events
 *
 * With --step curl reads a gate between the two: a FIFO, as a file: URL, which
 * ends when Enter comes.  With --watch the second transfer is an upload from
 * standard input instead: curl sends the head of its request and what there is
 * of its body, waits for the rest, and watches the connection meanwhile.  It
 * has one byte at once: so no version of curl can send that request again.
 */
#include "stock.h"

#include "curl_command.h"
#include "event.h"
#include "exit_code.h"
#include "play/installed.h"
#include "printed.h"
#include "stock_words.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct paying {
	const struct stock *stock;
	pid_t child;
	int signals, input;
	struct printed talk; /* what it says */
	struct curl_command command;
	struct buffer remote; /* that it connects to: "198.51.100.20:443" */
	struct buffer last;   /* its connection, as the line of a result */
	struct buffer alert;  /* that waits for its connection's name */
	struct stock_result result[CURL_TRANSFERS_MAX];
	size_t result_count, reported;
	bool head_out;  /* of the second request */
	bool uploading; /* and the first byte of its body */
	bool entered, ready, ended;
	int status;
};

static void
put_flow(const struct stock_result *r)
{
	if (r->local.port == 0)
		return;
	event_bytes("src_ip", r->local.ip);
	event_number("src_port", r->local.port);
	event_bytes("dest_ip", r->remote.ip);
	event_number("dest_port", r->remote.port);
}

static const char *
outcome_of(const struct stock_result *r)
{
	if (r == NULL || r->exit_status != 0)
		return "connection-lost";
	return r->http_status / 100 == 2 ? "accepted" : "refused";
}

/* r is NULL if curl ended before it came to that transfer. */
static void
report(struct paying *p, size_t i, const struct stock_result *r)
{
	const struct stock *s = p->stock;
	const char *outcome = outcome_of(r);

	event_begin("transfer");
	event_text("id", s->ids.item[i]);
	event_text("outcome", outcome);
	if (r != NULL && r->exit_status == 0)
		event_number("status", (int64_t)r->http_status);
	else
		event_text("reason", "curl");
	event_end();
	printf("%s: %ld from %s to %s: %s\n", s->ids.item[i], s->amount,
	    s->from, s->to, outcome);
	fflush(stdout);
	if (strcmp(outcome, "accepted") != 0)
		p->status = EXIT_DIFFERS;
}

static bool
may_report(const struct paying *p)
{
	return p->reported < p->stock->ids.count &&
	       (p->reported < p->result_count || p->ended) &&
	       (p->reported == 0 || !p->stock->step || p->entered);
}

static void
go_on(struct paying *p)
{
	while (may_report(p)) {
		size_t i = p->reported++;

		report(p, i, i < p->result_count ? &p->result[i] : NULL);
	}
	if (p->stock->step && p->stock->ids.count > 1 && !p->ready &&
	    p->reported == 1 &&
	    (p->uploading || !p->stock->watch || p->ended)) {
		p->ready = true;
		event_ready();
		fprintf(stderr, "press Enter for the next transfer\n");
	}
}

static void
tell_alert(const struct paying *p, const struct stock_result *on)
{
	stock_alert_begin(buffer_bytes(&p->alert));
	put_flow(on);
	event_end();
}

/*
 * A result names its connection.  Until curl says that it makes another, the
 * alerts it sends go over that one; on a new one they wait for the result, if
 * curl is too old to name its own end before.
 */
static void
take_result(struct paying *p, struct bytes line)
{
	struct stock_result *r = &p->result[p->result_count];

	if (p->result_count == CURL_TRANSFERS_MAX ||
	    !stock_words_result(line, r))
		return;
	p->result_count++;
	buffer_reset(&p->last);
	buffer_add_bytes(&p->last, line);
	if (buffer_bytes(&p->alert).left > 0)
		tell_alert(p, r);
	buffer_reset(&p->alert);
	if (r->exit_status == 0)
		return;
	event_begin("said");
	event_bytes("words", r->words);
	put_flow(r);
	event_end();
}

/* Whom it connects to, and then with which end of its own. */
static void
take_end(struct paying *p, const struct stock_said *said)
{
	struct buffer *end =
	    said->kind == STOCK_SAYS_TRIES ? &p->remote : &p->last;

	buffer_reset(&p->last);
	buffer_reset(end);
	if (end == &p->last)
		buffer_add_text(end, "result 0 0 ");
	buffer_add_bytes(end, said->peer.ip);
	buffer_printf(end, ":%u", said->peer.port);
	if (end == &p->last)
		buffer_printf(end, " %s ", buffer_text(&p->remote));
}

/*
 * Behind the head of the upload curl tells of more bytes that it sends: a
 * record's header or, if there is no new record, the first part of the body.
 */
static void
watch_upload(struct paying *p, struct bytes line)
{
	struct bytes before;

	if (bytes_equal_text(line, "> Transfer-Encoding: chunked\r"))
		p->head_out = true;
	else if (p->head_out && bytes_take_until_text(&line, "} [", &before))
		p->uploading = true;
}

static void
take_line(void *user, struct bytes line)
{
	struct paying *p = user;
	struct stock_said said = stock_words_curl(line);
	struct stock_result last = {0};

	fprintf(stderr, "%.*s\n", (int)line.left, (const char *)line.at);
	watch_upload(p, line);
	if (said.kind == STOCK_SAYS_TRIES || said.kind == STOCK_SAYS_LOCAL)
		take_end(p, &said);
	if (said.kind == STOCK_SAYS_ALERT) {
		buffer_reset(&p->alert);
		buffer_add_bytes(&p->alert, said.words);
		if (stock_words_result(buffer_bytes(&p->last), &last)) {
			tell_alert(p, &last);
			buffer_reset(&p->alert);
		}
	}
	take_result(p, line);
}

/* The gate ends once somebody has held it open: curl waits for just that. */
static void
open_gate(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd == -1 || close(fd) == -1)
		warn("%s", path);
	unlink(path);
}

static void
send_body(struct paying *p, struct bytes part)
{
	if (write(p->input, part.at, part.left) == -1 && errno != EPIPE)
		warn("curl");
}

/* Enter, or the end of input. */
static void
take_input(struct paying *p)
{
	struct bytes body = buffer_bytes(&p->command.body[1]), first;
	char c;

	if (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		return;
	p->entered = true;
	if (!p->stock->watch && !p->ended)
		open_gate(p->command.gate);
	else if (p->stock->watch && bytes_take(&body, 1, &first))
		send_body(p, body);
	close(p->input);
	p->input = -1;
}

static void
take_signals(struct paying *p)
{
	struct signalfd_siginfo news;

	while (read(p->signals, &news, sizeof(news)) == sizeof(news))
		if (news.ssi_signo == SIGCHLD)
			p->ended = waitpid(p->child, NULL, WNOHANG) != 0;
		else {
			kill(p->child, SIGTERM);
			p->entered = true;
			p->status = EXIT_DIFFERS;
		}
}

static void
pay(struct paying *p)
{
	while (p->reported < p->stock->ids.count || !p->ended) {
		struct pollfd fds[] = {
		    {p->signals, POLLIN, 0},
		    {p->ended ? -1 : p->talk.fd, POLLIN, 0},
		    {p->ready && !p->entered ? STDIN_FILENO : -1, POLLIN, 0},
		};

		if (poll(fds, 3, -1) == -1 && errno != EINTR)
			err(EXIT_INTERNAL, "poll");
		take_signals(p);
		/* Also what it said at its end. */
		printed_take(&p->talk, take_line, p);
		if (fds[2].revents != 0)
			take_input(p);
		go_on(p);
	}
}

static int
start(struct paying *p)
{
	struct bytes body = buffer_bytes(&p->command.body[1]), first;
	int input[2], talk[2];

	if (pipe2(input, O_CLOEXEC) == -1 || pipe2(talk, O_CLOEXEC) == -1 ||
	    fcntl(talk[0], F_SETFL, O_NONBLOCK) == -1) {
		warn("curl");
		return -1;
	}
	p->input = input[1];
	p->talk.fd = talk[0];
	p->child = stock_child(p->command.words, input[0], talk[1], talk[1]);
	close(input[0]);
	close(talk[1]);
	if (p->child == -1)
		return -1;
	if (curl_command_uploads(p->stock) && bytes_take(&body, 1, &first))
		send_body(p, first);
	return 0;
}

static int
check(const struct stock *s)
{
	if (s->from == NULL || s->to == NULL || s->amount == 0 ||
	    s->ids.count == 0 || s->ids.count > CURL_TRANSFERS_MAX) {
		warnx("replaylab stock curl transfer: --from, --to, --amount "
		      "and one or two --id are needed");
		return -1;
	}
	return 0;
}

int
stock_pay(const struct stock *s)
{
	static const char *const words[] = {"curl", "--version", NULL};
	struct paying p = {.stock = s};

	if (check(s) == -1)
		return EXIT_USAGE;
	if (!is_installed("curl"))
		return stock_absent("curl", "curl");
	if (curl_command_init(&p.command, s, stock_announce(words)) == -1 ||
	    (p.signals = stock_signals()) == -1 || start(&p) == -1)
		return EXIT_INTERNAL;
	pay(&p);
	curl_command_clear(&p.command);
	printed_clear(&p.talk);
	buffer_clear(&p.remote);
	buffer_clear(&p.last);
	buffer_clear(&p.alert);
	return p.status;
}
