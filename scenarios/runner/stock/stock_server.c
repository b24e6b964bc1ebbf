/* SPDX-License-Identifier: MIT */
/*
 * A stock server as the gateway or the balancer:
 *
 *	configuration -> child -> its log, line by line -> events
 */
#include "stock.h"

#include "event.h"
#include "exit_code.h"
#include "ground/network.h"
#include "lab.h"
#include "play/installed.h"
#include "printed.h"
#include "stock_bridge.h"
#include "stock_config.h"
#include "stock_flow.h"
#include "stock_watch.h"
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

#define ACCEPTED_MAX 64 /* connections whose peers are remembered */

struct accepted {
	uint64_t number;
	struct stock_flow flow;
};

struct serving {
	const struct stock_server *server;
	unsigned int port; /* that it listens on */
	pid_t child;
	int signals;
	struct printed log;
	struct accepted accepted[ACCEPTED_MAX];
	size_t accepted_count; /* all that ever were */
	struct stock_bridge bridge;
	/* Where the log names nobody: */
	struct stock_flow only;   /* s_server: the one it speaks of, */
	uint64_t taken;           /* its number among all taken, */
	bool known;               /* and whether it is that for sure */
	struct stock_watch watch; /* the others: what comes and goes */
	uint64_t idle;            /* how many had come when none was open */
	bool bridged, nameless, ready, ending, ended;
};

static void
flow_of_peer(const struct stock_peer *peer, struct stock_flow *flow)
{
	char name[64] = "";
	const struct manifest_host *self;

	gethostname(name, sizeof(name) - 1);
	self = manifest_host(&network_manifest, name);
	*flow = (struct stock_flow){
	    .src_port = peer->port, .dest_port = STOCK_PORT};
	snprintf(flow->src_ip, sizeof(flow->src_ip), "%.*s", (int)peer->ip.left,
	    (const char *)peer->ip.at);
	snprintf(flow->dest_ip, sizeof(flow->dest_ip), "%.15s",
	    self == NULL ? "" : self->interfaces[0].address);
}

static void
remember(struct serving *s, const struct stock_said *said)
{
	struct accepted *a = &s->accepted[s->accepted_count++ % ACCEPTED_MAX];

	a->number = said->number;
	flow_of_peer(&said->peer, &a->flow);
}

/* s_server takes one after the other: is the one it has its latest? */
static void
remember_only(struct serving *s)
{
	s->taken++;
	s->known = stock_flow_now(STOCK_PORT, STOCK_ACCEPTED, &s->only) == 1 &&
		   stock_flow_taken_now() == s->taken;
}

/* A log that names nobody: who can it be, if only one came since none was? */
static bool
only_since_idle(struct serving *s, struct stock_flow *flow)
{
	*flow = s->watch.last;
	return stock_watch_turn(&s->watch) == 0 && !s->watch.lost &&
	       s->watch.begun == s->idle + 1;
}

/*
 * Which connection was it?  By the log's own words; else the only one that it
 * can have been.
 */
static bool
find_flow(
    struct serving *s, const struct stock_said *said, struct stock_flow *flow)
{
	size_t known =
	    s->accepted_count < ACCEPTED_MAX ? s->accepted_count : ACCEPTED_MAX;

	if (said->peer.port != 0) {
		flow_of_peer(&said->peer, flow);
		return true;
	}
	for (size_t i = 0; i < known; i++)
		if (s->accepted[i].number == said->number) {
			*flow = s->accepted[i].flow;
			return true;
		}
	if (said->number != 0)
		return false;
	if (s->nameless)
		return only_since_idle(s, flow);
	*flow = s->only;
	return s->known;
}

static void
tell(struct serving *s, const struct stock_said *said)
{
	struct stock_flow flow;

	switch (said->kind) {
	case STOCK_SAYS_NOTHING:
	case STOCK_SAYS_TRIES:
	case STOCK_SAYS_LOCAL:
		return;
	case STOCK_SAYS_ACCEPTED:
		if (said->number != 0)
			remember(s, said);
		return;
	case STOCK_SAYS_ALERT:
		stock_alert_begin(said->words);
		break;
	case STOCK_SAYS_FAILED:
		event_begin("said");
		event_bytes("words", said->words);
		break;
	}
	if (find_flow(s, said, &flow))
		stock_flow_put(&flow);
	event_end();
}

static void
take_line(void *user, struct bytes line)
{
	struct serving *s = user;
	struct stock_said said = s->server->read(line);

	fprintf(stderr, "%.*s\n", (int)line.left, (const char *)line.at);
	if (!s->ready)
		return;
	if (s->bridged && said.kind == STOCK_SAYS_ACCEPTED) {
		stock_bridge_turn(&s->bridge);
		remember_only(s);
	}
	tell(s, &said);
}

