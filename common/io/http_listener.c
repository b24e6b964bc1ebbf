/* SPDX-License-Identifier: MIT */
/* Listening, and resting where no more clients can be taken. */
#include "http_listener.h"

#include "dtls_listener.h"
#include "lab.h"
#include "tls_context.h"

#include <err.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#define REST_MS 100 /* where no descriptor is free */

struct http_listener {
	struct event_base *base;
	const struct tls_context *tls;
	long port;
	http_listener_call *came;
	void *argument;
	struct evconnlistener *streams; /* NULL: datagrams */
	struct dtls_listener *datagrams;
	struct event *again; /* NULL until it had to rest */
};

static void
on_accept(struct evconnlistener *streams, evutil_socket_t fd,
    struct sockaddr *from, int length, void *argument)
{
	struct http_listener *l = argument;

	(void)streams, (void)from, (void)length;
	l->came(fd, NULL, l->argument);
}

static void
accept_again(evutil_socket_t fd, short what, void *argument)
{
	struct http_listener *l = argument;

	(void)fd, (void)what;
	evconnlistener_enable(l->streams);
}

/*
 * No descriptor is free, mostly: who waits to be accepted would keep us busy,
 * so the listener rests until a client may have gone.
 */
static void
on_accept_error(struct evconnlistener *streams, void *argument)
{
	static const struct timeval rest = {.tv_usec = REST_MS * 1000};
	struct http_listener *l = argument;

	if (l->again == NULL) {
		warn("port %ld: cannot accept every client", l->port);
		l->again = event_new(l->base, -1, 0, accept_again, l);
	}
	if (l->again != NULL && event_add(l->again, &rest) == 0)
		evconnlistener_disable(streams);
}

/* -1 with errno set. */
static int
open_socket(struct http_listener *l, const struct addrinfo *at)
{
	if (l->tls != NULL && l->tls->datagrams) {
		l->datagrams = dtls_listener_open(l->base, at->ai_addr,
		    at->ai_addrlen, l->tls, l->came, l->argument);
		return l->datagrams == NULL ? -1 : 0;
	}
	l->streams = evconnlistener_new_bind(l->base, on_accept, l,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC,
	    1024, at->ai_addr, (int)at->ai_addrlen);
	if (l->streams == NULL)
		return -1;
	evconnlistener_set_error_cb(l->streams, on_accept_error);
	return 0;
}

static int
listen_at(struct http_listener *l, const struct addrinfo *at)
{
	if (open_socket(l, at) == 0)
		return 0;
	if (errno == EADDRINUSE)
		warnx("port %ld is in use; end what listens there, or choose "
		      "another with --listen",
		    l->port);
	else if (errno == EACCES)
		warnx("port %ld is for root alone; choose one from 1024 on "
		      "with --listen",
		    l->port);
	else
		warn("port %ld", l->port);
	return -1;
}

static int
find_and_listen(struct http_listener *l, const char *address)
{
	struct addrinfo hints = {.ai_family = AF_INET,
			    .ai_socktype = SOCK_STREAM,
			    .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
			*at = NULL;
	char port[16];
	int cause, outcome;

	snprintf(port, sizeof(port), "%ld", l->port);
	if ((cause = getaddrinfo(address, port, &hints, &at)) != 0) {
		warnx("%s: %s", address, gai_strerror(cause));
		return -1;
	}
	outcome = listen_at(l, at);
	freeaddrinfo(at);
	return outcome;
}

struct http_listener *
http_listener_open(struct event_base *base, const char *address, long port,
    const struct tls_context *tls, http_listener_call *came, void *argument)
{
	struct http_listener *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		warn("port %ld", port);
		return NULL;
	}
	*l = (struct http_listener){.base = base,
	    .tls = tls,
	    .port = port,
	    .came = came,
	    .argument = argument};
	if (address == NULL && lab_file("") == NULL)
		address = "127.0.0.1";
	if (find_and_listen(l, address) == -1) {
		free(l);
		return NULL;
	}
	return l;
}

void
http_listener_close(struct http_listener *l)
{
	if (l == NULL)
		return;
	if (l->streams != NULL)
		evconnlistener_free(l->streams);
	dtls_listener_close(l->datagrams);
	if (l->again != NULL)
		event_free(l->again);
	free(l);
}
