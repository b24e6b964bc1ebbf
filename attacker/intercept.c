/* SPDX-License-Identifier: MIT */
/*
 * attacker intercept: be the gateway to its clients, and a client to the
 * gateway.
 *
 *	client --TLS-- here --TLS-- gateway
 *
 * No copy and nothing old: what is said passes through, both ways, while it is
 * fresh.  All that stands against it is the certificate, which the client
 * checks (RFC 5280 section 6, RFC 9525); so the story chooses which one there
 * is to show.
 */
#include "commands.h"
#include "confine/confine.h"
#include "conn.h"
#include "copy.h"
#include "dial.h"
#include "event.h"
#include "exit_code.h"
#include "lab.h"
#include "loop.h"
#include "option.h"
#include "tls_context.h"

#include <arpa/inet.h>
#include <err.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#define HELD_MAX 262144 /* bytes of one side that the other has not taken */

/* One client, and the connection to the gateway made for it. */
struct interception {
	LIST_ENTRY(interception) entry;
	struct intercept *owner;
	struct conn *side[SIDES]; /* to the client; to the server */
	bool ready;               /* the server can be told */
};

struct intercept {
	struct manifest targets;
	const char *to;
	const struct manifest_host *host;
	struct endpoint target, self;
	struct tls_settings as_server, as_client;
	struct tls_context *server_tls, *client_tls;
	struct event_base *base;
	struct evconnlistener *listener;
	LIST_HEAD(, interception) interceptions;
};

static enum side
side_of(const struct interception *x, const struct conn *c)
{
	return x->side[SIDE_CLIENT] == c ? SIDE_CLIENT : SIDE_SERVER;
}

static void
interception_free(struct interception *x)
{
	LIST_REMOVE(x, entry);
	for (size_t i = 0; i < SIDES; i++)
		conn_free(x->side[i]);
	free(x);
}

/* What the client believes only the gateway can read. */
static void
tell_read(const struct conn *from, struct bytes words)
{
	struct copy read = {.length = words.left};

	copy_describe(&read, words);
	event_begin("intercepted");
	event_text("fingerprint", read.fingerprint);
	event_number("length", (int64_t)read.length);
	if (read.id[0] != '\0')
		event_text("id", read.id);
	conn_put_flow(from);
	event_end();
	printf("read %zu bytes of the client%s%s\n", read.length,
	    read.id[0] == '\0' ? "" : ", the transfer ", read.id);
	fflush(stdout);
}

static void
on_data(struct conn *c, void *argument)
{
	struct interception *x = argument;
	enum side from = side_of(x, c);
	struct conn *to = x->side[side_other(from)];
	struct evbuffer *in = conn_input(c);
	size_t length = evbuffer_get_length(in);
	const unsigned char *words = evbuffer_pullup(in, -1);

	if (length > HELD_MAX)
		conn_pause(c);
	if (length == 0 || !x->ready)
		return;
	confine_check();
	if (from == SIDE_CLIENT)
		tell_read(c, (struct bytes){words, length});
	if (to != NULL)
		conn_write(to, words, length);
	if (to != NULL && conn_pending(to) > HELD_MAX)
		conn_pause(c);
	evbuffer_drain(in, length);
}

/* All that waited for this side has left: the other may go on. */
static void
on_drained(struct conn *c, void *argument)
{
	struct interception *x = argument;
	struct conn *other = x->side[side_other(side_of(x, c))];

	if (other != NULL)
		conn_resume(other);
}

/* Where one side has ended, the other has no more to hear. */
static void
on_ended(struct conn *c, enum conn_end why, void *argument)
{
	struct interception *x = argument;
	enum side from = side_of(x, c);
	struct conn *other = x->side[side_other(from)];

	(void)why;
	x->side[from] = NULL;
	if (other == NULL)
		interception_free(x);
	else
		conn_close(other);
}

/* The client may have spoken before. */
static void
on_server(struct conn *c, void *argument)
{
	struct interception *x = argument;

	x->ready = true;
	if (x->side[SIDE_CLIENT] == NULL)
		return;
	on_data(x->side[SIDE_CLIENT], x);
	if (conn_pending(c) <= HELD_MAX)
		conn_resume(x->side[SIDE_CLIENT]);
}

static void
on_client(struct conn *c, void *argument)
{
	struct interception *x = argument;
	struct intercept *i = x->owner;
	static const struct conn_calls calls = {.ready = on_server,
	    .data = on_data,
	    .drained = on_drained,
	    .ended = on_ended};
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(i->target.port)};

	memcpy(&to.sin_addr, i->target.address, sizeof(to.sin_addr));
	x->side[SIDE_SERVER] = conn_open(i->base, (struct sockaddr *)&to,
	    sizeof(to), i->client_tls, i->host->name, &calls, x);
	if (x->side[SIDE_SERVER] == NULL)
		conn_close(c);
}

