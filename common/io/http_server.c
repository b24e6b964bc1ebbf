/* SPDX-License-Identifier: MIT */
/*
 * The server: a connection reads one request at a time; the next is parsed once
 * the answer has been written, so answers come in order.
 */
#include "http_server.h"

#include "conn.h"
#include "datagram_number.h"
#include "event.h"
#include "http_listener.h"
#include "problem.h"
#include "tls_context.h"

#include <err.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

/* Of a client that does not wait for answers, or does not read them. */
#define INPUT_MAX (4 * (HTTP_HEAD_MAX + HTTP_CONTENT_MAX))
#define OUTPUT_MAX 262144
#define REST_MS 100        /* of the listener, where no descriptor is free */
#define HANDSHAKE_MS 10000 /* for all of it, however slowly it comes */
#define IDLE_MS 60000      /* a client that sends nothing for that long */

struct http_server {
	struct event_base *base;
	struct http_server_settings settings;
	struct http_listener *listener;
	LIST_HEAD(, session) sessions;
};

/* A client's connection, and the request on it that waits for an answer. */
struct session {
	LIST_ENTRY(session) entry;
	struct http_server *server;
	struct conn *conn; /* NULL: the client has left */
	struct http_reader *reader;
	struct exchange *exchange; /* NULL: nothing waits */
	bool reading;              /* in read_requests, which must not nest */
	bool last;        /* the connection ends with the next answer */
	bool half_closed; /* the connection ends once all is answered */
};

struct exchange {
	struct session *session;
	const struct http_message *request;
	struct flow flow; /* kept, should the client leave meanwhile */
	bool early;
};

static bool
takes_datagrams(const struct http_server *s)
{
	return s->settings.tls != NULL && s->settings.tls->datagrams;
}

static void
session_free(struct session *s)
{
	LIST_REMOVE(s, entry);
	conn_free(s->conn);
	http_reader_free(s->reader);
	free(s->exchange);
	free(s);
}

static void
send_bytes(struct session *s, struct buffer *out)
{
	struct bytes all = buffer_bytes(out);

	if (s->conn != NULL)
		conn_write(s->conn, all.at, all.left);
	buffer_clear(out);
}

static void
refuse(struct session *s, enum http_verdict verdict)
{
	struct http_draft answer = {0};
	struct buffer out = {0};
	int status = http_verdict_status(verdict);

	event_begin("request");
	event_text("role", s->server->settings.role);
	event_text("verdict", "malformed");
	event_text("check", "syntax");
	event_text("reason", http_verdict_name(verdict));
	event_number("status", status);
	conn_put_flow(s->conn);
	event_end();
	problem_draft(&answer, status, "malformed", http_verdict_name(verdict));
	http_draft_field(&answer, "Connection", "close");
	http_draft_write(&answer, &out);
	http_draft_clear(&answer);
	send_bytes(s, &out);
	conn_close(s->conn);
}

/* One request off the input: false if there is none to go on with. */
static bool
read_request(struct session *s)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct evbuffer *in = conn_input(s->conn);
	size_t held = evbuffer_get_length(in);
	struct bytes bytes = {evbuffer_pullup(in, -1), held};
	const struct http_message *request;
	enum http_verdict verdict;

	if (held == 0)
		return false;
	verdict = http_reader_feed(s->reader, &bytes, &request);
	if (verdict == HTTP_COMPLETE) {
		if ((s->exchange = calloc(1, sizeof(*s->exchange))) == NULL) {
			conn_close(s->conn);
			return false;
		}
		*s->exchange = (struct exchange){
		    s, request, *conn_flow(s->conn), conn_is_early(s->conn)};
		s->last = !request->keep_alive;
	}
	evbuffer_drain(in, held - bytes.left);
	if (verdict == HTTP_PARTIAL && takes_datagrams(s->server))
		verdict = HTTP_MALFORMED; /* no more of it will come */
	if (verdict == HTTP_PARTIAL) {
		if (http_reader_take_expectation(s->reader))
			conn_write(s->conn, go_on, sizeof(go_on) - 1);
		return false;
	}
	if (verdict != HTTP_COMPLETE) {
		s->last = true;
		refuse(s, verdict);
		return false;
	}
	s->server->settings.handler(
	    s->exchange, request, s->server->settings.argument);
	return true;
}

static bool
is_output_full(const struct session *s)
{
	return conn_pending(s->conn) > OUTPUT_MAX;
}

/* Whoever reads no answers is not read from either. */
static void
settle(struct session *s)
{
	if (s->half_closed && s->exchange == NULL && !is_output_full(s))
		conn_close(s->conn);
	if (evbuffer_get_length(conn_input(s->conn)) > INPUT_MAX)
		conn_pause(s->conn);
	else
		conn_resume(s->conn);
}

static void
read_requests(struct session *s)
{
	if (s->reading)
		return;
	s->reading = true;
	while (s->conn != NULL && s->exchange == NULL && !s->last &&
	       !is_output_full(s) && read_request(s))
		;
	s->reading = false;
	if (s->conn != NULL)
		settle(s);
	else if (s->exchange == NULL)
		session_free(s);
}

