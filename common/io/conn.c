/* SPDX-License-Identifier: MIT */
/*
 * Connections.  Each is in one phase; libevent says when the socket can be read
 * or written, and advance() does what the phase allows over its channel.
 */
#include "conn.h"

#include "conn_channel.h"
#include "event.h"
#include "fd_watch.h"
#include "plain.h"

#include <err.h>
#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNKS_A_TURN 8 /* then other connections have their turn */
#define LINGER_MS 1000  /* for what the peer sends behind our end */

enum phase {
	PHASE_CONNECTING,
	PHASE_HANDSHAKE,
	PHASE_OPEN,
	PHASE_CLOSING,   /* the last output is leaving */
	PHASE_LINGERING, /* all has left, and our end is told */
};

struct conn {
	enum phase phase;
	struct fd_watch watch;
	struct conn_channel channel;
	struct evbuffer *in;
	const struct conn_calls *calls;
	void *argument;
	struct flow flow;
	bool accepted;
	bool half_closed;
	unsigned int busy; /* inside a call of the owner's */
	bool doomed;       /* freed while busy */
};

void
conn_put_flow(const struct conn *c)
{
	flow_put(&c->flow);
}

const struct flow *
conn_flow(const struct conn *c)
{
	return &c->flow;
}

static void
tell(const struct conn *c, const char *action, const char *reason)
{
	event_begin("connection");
	event_text("action", action);
	event_text("reason", reason);
	conn_put_flow(c);
	event_end();
}

static void
destroy(struct conn *c)
{
	fd_watch_clear(&c->watch);
	if (c->in != NULL)
		evbuffer_free(c->in);
	conn_channel_clear(&c->channel);
	free(c);
}

/* Where it still can, TLS says that it is over (RFC 8446 section 6.1). */
static void
part(struct conn *c, enum conn_end why)
{
	if (c->phase == PHASE_LINGERING)
		return;
	if (c->channel.tls != NULL && why == CONN_DONE)
		conn_tls_shutdown(c->channel.tls);
	if (c->phase != PHASE_CONNECTING || why != CONN_DONE)
		tell(c, "closed", conn_end_name(why));
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	if (!c->doomed)
		part(c, CONN_DONE);
	if (c->busy > 0)
		c->doomed = true;
	else
		destroy(c);
}

/* The last call; the connection is freed when the event handler returns. */
static void
finish(struct conn *c, enum conn_end why)
{
	if (c->doomed)
		return;
	c->doomed = true;
	fd_watch_stop(&c->watch);
	part(c, why);
	c->calls->ended(c, why, c->argument);
}

static void
do_handshake(struct conn *c)
{
	enum conn_end why;
	int done = conn_channel_handshake(&c->channel, &why);

	if (done == -1)
		finish(c, why);
	if (done != 1)
		return;
	c->phase = PHASE_OPEN;
	if (c->calls->ready != NULL)
		c->calls->ready(c, c->argument);
}

static void
do_connect(struct conn *c)
{
	enum conn_end why;
	int done = plain_connected(c->channel.fd, &why);

	if (done == -1)
		finish(c, why);
	if (done != 1)
		return;
	flow_read(&c->flow, c->channel.fd);
	tell(c, "opened", NULL);
	c->phase = PHASE_HANDSHAKE;
	do_handshake(c);
}

/* Whoever still owes the peer an answer may give it. */
static void
take_end(struct conn *c, enum conn_end why)
{
	c->half_closed = why == CONN_EOF && c->channel.tls == NULL &&
			 c->calls->half_closed != NULL &&
			 c->calls->half_closed(c, c->argument);
	if (c->half_closed)
		fd_watch_read(&c->watch, false);
	else
		finish(c, why);
}