/* The part of the server is played from here on: told before it begins. */
static void
announce(const struct conn *c)
{
	event_begin("copy_sent");
	event_text("kind", selection_kind_name(SELECT_STREAM));
	event_number("count", 1);
	event_text("side", side_name(SIDE_SERVER));
	conn_put_flow(c);
	event_end();
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *from, int length, void *argument)
{
	static const struct conn_calls calls = {.ready = on_client,
	    .data = on_data,
	    .drained = on_drained,
	    .ended = on_ended};
	struct intercept *i = argument;
	struct interception *x = calloc(1, sizeof(*x));

	(void)listener, (void)from, (void)length;
	if (x == NULL) {
		warn("a client");
		close(fd);
		return;
	}
	x->owner = i;
	LIST_INSERT_HEAD(&i->interceptions, x, entry);
	x->side[SIDE_CLIENT] =
	    conn_accept(i->base, fd, i->server_tls, NULL, &calls, x);
	if (x->side[SIDE_CLIENT] == NULL)
		interception_free(x);
	else
		announce(x->side[SIDE_CLIENT]);
}

static int
serve(struct intercept *i)
{
	int fd = dial_listen(&i->self), status = EXIT_INTERNAL;
	struct event *news = NULL;

	if (fd == -1)
		return EXIT_INTERNAL;
	evutil_make_socket_nonblocking(fd);
	LIST_INIT(&i->interceptions);
	if ((i->base = loop_new()) != NULL &&
	    (news = loop_watch(i->base, confine_fd(), confine_check)) != NULL &&
	    (i->listener = evconnlistener_new(i->base, on_accept, i,
		 LEV_OPT_CLOSE_ON_FREE, 0, fd)) != NULL) {
		confine_drop();
		event_ready();
		if (loop_run(i->base) == 0)
			status = EXIT_AS_EXPECTED;
	}
	while (!LIST_EMPTY(&i->interceptions))
		interception_free(LIST_FIRST(&i->interceptions));
	if (i->listener != NULL)
		evconnlistener_free(i->listener);
	else
		close(fd);
	if (news != NULL)
		event_free(news);
	loop_free(i->base);
	return status;
}

/* Where the target listens, and the same port at our own address there. */
static int
choose_places(struct intercept *i)
{
	char name[64] = "", near[INET6_ADDRSTRLEN];
	const struct manifest_host *own;

	if ((i->host = confine_target(&i->targets, i->to)) == NULL)
		return EXIT_REFUSED;
	gethostname(name, sizeof(name) - 1);
	if ((own = manifest_host(&i->targets, name)) == NULL)
		return confine_target(&i->targets, name) == NULL
			   ? EXIT_REFUSED
			   : EXIT_INTERNAL;
	if (dial_address(&i->targets, i->host, i->host->interfaces[0].address,
		&i->target) == -1)
		return EXIT_INTERNAL;
	endpoint_address(&i->target, near);
	if (dial_address(&i->targets, own, near, &i->self) == -1)
		return EXIT_INTERNAL;
	i->self.port = i->target.port;
	return EXIT_AS_EXPECTED;
}

static int
intercept(struct intercept *i)
{
	int status;

	if (confine_enter(&i->targets) == -1)
		return EXIT_REFUSED;
	if ((status = choose_places(i)) != EXIT_AS_EXPECTED)
		return status;
	status = EXIT_USAGE;
	if ((i->server_tls = tls_context_server(&i->as_server)) != NULL &&
	    (i->client_tls = tls_context_client(&i->as_client)) != NULL)
		status = serve(i);
	tls_context_free(i->server_tls);
	tls_context_free(i->client_tls);
	return status;
}

int
intercept_main(int argc, char *argv[])
{
	static const char *const whose[] = {"misissued", "client", NULL};
	static const char *const files[] = {"misissued.pem", "client.pem"};
	static struct intercept i;
	int certificate = 0;
	const struct option_row rows[] = {
	    OPTION_TEXT("to", &i.to, "HOST",
		"whose part to play, and whom to pass it on to"),
	    OPTION_WORD("certificate", &certificate, "WHOSE", whose,
		"which one of the lab's to show; default: misissued"),
	    OPTION_END,
	};
	const struct option_usage usage = {"attacker intercept",
	    "Be a server to its clients and a client to that server, and read "
	    "what passes.",
	    NULL, rows, "attacker intercept --to gateway"};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	if (i.to == NULL) {
		warnx("attacker intercept: --to HOST is needed");
		return EXIT_USAGE;
	}
	i.as_server.certificate = lab_file(files[certificate]);
	i.as_client.ca = lab_file("ca.pem");
	return intercept(&i);
}
