/* SPDX-License-Identifier: MIT */
/*
 * The client: a list of idle connections, and one call for each request that is
 * under way.
 */
#include "http_client.h"

#include "conn.h"
#include "datagram_link.h"
#include "tls_context.h"

#include <err.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define TIMEOUT_MS 10000

/* A connection, idle or with one request under way. */
struct link {
	LIST_ENTRY(link) entry;
	struct http_client *client;
	struct conn *conn;
	struct http_reader *reader;
	struct buffer request; /* until the connection is ready */
	bool ready, sent;
	bool rekeying;       /* what is under way is no request */
	bool offered;        /* as early data, and not yet known to be taken */
	http_answer *answer; /* NULL: idle */
	void *argument;
};

struct http_client {
	struct event_base *base;
	struct http_client_settings settings;
	char host[256];
	struct sockaddr_storage address;
	socklen_t address_length;
	unsigned int opened;
	bool early_data;
	LIST_HEAD(, link) links;
	struct datagram_link *datagrams; /* instead of those */
};

const char *
http_client_outcome_name(enum http_client_outcome outcome)
{
	switch (outcome) {
	case HTTP_CLIENT_ANSWERED:
		return "answered";
	case HTTP_CLIENT_UNREACHABLE:
		return "unreachable";
	case HTTP_CLIENT_TLS_FAILED:
		return "tls-failed";
	case HTTP_CLIENT_LOST:
		return "lost";
	case HTTP_CLIENT_TIMEOUT:
		return "timeout";
	case HTTP_CLIENT_MALFORMED:
		return "malformed";
	case HTTP_CLIENT_UNANSWERED:
		return "no-answer";
	}
	return "lost";
}

static void
link_free(struct link *l)
{
	LIST_REMOVE(l, entry);
	conn_free(l->conn);
	http_reader_free(l->reader);
	buffer_clear(&l->request);
	free(l);
}

/* Tell the caller; the link is idle, or gone, before he may send again. */
static void
give_up(struct link *l, enum http_client_outcome outcome)
{
	http_answer *answer = l->answer;
	void *argument = l->argument;

	link_free(l);
	if (answer != NULL)
		answer(outcome, NULL, argument);
}

static void
send_request(struct link *l)
{
	struct bytes all = buffer_bytes(&l->request);
	struct bytes front = all, method;
	bool taken =
	    l->offered && conn_early_data(l->conn) == EARLY_DATA_ACCEPTED;

	l->offered = false;
	l->sent = true;
	/* The answer to HEAD has a length and no content (RFC 9110 9.3.2). */
	if (bytes_take(&front, 5, &method) && bytes_equal_text(method, "HEAD "))
		http_reader_no_content(l->reader);
	conn_patience(l->conn, l->client->settings.timeout_ms > 0
				   ? l->client->settings.timeout_ms
				   : TIMEOUT_MS);
	if (!taken)
		conn_write(l->conn, all.at, all.left);
	buffer_reset(&l->request);
}

static void
rekeyed(struct link *l)
{
	http_answer *answer = l->answer;

	l->rekeying = false;
	l->answer = NULL;
	conn_patience(l->conn, 0);
	answer(HTTP_CLIENT_ANSWERED, NULL, l->argument);
}

static void
on_ready(struct conn *c, void *argument)
{
	struct link *l = argument;

	(void)c;
	l->ready = true;
	if (l->rekeying)
		rekeyed(l);
	else if (l->answer != NULL)
		send_request(l);
}

/*
 * The link is idle before the caller is told, so that he may send his next
 * request over it; the response lives until that one is answered.
 */
static void
on_response(struct link *l, const struct http_message *response)
{
	http_answer *answer = l->answer;
	void *argument = l->argument;

	if (!response->keep_alive ||
	    evbuffer_get_length(conn_input(l->conn)) > 0) {
		answer(HTTP_CLIENT_ANSWERED, response, argument);
		link_free(l);
		return;
	}
	conn_patience(l->conn, 0);
	l->sent = false;
	l->answer = NULL;
	answer(HTTP_CLIENT_ANSWERED, response, argument);
}

static void
on_data(struct conn *c, void *argument)
{
	struct link *l = argument;
	struct evbuffer *in = conn_input(c);
	size_t held = evbuffer_get_length(in);
	struct bytes bytes = {evbuffer_pullup(in, -1), held};
	const struct http_message *response;
	enum http_verdict verdict;

	if (l->answer == NULL || !l->sent) {
		/* Nobody asked: whatever it is, it is no answer. */
		give_up(l, HTTP_CLIENT_MALFORMED);
		return;
	}
	verdict = http_reader_feed(l->reader, &bytes, &response);
	evbuffer_drain(in, held - bytes.left);
	if (verdict == HTTP_COMPLETE)
		on_response(l, response);
	else if (verdict != HTTP_PARTIAL)
		give_up(l, HTTP_CLIENT_MALFORMED);
}