static void
do_read(struct conn *c)
{
	uint8_t chunk[CONN_CHUNK];
	enum conn_end why = CONN_DONE;
	bool grown = false;
	int length = 0, most = c->channel.datagrams ? 1 : CHUNKS_A_TURN;

	for (int i = 0; i < most; i++) {
		if ((length = conn_channel_read(&c->channel, chunk, &why)) <= 0)
			break;
		evbuffer_add(c->in, chunk, (size_t)length);
		grown = true;
		if (conn_is_early(c)) /* while that is true of it */
			break;
		if (conn_channel_is_dry(&c->channel, length)) {
			length = 0;
			break;
		}
	}
	if (length > 0)
		conn_channel_read_on(&c->channel);
	if (grown && c->phase == PHASE_OPEN)
		c->calls->data(c, c->argument);
	if (length == -1 && c->phase == PHASE_OPEN && !c->doomed)
		take_end(c, why);
}

/* Our end is told; the peer's rest only must not make the kernel reset us. */
static void
linger(struct conn *c)
{
	if (c->channel.datagrams) {
		finish(c, CONN_DONE);
		return;
	}
	part(c, CONN_DONE);
	c->phase = PHASE_LINGERING;
	shutdown(c->channel.fd, SHUT_WR);
	fd_watch_patience(&c->watch, LINGER_MS);
	fd_watch_read(&c->watch, true);
}

static void
do_linger(struct conn *c)
{
	uint8_t chunk[CONN_CHUNK];
	enum conn_end ignored;

	if (plain_read(c->channel.fd, chunk, sizeof(chunk), &ignored) == -1)
		finish(c, CONN_DONE);
}

/* True: more is to come before the end can be told. */
static bool
awaits_handshake(struct conn *c)
{
	if (conn_channel_hear_out(&c->channel))
		return false;
	fd_watch_patience(&c->watch, LINGER_MS);
	fd_watch_read(&c->watch, true);
	return true;
}

static void
do_write(struct conn *c)
{
	enum conn_end why = CONN_ERROR;
	size_t held = conn_channel_pending(&c->channel);

	if (conn_channel_push(&c->channel, &why) == -1) {
		conn_channel_hear_alert(&c->channel, &why);
		finish(c, why);
	} else if (conn_channel_pending(&c->channel) > 0)
		return;
	else if (c->phase == PHASE_CLOSING) {
		if (!awaits_handshake(c))
			linger(c);
	} else if (held > 0 && c->calls->drained != NULL)
		c->calls->drained(c, c->argument);
}

/* A byte gives more time, but not to a client before its handshake is done. */
static bool
is_patient(const struct conn *c)
{
	return c->phase != PHASE_LINGERING &&
	       (!c->accepted ||
		   (c->phase != PHASE_HANDSHAKE && !conn_is_early(c)));
}

static void
advance(evutil_socket_t fd, short what, void *argument)
{
	struct conn *c = argument;

	(void)fd;
	c->busy++;
	if (is_patient(c))
		fd_watch_progress(&c->watch);
	if (what & EV_TIMEOUT)
		finish(
		    c, c->phase == PHASE_LINGERING ? CONN_DONE : CONN_TIMEOUT);
	else
		switch (c->phase) {
		case PHASE_CONNECTING:
			do_connect(c);
			break;
		case PHASE_HANDSHAKE:
			do_handshake(c);
			break;
		case PHASE_OPEN:
			if (what & EV_READ)
				do_read(c);
			if (!c->doomed && conn_channel_pending(&c->channel) > 0)
				do_write(c);
			break;
		case PHASE_CLOSING:
			do_write(c);
			break;
		case PHASE_LINGERING:
			do_linger(c);
			break;
		}
	if (--c->busy == 0 && c->doomed)
		destroy(c);
}

static struct conn *
conn_new(struct event_base *base, int fd, const struct conn_calls *calls,
    void *argument)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		goto fail;
	c->calls = calls;
	c->argument = argument;
	c->in = evbuffer_new();
	if (!conn_channel_init(&c->channel, fd, &c->watch) || c->in == NULL ||
	    !fd_watch_init(&c->watch, base, fd, advance, c))
		goto fail;
	return c;

fail:
	warnx("a connection: out of memory");
	if (c == NULL)
		close(fd);
	else
		destroy(c);
	return NULL;
}

