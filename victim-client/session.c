/* SPDX-License-Identifier: MIT */
/*
 * A session runs the loop only while it waits: for an answer, or for a line.
 * So its callers read from top to bottom.
 */
#include "session.h"

#include "auth_params.h"
#include "event.h"
#include "lab.h"
#include "loop.h"
#include "problem.h"

#include <err.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A request under way, and where its answer goes. */
struct asked {
	struct session *session;
	struct reply *reply; /* borrowed */
};

struct session {
	struct event_base *base;
	struct url url;
	struct signing signing;
	struct tls_context *tls;
	struct http_client *client;
	bool early_data;   /* for the next request */
	bool await_ticket; /* it was sent so: see session_close */
	struct asked asked[SESSION_REQUESTS_MAX];
	size_t asked_count, under_way;
	bool waiting; /* for their answers, or for the line */
	bool input_ended;
};

const struct signing *
session_signing(const struct session *s)
{
	return &s->signing;
}

const char *
session_authority(const struct session *s)
{
	return s->url.authority;
}

static int
read_url(struct session *s, const char *text)
{
	enum url_verdict verdict;

	if (text == NULL)
		text = "https://gateway";
	verdict = url_read(text, &s->url);
	s->signing.secure = s->url.tls;
	if (verdict != URL_GOOD)
		warnx("url: \"%s\" %s", text, url_verdict_text(verdict));
	return verdict == URL_GOOD ? 0 : -1;
}

static int
open_tls(struct session *s, const struct session_settings *settings)
{
	struct tls_settings tls = settings->tls;

	if (settings->early_data && tls.session == NULL) {
		warnx("early-data: only a resumed session has it; name its "
		      "file with --session");
		return -1;
	}
	if (!s->url.tls && tls.session != NULL) {
		warnx("session: there is no TLS in http://; use https://");
		return -1;
	}
	if (!s->url.tls)
		return 0;
	tls.datagrams = s->url.datagrams;
	if (tls.session != NULL)
		tls.session = lab_place(tls.session);
	s->early_data = settings->early_data;
	if (tls.ca == NULL)
		tls.ca = lab_file("ca.pem");
	if (tls.ca == NULL) {
		warnx("ca: outside a lab there is no ca.pem; give --ca FILE");
		return -1;
	}
	return (s->tls = tls_context_client(&tls)) == NULL ? -1 : 0;
}

static int
open_client(struct session *s, const struct session_settings *settings)
{
	const struct http_client_settings client = {
	    .host = s->url.host,
	    .connect = settings->connect,
	    .port = s->url.port,
	    .tls = s->tls,
	    .timeout_ms = (int)settings->timeout,
	};

	if ((s->base = loop_new()) == NULL)
		return -1;
	return (s->client = http_client_new(s->base, &client)) == NULL ? -1 : 0;
}

struct session *
session_open(const struct session_settings *settings)
{
	struct session *s = calloc(1, sizeof(*s));
	const char *keys =
	    settings->keys == NULL ? lab_file("keys.json") : settings->keys;

	if (s == NULL) {
		warn("session");
		return NULL;
	}
	s->signing.fixed_nonce = settings->nonce;
	s->signing.bearer = settings->bearer;
	s->signing.scheme = (enum signing_scheme)settings->scheme;
	if (read_url(s, settings->url) == -1 ||
	    signing_read_parts(&s->signing, settings->sign) == -1 ||
	    signing_read_cover(&s->signing, settings->cover) == -1 ||
	    signing_read_unsigned(&s->signing, settings->not_signed) == -1 ||
	    signing_open(&s->signing, keys,
		settings->keyid == NULL ? "client" : settings->keyid) == -1 ||
	    open_tls(s, settings) == -1 || open_client(s, settings) == -1) {
		session_close(s);
		return NULL;
	}
	return s;
}

static void
on_deadline(evutil_socket_t fd, short what, void *argument)
{
	(void)fd, (void)what;
	*(bool *)argument = true;
}

/*
 * The answer to early data may come before the handshake is complete, and with
 * it the ticket for the next time: who leaves at once has none.
 */
static void
await_ticket(struct session *s)
{
	static const struct timeval patience = {.tv_sec = 1};
	bool over = false;
	struct event *deadline = event_new(s->base, -1, 0, on_deadline, &over);

	if (deadline == NULL || event_add(deadline, &patience) == -1)
		over = true;
	while (!over && !session_file_holds(s->tls->session) &&
	       event_base_loop(s->base, EVLOOP_ONCE) == 0)
		;
	if (deadline != NULL)
		event_free(deadline);
}

void
session_close(struct session *s)
{
	if (s == NULL)
		return;
	if (s->await_ticket)
		await_ticket(s);
	http_client_free(s->client);
	loop_free(s->base);
	tls_context_free(s->tls);
	signing_clear(&s->signing);
	free(s);
}