/* More came in, or all that was to go out has left. */
static void
on_progress(struct conn *c, void *argument)
{
	(void)c;
	read_requests(argument);
}

static bool
on_half_closed(struct conn *c, void *argument)
{
	struct session *s = argument;

	s->half_closed = s->exchange != NULL || conn_pending(c) > 0;
	return s->half_closed;
}

static void
on_ended(struct conn *c, enum conn_end why, void *argument)
{
	struct session *s = argument;

	(void)c;
	(void)why;
	s->conn = NULL;
	/* A handler may still hold the exchange; its answer frees us. */
	if (s->exchange == NULL && !s->reading)
		session_free(s);
}

/* After an answer: on to the next request, or the end of the connection. */
static void
go_on(struct exchange *x)
{
	struct session *s = x->session;

	free(x);
	s->exchange = NULL;
	if (s->last && s->conn != NULL)
		conn_close(s->conn);
	/* A client that left meanwhile, or what it pipelined. */
	read_requests(s);
}

static void
answered(struct exchange *x, struct buffer *out)
{
	struct session *s = x->session;
	struct bytes number = datagram_number_of(x->request);

	if (takes_datagrams(s->server) && number.left > 0)
		datagram_number_add(out, number);
	send_bytes(s, out);
	go_on(x);
}

bool
exchange_lose(struct exchange *x)
{
	if (!takes_datagrams(x->session->server))
		return false;
	go_on(x);
	return true;
}

/* The answer to HEAD is the head alone (RFC 9110 section 9.3.2). */
static void
cut_content(struct buffer *out)
{
	static const char end[] = "\r\n\r\n";
	struct bytes all = buffer_bytes(out);
	const uint8_t *found = memmem(all.at, all.left, end, 4);

	if (found != NULL)
		out->end = out->start + (size_t)(found - all.at) + 4;
}

void
exchange_answer(struct exchange *x, const struct http_draft *response)
{
	struct buffer out = {0};
	struct http_draft closing = {0};

	if (x->session->last) {
		buffer_add_bytes(&closing.head, buffer_bytes(&response->head));
		buffer_add_bytes(
		    &closing.content, buffer_bytes(&response->content));
		http_draft_field(&closing, "Connection", "close");
		response = &closing;
	}
	http_draft_write(response, &out);
	http_draft_clear(&closing);
	if (bytes_equal_text(x->request->method, "HEAD"))
		cut_content(&out);
	answered(x, &out);
}

void
exchange_forward(struct exchange *x, const struct http_message *response)
{
	struct buffer out = {0};

	http_write_answer(&out, response,
	    bytes_equal_text(x->request->method, "HEAD"), x->session->last);
	answered(x, &out);
}

bool
exchange_is_early(const struct exchange *x)
{
	return x->early;
}

void
exchange_put_flow(const struct exchange *x)
{
	flow_put(&x->flow);
}

const char *
exchange_peer(const struct exchange *x, unsigned int *port)
{
	*port = x->flow.their_port;
	return x->flow.their_ip;
}

const struct http_message *
exchange_request(const struct exchange *x)
{
	return x->request;
}

static void
on_ready(struct conn *c, void *argument)
{
	(void)argument;
	conn_patience(c, IDLE_MS);
}

static void
begin_session(int fd, SSL *greeted, void *argument)
{
	static const struct conn_calls calls = {.ready = on_ready,
	    .data = on_progress,
	    .drained = on_progress,
	    .half_closed = on_half_closed,
	    .ended = on_ended};
	struct http_server *server = argument;
	struct session *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->reader = http_reader_new(HTTP_REQUEST)) == NULL) {
		warnx("a connection: out of memory");
		free(s);
		SSL_free(greeted);
		close(fd);
		return;
	}
	if (server->settings.tls != NULL)
		http_reader_secure(s->reader);
	s->server = server;
	LIST_INSERT_HEAD(&server->sessions, s, entry);
	s->conn = conn_accept(
	    server->base, fd, server->settings.tls, greeted, &calls, s);
	if (s->conn == NULL)
		session_free(s);
	else
		conn_patience(s->conn,
		    server->settings.tls != NULL ? HANDSHAKE_MS : IDLE_MS);
}

struct http_server *
http_server_open(
    struct event_base *base, const struct http_server_settings *settings)
{
	struct http_server *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		warn("server");
		return NULL;
	}
	s->base = base;
	s->settings = *settings;
	LIST_INIT(&s->sessions);
	s->listener = http_listener_open(base, settings->address,
	    settings->port, settings->tls, begin_session, s);
	if (s->listener == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
http_server_close(struct http_server *s)
{
	if (s == NULL)
		return;
	http_listener_close(s->listener);
	while (!LIST_EMPTY(&s->sessions))
		session_free(LIST_FIRST(&s->sessions));
	free(s);
}
