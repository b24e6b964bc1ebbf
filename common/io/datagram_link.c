/* SPDX-License-Identifier: MIT */
/* One association at a time, and one call for each request under way. */
#include "datagram_link.h"

#include "conn.h"
#include "datagram_number.h"

#include <err.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define TIMEOUT_MS 10000

/* A request that waits for its answer. */
struct call {
	TAILQ_ENTRY(call) entry;
	struct datagram_link *link;
	uint64_t number;
	struct buffer request; /* until it is sent */
	struct event *timer;
	http_answer *answer;
	void *argument;
};

struct datagram_link {
	struct event_base *base;
	const struct http_client_settings *settings;
	struct sockaddr_storage to;
	socklen_t length;
	struct conn *conn; /* NULL: none, or it has ended */
	bool ready;
	uint64_t number; /* of the last request */
	unsigned int begun;
	TAILQ_HEAD(, call) calls; /* the oldest first */
};

static int
patience(const struct datagram_link *l)
{
	return l->settings->timeout_ms > 0 ? l->settings->timeout_ms
					   : TIMEOUT_MS;
}

static void
call_free(struct call *c)
{
	TAILQ_REMOVE(&c->link->calls, c, entry);
	if (c->timer != NULL)
		event_free(c->timer);
	buffer_clear(&c->request);
	free(c);
}

/* The call is gone before its caller, who may send again, is told. */
static void
answered(struct call *c, enum http_client_outcome outcome,
    const struct http_message *response)
{
	http_answer *answer = c->answer;
	void *argument = c->argument;

	call_free(c);
	answer(outcome, response, argument);
}

static void
on_timeout(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	answered(argument, HTTP_CLIENT_UNANSWERED, NULL);
}

static void
send_call(struct call *c)
{
	int ms = patience(c->link);
	const struct timeval wait = {ms / 1000, (ms % 1000) * 1000};
	struct bytes all = buffer_bytes(&c->request);

	conn_write(c->link->conn, all.at, all.left);
	buffer_reset(&c->request);
	event_add(c->timer, &wait);
}

static void
on_ready(struct conn *conn, void *argument)
{
	struct datagram_link *l = argument;
	struct call *c;

	l->ready = true;
	conn_patience(conn, 0); /* each call has its own */
	TAILQ_FOREACH(c, &l->calls, entry)
	send_call(c);
}

/* The request that is answered; NULL: it was given up, or nobody asked. */
static struct call *
find_call(const struct datagram_link *l, const struct http_message *m)
{
	struct call *c;
	uint64_t number;

	if (!datagram_number_read(m, &number))
		return NULL;
	TAILQ_FOREACH(c, &l->calls, entry)
	if (c->number == number)
		return c;
	return NULL;
}

/* One whole answer, or something that is none and is passed over. */
static void
on_data(struct conn *conn, void *argument)
{
	struct datagram_link *l = argument;
	struct evbuffer *in = conn_input(conn);
	size_t held = evbuffer_get_length(in);
	struct bytes bytes = {evbuffer_pullup(in, -1), held};
	struct http_reader *reader = http_reader_new(HTTP_RESPONSE);
	const struct http_message *response;
	struct call *c;

	if (http_reader_feed(reader, &bytes, &response) == HTTP_COMPLETE &&
	    bytes.left == 0 && (c = find_call(l, response)) != NULL)
		answered(c, HTTP_CLIENT_ANSWERED, response);
	http_reader_free(reader);
	evbuffer_drain(in, held);
}

static void
on_ended(struct conn *conn, enum conn_end why, void *argument)
{
	struct datagram_link *l = argument;
	enum http_client_outcome outcome = l->ready ? HTTP_CLIENT_LOST
					   : why == CONN_TLS_ERROR
					       ? HTTP_CLIENT_TLS_FAILED
					       : HTTP_CLIENT_UNREACHABLE;

	uint64_t last = l->number; /* what a caller sends now is another's */
	struct call *c, *next;

	(void)conn;
	l->conn = NULL; /* frees itself */
	l->ready = false;
	for (c = TAILQ_FIRST(&l->calls); c != NULL && c->number <= last;
	     c = next) {
		next = TAILQ_NEXT(c, entry);
		answered(c, outcome, NULL);
	}
}

static bool
open_association(struct datagram_link *l)
{
	static const struct conn_calls calls = {
	    .ready = on_ready, .data = on_data, .ended = on_ended};

	l->conn = conn_open(l->base, (struct sockaddr *)&l->to, l->length,
	    l->settings->tls, l->settings->host, &calls, l);
	if (l->conn == NULL)
		return false;
	l->begun++;
	conn_patience(l->conn, patience(l));
	return true;
}

static void
number_request(struct call *c, struct bytes request)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)c->number);
	buffer_add_bytes(&c->request, request);
	datagram_number_add(&c->request, bytes_of(digits));
}

void
datagram_link_send(struct datagram_link *l, struct bytes request,
    http_answer *answer, void *argument)
{
	struct call *c = calloc(1, sizeof(*c));

	if (c == NULL ||
	    (c->timer = event_new(l->base, -1, 0, on_timeout, c)) == NULL ||
	    (l->conn == NULL && !open_association(l))) {
		if (c != NULL && c->timer != NULL)
			event_free(c->timer);
		free(c);
		answer(HTTP_CLIENT_UNREACHABLE, NULL, argument);
		return;
	}
	c->link = l;
	c->number = ++l->number;
	c->answer = answer;
	c->argument = argument;
	number_request(c, request);
	TAILQ_INSERT_TAIL(&l->calls, c, entry);
	if (l->ready)
		send_call(c);
}

struct datagram_link *
datagram_link_new(struct event_base *base,
    const struct http_client_settings *settings, const struct sockaddr *to,
    socklen_t length)
{
	struct datagram_link *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		warn("client");
		return NULL;
	}
	l->base = base;
	l->settings = settings;
	memcpy(&l->to, to, length);
	l->length = length;
	TAILQ_INIT(&l->calls);
	return l;
}

void
datagram_link_free(struct datagram_link *l)
{
	if (l == NULL)
		return;
	while (!TAILQ_EMPTY(&l->calls))
		call_free(TAILQ_FIRST(&l->calls));
	conn_free(l->conn);
	free(l);
}

unsigned int
datagram_link_begun(const struct datagram_link *l)
{
	return l->begun;
}
