/* SPDX-License-Identifier: MIT */
/*
 * Connections.  Each is in one phase; libevent says when the socket can be read
 * or written, and advance() does what the phase allows.
 */
#include "conn.h"

#include "conn_tls.h"
#include "event.h"
#include "flow.h"

#include <err.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK 16384     /* one TLS record's plaintext (RFC 8446 section 5.1) */
#define CHUNKS_A_TURN 8 /* then other connections have their turn */

enum phase { PHASE_CONNECTING, PHASE_HANDSHAKE, PHASE_OPEN, PHASE_CLOSING };

struct conn {
	int fd;
	enum phase phase;
	struct conn_tls *tls; /* NULL: plain */
	size_t record_size;   /* at most so many bytes in one record */
	struct event *readable, *writable, *kick;
	struct evbuffer *in, *out;
	const struct conn_calls *calls;
	void *argument;
	struct flow flow;
	unsigned int busy; /* inside a call of the owner's */
	bool doomed;       /* freed while busy */
};

const char *
conn_end_name(enum conn_end end)
{
	switch (end) {
	case CONN_DONE:
		return "done";
	case CONN_EOF:
		return "eof";
	case CONN_RESET:
		return "reset";
	case CONN_TIMEOUT:
		return "timeout";
	case CONN_TLS_ERROR:
		return "tls-error";
	case CONN_ERROR:
		return "error";
	}
	return "error";
}

void
conn_put_flow(const struct conn *c)
{
	flow_put(&c->flow);
}

const char *
conn_peer(const struct conn *c, unsigned int *port)
{
	*port = c->flow.their_port;
	return c->flow.their_ip;
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
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	if (c->kick != NULL)
		event_free(c->kick);
	if (c->in != NULL)
		evbuffer_free(c->in);
	if (c->out != NULL)
		evbuffer_free(c->out);
	conn_tls_free(c->tls);
	if (c->fd != -1)
		close(c->fd);
	free(c);
}

/* Where it still can, TLS says that it is over (RFC 8446 section 6.1). */
static void
part(struct conn *c, enum conn_end why)
{
	if (c->tls != NULL && why == CONN_DONE)
		conn_tls_shutdown(c->tls);
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
	event_del(c->readable);
	event_del(c->writable);
	part(c, why);
	c->calls->ended(c, why, c->argument);
}

/* Also after a 0 of TLS: it may have to write in order to read. */
static void
wait_for_tls(struct conn *c)
{
	if (conn_tls_wants_write(c->tls))
		event_add(c->writable, NULL);
}

static void
become_open(struct conn *c)
{
	c->phase = PHASE_OPEN;
	if (c->calls->ready != NULL)
		c->calls->ready(c, c->argument);
}

static void
do_handshake(struct conn *c)
{
	enum conn_end why;

	switch (conn_tls_handshake(c->tls, &why)) {
	case 1:
		become_open(c);
		break;
	case 0:
		wait_for_tls(c);
		break;
	default:
		finish(c, why);
	}
}

static void
do_connect(struct conn *c)
{
	int cause = 0;
	socklen_t size = sizeof(cause);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &cause, &size) == -1)
		cause = errno;
	if (cause == EINPROGRESS)
		return;
	if (cause != 0) {
		finish(c, cause == ECONNRESET ? CONN_RESET : CONN_ERROR);
		return;
	}
	flow_read(&c->flow, c->fd);
	tell(c, "opened", NULL);
	if (c->tls != NULL) {
		c->phase = PHASE_HANDSHAKE;
		do_handshake(c);
	} else
		become_open(c);
}