/* The nonce that the server wants to see signed, if it names one. */
static void
read_challenge(const struct http_message *m, struct reply *r)
{
	const struct http_field *field =
	    http_field(m, "WWW-Authenticate", NULL);
	struct bytes in, nonce;

	if (m->status != 401 || field == NULL)
		return;
	in = field->value;
	if ((auth_scheme_take(&in, "Signature") ||
		auth_scheme_take(&in, "Digest")) &&
	    auth_param_find(in, "nonce", &nonce) &&
	    nonce.left < sizeof(r->challenge) &&
	    memchr(nonce.at, '\0', nonce.left) == NULL) {
		memcpy(r->challenge, nonce.at, nonce.left);
		r->challenge[nonce.left] = '\0';
	}
}

static void
on_answer(enum http_client_outcome outcome, const struct http_message *m,
    void *argument)
{
	struct asked *asked = argument;
	struct session *s = asked->session;
	struct reply *r = asked->reply;

	r->outcome = outcome;
	r->connection = http_client_connections(s->client);
	if (m != NULL) {
		r->status = m->status;
		read_challenge(m, r);
		buffer_add_bytes(&r->content, m->content);
		if (!problem_read(m->content, r->problem, sizeof(r->problem)))
			r->problem[0] = '\0';
	}
	if (--s->under_way > 0)
		return;
	s->waiting = false;
	event_base_loopbreak(s->base);
}

/* -1: something else than what we wait for ended the loop. */
static int
wait_in_loop(struct session *s)
{
	if (s->waiting && loop_run(s->base) == -1)
		return -1;
	return s->waiting ? -1 : 0;
}

/* What no datagram holds is not sent. */
static bool
is_too_long(const struct session *s, struct bytes request)
{
	if (!s->url.datagrams || request.left <= HTTP_CLIENT_DATAGRAM_MAX)
		return false;
	warnx("a request of %zu bytes is too long for a datagram, which holds "
	      "%d",
	    request.left, HTTP_CLIENT_DATAGRAM_MAX);
	return true;
}

/* One more is under way. */
static struct asked *
ask(struct session *s, struct reply *reply)
{
	struct asked *asked;

	if (s->under_way == 0)
		s->asked_count = 0;
	asked = &s->asked[s->asked_count++];
	*asked = (struct asked){s, reply};
	s->under_way++;
	s->waiting = true;
	return asked;
}

void
session_send(struct session *s, struct bytes request, struct reply *reply)
{
	*reply = (struct reply){.outcome = HTTP_CLIENT_UNREACHABLE};
	if (!is_too_long(s, request))
		http_client_send(s->client, request, on_answer, ask(s, reply));
}

int
session_await(struct session *s)
{
	return wait_in_loop(s);
}

static int
send_once(struct session *s, struct bytes request, struct reply *reply)
{
	session_send(s, request, reply);
	return session_await(s);
}

int
session_rekey(struct session *s)
{
	struct reply reply = {0};

	http_client_rekey(s->client, on_answer, ask(s, &reply));
	if (session_await(s) == -1)
		return -1;
	if (reply.outcome == HTTP_CLIENT_ANSWERED)
		return 0;
	warnx("new keys: %s", http_client_outcome_name(reply.outcome));
	return -1;
}

int
session_exchange(struct session *s, struct bytes request, struct reply *reply)
{
	bool early = s->early_data;

	s->early_data = false;
	http_client_early_data(s->client, early);
	if (send_once(s, request, reply) == -1)
		return -1;
	http_client_early_data(s->client, false);
	if (reply->outcome != HTTP_CLIENT_ANSWERED)
		return 0;
	s->await_ticket = s->await_ticket || early;
	if (reply->status != 425)
		return 0;
	reply_clear(reply);
	if (send_once(s, request, reply) == -1)
		return -1;
	reply->again = true;
	return 0;
}

/* Takes one byte of standard input; the last of the line ends the waiting. */
static void
take_input(struct session *s)
{
	char c;
	ssize_t n = read(STDIN_FILENO, &c, 1);

	s->input_ended = n != 1;
	s->waiting = n == 1 && c != '\n';
}

static void
on_input(evutil_socket_t fd, short what, void *argument)
{
	struct session *s = argument;

	(void)fd, (void)what;
	take_input(s);
	if (!s->waiting)
		event_base_loopbreak(s->base);
}

/* epoll refuses files, which never make anybody wait. */
static bool
input_can_be_watched(void)
{
	struct stat status;

	return fstat(STDIN_FILENO, &status) == 0 &&
	       (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ||
		   isatty(STDIN_FILENO));
}

static void
watch_input(struct session *s)
{
	struct event *input =
	    event_new(s->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, s);

	if (input == NULL || event_add(input, NULL) == -1 ||
	    wait_in_loop(s) == -1)
		s->input_ended = true;
	if (input != NULL)
		event_free(input);
}

enum session_wait
session_wait(struct session *s, const char *prompt)
{
	event_ready();
	fprintf(stderr, "%s\n", prompt);
	s->waiting = true;
	s->input_ended = false;
	if (input_can_be_watched())
		watch_input(s);
	else
		while (s->waiting)
			take_input(s);
	return s->input_ended ? SESSION_END : SESSION_GO_ON;
}