static void
on_ended(struct conn *c, enum conn_end why, void *argument)
{
	struct link *l = argument;
	const struct http_message *response;

	/* As early data it may have taken effect without a handshake. */
	if (l->offered && conn_early_data(c) == EARLY_DATA_OFFERED)
		l->sent = true;
	l->conn = NULL; /* frees itself */
	if (l->answer == NULL)
		link_free(l);
	else if (why == CONN_TIMEOUT)
		give_up(l, HTTP_CLIENT_TIMEOUT);
	else if (!l->ready && !l->sent && why == CONN_TLS_ERROR)
		give_up(l, HTTP_CLIENT_TLS_FAILED);
	else if (!l->sent)
		give_up(l, HTTP_CLIENT_UNREACHABLE);
	else if (why == CONN_EOF &&
		 http_reader_end(l->reader, &response) == HTTP_COMPLETE) {
		http_answer *answer = l->answer;
		void *caller = l->argument;

		answer(HTTP_CLIENT_ANSWERED, response, caller);
		link_free(l);
	} else
		give_up(l, HTTP_CLIENT_LOST);
}

static const struct conn_calls calls = {
    .ready = on_ready, .data = on_data, .ended = on_ended};

static struct link *
open_link(struct http_client *c)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	LIST_INSERT_HEAD(&c->links, l, entry);
	l->client = c;
	if ((l->reader = http_reader_new(HTTP_RESPONSE)) == NULL ||
	    (l->conn = conn_open(c->base, (struct sockaddr *)&c->address,
		 c->address_length, c->settings.tls, c->host, &calls, l)) ==
		NULL) {
		link_free(l);
		return NULL;
	}
	c->opened++;
	conn_patience(l->conn,
	    c->settings.timeout_ms > 0 ? c->settings.timeout_ms : TIMEOUT_MS);
	return l;
}

static struct link *
idle_link(struct http_client *c)
{
	struct link *l;

	LIST_FOREACH(l, &c->links, entry)
	if (l->answer == NULL && l->ready)
		return l;
	return NULL;
}

void
http_client_send(struct http_client *c, struct bytes request,
    http_answer *answer, void *argument)
{
	struct link *l;

	if (c->datagrams != NULL) {
		datagram_link_send(c->datagrams, request, answer, argument);
		return;
	}
	l = idle_link(c);
	if (l == NULL && (l = open_link(c)) == NULL) {
		answer(HTTP_CLIENT_UNREACHABLE, NULL, argument);
		return;
	}
	l->answer = answer;
	l->argument = argument;
	buffer_add_bytes(&l->request, request);
	if (l->ready)
		send_request(l);
	else if (c->early_data)
		l->offered = conn_offer_early_data(l->conn, request);
}

void
http_client_early_data(struct http_client *c, bool on)
{
	c->early_data = on;
}

void
http_client_rekey(struct http_client *c, http_answer *answer, void *argument)
{
	struct link *l = idle_link(c);

	if (l == NULL || conn_rekey(l->conn) == -1) {
		answer(HTTP_CLIENT_UNREACHABLE, NULL, argument);
		return;
	}
	l->rekeying = true;
	l->answer = answer;
	l->argument = argument;
	conn_patience(l->conn,
	    c->settings.timeout_ms > 0 ? c->settings.timeout_ms : TIMEOUT_MS);
}

struct http_client *
http_client_new(
    struct event_base *base, const struct http_client_settings *settings)
{
	struct http_client *c = calloc(1, sizeof(*c));
	struct addrinfo hints = {.ai_family = AF_INET,
			    .ai_socktype = SOCK_STREAM,
			    .ai_flags = AI_NUMERICSERV},
			*found;
	const char *place =
	    settings->connect == NULL ? settings->host : settings->connect;
	char port[16];
	int cause;

	if (c == NULL) {
		warn("client");
		return NULL;
	}
	c->base = base;
	c->settings = *settings;
	snprintf(c->host, sizeof(c->host), "%s", settings->host);
	c->settings.host = c->host;
	LIST_INIT(&c->links);
	snprintf(port, sizeof(port), "%ld", settings->port);
	if ((cause = getaddrinfo(place, port, &hints, &found)) != 0) {
		warnx("%s: %s", place, gai_strerror(cause));
		free(c);
		return NULL;
	}
	memcpy(&c->address, found->ai_addr, found->ai_addrlen);
	c->address_length = found->ai_addrlen;
	freeaddrinfo(found);
	if (c->settings.tls != NULL && c->settings.tls->datagrams &&
	    (c->datagrams = datagram_link_new(base, &c->settings,
		 (struct sockaddr *)&c->address, c->address_length)) == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void
http_client_free(struct http_client *c)
{
	if (c == NULL)
		return;
	while (!LIST_EMPTY(&c->links))
		link_free(LIST_FIRST(&c->links));
	datagram_link_free(c->datagrams);
	free(c);
}

unsigned int
http_client_connections(const struct http_client *c)
{
	return c->datagrams != NULL ? datagram_link_begun(c->datagrams)
				    : c->opened;
}