static void
take_messages(struct serving *s)
{
	static uint8_t message[STOCK_BRIDGE_MESSAGE];
	struct bytes all, line;

	while (stock_bridge_take(&s->bridge, message, &all))
		while (bytes_take_until(&all, '\n', &line))
			take_line(s, line);
}

/* If none was open before the log is read, what it says later is of another. */
static void
take_nameless_log(struct serving *s)
{
	bool idle =
	    stock_watch_turn(&s->watch) == 0 && s->watch.open_count == 0;
	uint64_t begun = s->watch.begun;

	printed_take(&s->log, take_line, s);
	if (idle)
		s->idle = begun;
}

static void
take_news(struct serving *s)
{
	if (s->bridged)
		take_messages(s);
	else if (s->nameless)
		take_nameless_log(s);
	else
		printed_take(&s->log, take_line, s);
}

static void
take_signals(struct serving *s)
{
	struct signalfd_siginfo news;

	while (read(s->signals, &news, sizeof(news)) == sizeof(news)) {
		if (news.ssi_signo == SIGCHLD) {
			s->ended = waitpid(s->child, NULL, WNOHANG) != 0;
			continue;
		}
		s->ending = true;
		kill(s->child, SIGTERM);
	}
}

static void
announce(struct serving *s)
{
	struct stock_flow flow;

	if (s->ended || stock_flow_now(s->port, STOCK_LISTENS, &flow) == 0)
		return;
	stock_announce(s->server->version);
	s->taken = stock_flow_taken_now();
	s->ready = true;
	event_ready();
}

static void
serve(struct serving *s)
{
	while (!s->ended) {
		struct pollfd fds[] = {
		    {s->signals, POLLIN, 0},
		    {s->log.fd, POLLIN, 0},
		    {s->bridged ? s->bridge.fd : -1, POLLIN, 0},
		    {s->nameless ? s->watch.socket : -1, POLLIN, 0},
		};

		if (poll(fds, 4, s->ready ? -1 : 5) == -1 && errno != EINTR)
			err(EXIT_INTERNAL, "poll");
		take_news(s);
		if (fds[2].revents != 0 && s->bridge.fd != -1)
			stock_bridge_return(&s->bridge);
		take_signals(s);
		if (!s->ready)
			announce(s);
	}
	take_news(s); /* what it said at its end */
}

/* Where what it prints comes out, and the child itself. */
static int
start(struct serving *s, const struct stock *stock, const char *const words[])
{
	int ends[2];

	s->bridged = s->server->read == stock_words_openssl;
	s->nameless = s->server->read == stock_words_lighttpd;
	if (s->nameless && stock_watch_open(&s->watch, STOCK_PORT) == -1)
		return -1;
	if (s->bridged) {
		if (stock_bridge_open(&s->bridge, stock->upstream) == -1)
			return -1;
		s->log.fd = s->bridge.queue;
		s->child = stock_child(words, s->bridge.child_input,
		    s->bridge.output, s->bridge.errors);
		return s->child == -1 ? -1 : 0;
	}
	if (pipe2(ends, O_CLOEXEC) == -1 ||
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) == -1) {
		warn("%s", words[0]);
		return -1;
	}
	s->log.fd = ends[0];
	s->child = stock_child(words, -1, ends[1], ends[1]);
	close(ends[1]);
	return s->child == -1 ? -1 : 0;
}

int
stock_serve(const struct stock *stock)
{
	struct serving s = {.server = stock_config_server(stock->program),
	    .port =
		stock->backends.count > 0 ? STOCK_BALANCER_PORT : STOCK_PORT};
	struct stock_config config = {.stock = stock};

	if (s.server == NULL)
		return EXIT_USAGE;
	if (stock->upstream == NULL && stock->backends.count == 0) {
		warnx("replaylab stock %s: --upstream or --backend is needed",
		    stock->program);
		return EXIT_USAGE;
	}
	if (!is_installed(s.server->words[0]) ||
	    (s.server->module != NULL && access(s.server->module, R_OK) == -1))
		return stock_absent(stock->program, s.server->package);
	if (stock_config_write(&config, s.server) == -1 ||
	    (s.signals = stock_signals()) == -1 ||
	    start(&s, stock, config.words) == -1)
		return EXIT_INTERNAL;
	serve(&s);
	printed_clear(&s.log);
	if (!s.ending)
		warnx("%s ended by itself", stock->program);
	return s.ending ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
}