/* tls may be NULL.  -1 after a warning. */
static int
use_tls(struct conn *c, const struct tls_context *tls, SSL *greeted,
    const char *server_name)
{
	if (tls != NULL)
		c->flow.datagrams = tls->datagrams;
	return conn_channel_use_tls(&c->channel, c, tls, greeted, server_name);
}

struct conn *
conn_accept(struct event_base *base, int fd, const struct tls_context *tls,
    SSL *greeted, const struct conn_calls *calls, void *argument)
{
	struct conn *c = conn_new(base, fd, calls, argument);

	if (c == NULL) {
		SSL_free(greeted);
		return NULL;
	}
	c->accepted = true;
	flow_read(&c->flow, c->channel.fd);
	c->flow.datagrams = greeted != NULL;
	tell(c, "accepted", NULL);
	c->phase = tls == NULL ? PHASE_OPEN : PHASE_HANDSHAKE;
	if (use_tls(c, tls, greeted, NULL) == -1) {
		destroy(c);
		return NULL;
	}
	fd_watch_read(&c->watch, true);
	if (greeted != NULL) /* it holds the ClientHello */
		fd_watch_read_now(&c->watch);
	return c;
}

struct conn *
conn_open(struct event_base *base, const struct sockaddr *to, socklen_t length,
    const struct tls_context *tls, const char *server_name,
    const struct conn_calls *calls, void *argument)
{
	int type = tls != NULL && tls->datagrams ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(to->sa_family, type | SOCK_CLOEXEC, 0);
	struct conn *c;

	if (fd == -1) {
		warn("socket");
		return NULL;
	}
	if ((c = conn_new(base, fd, calls, argument)) == NULL)
		return NULL;
	flow_to(&c->flow, to, length);
	c->phase = PHASE_CONNECTING;
	/* A refusal, too, is told when the loop turns: never from here. */
	if (connect(fd, to, length) == -1 && errno != EINPROGRESS)
		fd_watch_write_now(&c->watch);
	if (use_tls(c, tls, NULL, server_name) == -1) {
		destroy(c);
		return NULL;
	}
	fd_watch_write(&c->watch);
	fd_watch_read(&c->watch, true);
	return c;
}

struct conn_tls *
conn_under(const struct conn *c)
{
	return c->channel.tls;
}

struct evbuffer *
conn_input(struct conn *c)
{
	return c->in;
}

/* Errors are told when the loop turns: never from under the caller. */
void
conn_write(struct conn *c, const void *data, size_t length)
{
	bool open = c->phase == PHASE_OPEN && !c->doomed;

	if (conn_channel_write(&c->channel, data, length, open) == -1)
		fd_watch_write_now(&c->watch);
}

size_t
conn_pending(const struct conn *c)
{
	return conn_channel_pending(&c->channel);
}

void
conn_pause(struct conn *c)
{
	if (c->phase == PHASE_OPEN)
		fd_watch_read(&c->watch, false);
}

void
conn_resume(struct conn *c)
{
	if (c->phase != PHASE_OPEN || c->half_closed || c->doomed ||
	    fd_watch_reads(&c->watch))
		return;
	fd_watch_read(&c->watch, true);
	conn_channel_read_on(&c->channel);
}

int
conn_rekey(struct conn *c)
{
	if (c->phase != PHASE_OPEN || c->channel.tls == NULL) {
		warnx("new keys: there is no open TLS connection");
		return -1;
	}
	if (conn_tls_rekey(c->channel.tls) == -1)
		return -1;
	c->phase = PHASE_HANDSHAKE;
	fd_watch_write_now(&c->watch);
	return 0;
}

void
conn_close(struct conn *c)
{
	if (c->phase == PHASE_CLOSING || c->phase == PHASE_LINGERING)
		return;
	c->phase = PHASE_CLOSING;
	fd_watch_read(&c->watch, false);
	fd_watch_write_now(&c->watch);
}

void
conn_patience(struct conn *c, int milliseconds)
{
	fd_watch_patience(&c->watch, milliseconds);
}