/* Up to CHUNK bytes: their number, 0 to wait, -1 with *why set. */
static int
receive(struct conn *c, uint8_t *into, enum conn_end *why)
{
	int length;

	if (c->tls != NULL) {
		if ((length = conn_tls_read(c->tls, into, CHUNK, why)) == 0)
			wait_for_tls(c);
		return length;
	}
	errno = 0;
	length = (int)recv(c->fd, into, CHUNK, 0);
	if (length > 0)
		return length;
	if (length == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	*why = length == 0 ? CONN_EOF : conn_end_of(errno);
	return -1;
}

static void
do_read(struct conn *c)
{
	uint8_t chunk[CHUNK];
	enum conn_end why = CONN_DONE;
	bool grown = false;
	int length = 0;

	for (int i = 0; i < CHUNKS_A_TURN; i++) {
		if ((length = receive(c, chunk, &why)) <= 0)
			break;
		evbuffer_add(c->in, chunk, (size_t)length);
		grown = true;
	}
	/* What TLS still holds makes no socket readable. */
	if (length > 0 && c->tls != NULL)
		event_active(c->readable, EV_READ, 0);
	if (grown && c->phase == PHASE_OPEN)
		c->calls->data(c, c->argument);
	if (length == -1)
		finish(c, why);
}

static int
transmit(struct conn *c, enum conn_end *why)
{
	size_t held = evbuffer_get_length(c->out);
	size_t length = held < c->record_size ? held : c->record_size;
	const unsigned char *data = evbuffer_pullup(c->out, (ssize_t)length);
	int sent;

	if (c->tls != NULL) {
		if ((sent = conn_tls_write(c->tls, data, length, why)) == 0)
			wait_for_tls(c);
		return sent;
	}
	errno = 0;
	sent = (int)send(c->fd, data, length, MSG_NOSIGNAL);
	if (sent >= 0)
		return sent;
	if (errno == EAGAIN || errno == EINTR) {
		event_add(c->writable, NULL);
		return 0;
	}
	*why = conn_end_of(errno);
	return -1;
}

static void
do_write(struct conn *c)
{
	enum conn_end why = CONN_ERROR;
	int sent;

	while (evbuffer_get_length(c->out) > 0) {
		if ((sent = transmit(c, &why)) <= 0)
			break;
		evbuffer_drain(c->out, (size_t)sent);
	}
	if (evbuffer_get_length(c->out) > 0) {
		if (sent == -1)
			finish(c, why);
	} else if (c->phase == PHASE_CLOSING)
		finish(c, CONN_DONE);
}

static void
advance(evutil_socket_t fd, short what, void *argument)
{
	struct conn *c = argument;

	(void)fd;
	c->busy++;
	if (what & EV_TIMEOUT)
		finish(c, CONN_TIMEOUT);
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
			if (!c->doomed && evbuffer_get_length(c->out) > 0)
				do_write(c);
			break;
		case PHASE_CLOSING:
			do_write(c);
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
	int on = 1;

	if (c == NULL)
		goto fail;
	c->record_size = CHUNK;
	c->fd = fd;
	c->calls = calls;
	c->argument = argument;
	evutil_make_socket_nonblocking(fd);
	/* A request leaves at once, in one segment. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->in = evbuffer_new();
	c->out = evbuffer_new();
	c->readable = event_new(base, fd, EV_READ | EV_PERSIST, advance, c);
	c->writable = event_new(base, fd, EV_WRITE, advance, c);
	c->kick = event_new(base, -1, 0, advance, c);
	if (c->in == NULL || c->out == NULL || c->readable == NULL ||
	    c->writable == NULL || c->kick == NULL)
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

struct conn *
conn_accept(struct event_base *base, int fd, const struct tls_context *tls,
    const struct conn_calls *calls, void *argument)
{
	struct conn *c = conn_new(base, fd, calls, argument);

	if (c == NULL)
		return NULL;
	flow_read(&c->flow, c->fd);
	tell(c, "accepted", NULL);
	c->phase = PHASE_OPEN;
	if (tls != NULL) {
		c->record_size = tls->record_size;
		c->phase = PHASE_HANDSHAKE;
		if ((c->tls = conn_tls_new(c, fd, tls, NULL)) == NULL) {
			destroy(c);
			return NULL;
		}
	}
	event_add(c->readable, NULL);
	return c;
}

struct conn *
conn_open(struct event_base *base, const struct sockaddr *to, socklen_t length,
    const struct tls_context *tls, const char *server_name,
    const struct conn_calls *calls, void *argument)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct conn *c;

	if (fd == -1) {
		warn("socket");
		return NULL;
	}
	if ((c = conn_new(base, fd, calls, argument)) == NULL)
		return NULL;
	flow_to(&c->flow, to, length);
	if (tls != NULL)
		c->record_size = tls->record_size;
	c->phase = PHASE_CONNECTING;
	if (tls != NULL &&
	    (c->tls = conn_tls_new(c, fd, tls, server_name)) == NULL) {
		destroy(c);
		return NULL;
	}
	/* A refusal, too, is told when the loop turns: never from here. */
	if (connect(fd, to, length) == -1 && errno != EINPROGRESS)
		event_active(c->writable, EV_WRITE, 0);
	event_add(c->writable, NULL);
	event_add(c->readable, NULL);
	return c;
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
	enum conn_end why;
	int sent = 0;

	evbuffer_add(c->out, data, length);
	if (c->phase != PHASE_OPEN || c->doomed)
		return;
	while (
	    evbuffer_get_length(c->out) > 0 && (sent = transmit(c, &why)) > 0)
		evbuffer_drain(c->out, (size_t)sent);
	if (sent == -1)
		event_active(c->kick, EV_WRITE, 0);
}

void
conn_close(struct conn *c)
{
	c->phase = PHASE_CLOSING;
	event_active(c->kick, EV_WRITE, 0);
}

void
conn_patience(struct conn *c, int milliseconds)
{
	struct timeval wait = {
	    milliseconds / 1000, (milliseconds % 1000) * 1000};

	if (milliseconds == 0)
		event_remove_timer(c->readable);
	else
		event_add(c->readable, &wait);
}
