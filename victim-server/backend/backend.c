/* SPDX-License-Identifier: MIT */
/*
 * victim-server backend: the bank.
 *
 *	http_server -> service -> defence -> ledger	one loop turn
 *		       service <- commit		its end
 *
 * This file has the options and the loop; what is decided is decided
 * elsewhere.
 */
#include "roles.h"

#include "event.h"
#include "exit_code.h"
#include "lab.h"
#include "loop.h"
#include "option.h"
#include "tls_context.h"

#include <err.h>
#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

#include "backend/guard.h"
#include "backend/ledger_postgresql.h"
#include "backend/ledger_sqlite.h"
#include "backend/preset.h"
#include "backend/service.h"

struct options {
	struct guard_options guard;
	const char *ledger, *ledger_of;
	long listen, lose_answers;
	int defence; /* of preset_names */
	struct tls_settings tls;
	struct option_list accounts;
	struct account opened[OPTION_LIST_MAX]; /* what those say */
	size_t opened_count;
};

struct backend {
	struct guard guard;
	struct ledger *ledger;
	struct service *service;
	struct event_base *base;
	struct http_server *server;
	struct tls_context *tls; /* NULL: plain */
	struct event *commit;
	const struct timeval *commit_delay; /* NULL: at the turn's end */
};

/* As option_status: -1 to go on. */
static int
read_options(struct options *o, int argc, char *argv[])
{
	char does[1200];
	const struct option_row rows[] = {
	    OPTION_TEXT("ledger", &o->ledger, "FILE", "the SQLite ledger"),
	    OPTION_TEXT("ledger-of", &o->ledger_of, "HOST",
		"that host's ledger: two backends over one database"),
	    OPTION_LIST("account", &o->accounts, "NAME=AMOUNT",
		"open it unless it is there; default alice=1000000, bob=0"),
	    OPTION_WORD("defence", &o->defence, "NAME", preset_names,
		"a set of these, by name; see above"),
	    GUARD_OPTIONS(&o->guard),
	    OPTION_NUMBER("lose-answers", &o->lose_answers, 1, 1000,
		"that many transfers are booked and never answered"),
	    TLS_INNER_OPTIONS(&o->tls),
	    OPTION_NUMBER("listen", &o->listen, 1, 65535,
		"TCP port; default 80, or 443 with --tls"),
	    OPTION_END,
	};
	const struct option_usage usage = {
	    .command = "victim-server backend",
	    .does = does,
	    .rows = rows,
	    .example = "victim-server backend --check signature,timestamp "
		       "--window 60",
	};

	snprintf(does, sizeof(does), "%s\n\n%s",
	    "Check transfers and book them in a ledger.", preset_describe());
	return option_status(&usage, argc, argv, NULL);
}

static struct ledger *
open_file(const struct options *o)
{
	struct ledger_sqlite_settings settings = {
	    .path = o->ledger, .nonce_limit = o->guard.nonce_capacity};
	char host[64] = "", name[96];

	if (settings.path == NULL) {
		gethostname(host, sizeof(host) - 1);
		snprintf(name, sizeof(name), "ledger-%s.sqlite",
		    o->ledger_of != NULL ? o->ledger_of : host);
		settings.path = lab_file(name);
	}
	if (settings.path == NULL)
		settings.path = "./ledger.sqlite";
	return ledger_sqlite_open(&settings);
}

static struct ledger *
open_ledger(const struct options *o, const struct guard *g)
{
	const struct ledger_postgresql_settings shared = {.remotes = g->remotes,
	    .count = g->remote_count,
	    .nonce_limit = o->guard.nonce_capacity};

	if (o->guard.nonce_store != STORE_POSTGRESQL)
		return open_file(o);
	if (o->ledger == NULL)
		return ledger_postgresql_open(&shared);
	warnx("ledger: with --nonce-store postgresql it is in that database");
	return NULL;
}

static int
read_accounts(struct options *o)
{
	static const struct option_list usual = {
	    .item = {"alice=1000000", "bob=0"}, .count = 2};
	const struct option_list *list =
	    o->accounts.count > 0 ? &o->accounts : &usual;

	for (size_t i = 0; i < list->count; i++) {
		if (!account_read(list->item[i], &o->opened[i])) {
			warnx("account: %s is not NAME=AMOUNT; see "
			      "victim-server backend --help",
			    list->item[i]);
			return -1;
		}
		o->opened_count++;
	}
	return 0;
}

static int
open_accounts(const struct options *o, struct ledger *ledger)
{
	for (size_t i = 0; i < o->opened_count; i++)
		if (ledger_open_account(ledger, &o->opened[i]) == -1)
			return -1;
	return 0;
}

static void
commit_due(void *argument)
{
	struct backend *b = argument;

	/* Behind everything that is already waiting in this turn. */
	if (b->commit_delay == NULL)
		event_active(b->commit, EV_TIMEOUT, 0);
	else
		event_add(b->commit, b->commit_delay);
}

static void
on_commit(evutil_socket_t fd, short what, void *argument)
{
	struct backend *b = argument;

	(void)fd;
	(void)what;
	service_settle(b->service);
}

static int
open_loop(struct backend *b)
{
	if ((b->base = loop_new()) == NULL)
		return -1;
	if ((b->commit = event_new(b->base, -1, 0, on_commit, b)) == NULL) {
		warnx("libevent gives no event");
		return -1;
	}
	return 0;
}

/* The server is open before the service is, and turns only after. */
static void
handle(struct exchange *x, const struct http_message *request, void *argument)
{
	struct backend *b = argument;

	service_handle(x, request, b->service);
}

static int
open_server(struct backend *b, const struct options *o)
{
	struct http_server_settings server = {.role = "backend",
	    .port = o->listen,
	    .handler = handle,
	    .argument = b};

	if (tls_context_inner(&o->tls, &server.port, &b->tls) == -1)
		return -1;
	server.tls = b->tls;
	b->server = http_server_open(b->base, &server);
	return b->server == NULL ? -1 : 0;
}

static int
open_service(struct backend *b, const struct options *o)
{
	/* How long the other system takes, between its two questions. */
	static const struct timeval gap = {.tv_usec = 100000};
	const struct service_settings service = {.policy = b->guard.policy,
	    .keys = b->guard.keys,
	    .ledger = b->ledger,
	    .nonces = b->guard.nonces,
	    .lose_answers = o->lose_answers,
	    .due = commit_due,
	    .argument = b};

	if (b->guard.policy.weak[WEAK_CHECK_THEN_INSERT])
		b->commit_delay = &gap;
	b->service = service_new(&service);
	return b->service == NULL ? -1 : 0;
}

static void
close_backend(struct backend *b)
{
	/* What was handled is answered first. */
	if (b->service != NULL)
		service_settle(b->service);
	http_server_close(b->server);
	service_free(b->service);
	tls_context_free(b->tls);
	if (b->commit != NULL)
		event_free(b->commit);
	loop_free(b->base);
	ledger_close(b->ledger);
	guard_close(&b->guard);
}

int
backend_main(int argc, char *argv[])
{
	struct options o = {0};
	struct backend b = {0};
	int status = read_options(&o, argc, argv);

	if (status != -1)
		return status;
	status = EXIT_USAGE;
	if (preset_apply(o.defence, &o.guard) == -1)
		return EXIT_USAGE;
	if (o.guard.check == NULL)
		o.guard.check =
		    "signature,timestamp,nonce,early-data,idempotency";
	if (!guard_has_store(&o.guard))
		return EXIT_SKIPPED;
	if (guard_read(&b.guard, &o.guard) == -1 || read_accounts(&o) == -1)
		goto out;
	if (lab_join("victim-server") == -1 || open_loop(&b) == -1) {
		status = EXIT_INTERNAL;
		goto out;
	}
	/* The files last: who is refused leaves none behind. */
	if (open_server(&b, &o) == -1 || guard_open(&b.guard, &o.guard) == -1 ||
	    (b.ledger = open_ledger(&o, &b.guard)) == NULL ||
	    open_accounts(&o, b.ledger) == -1 || open_service(&b, &o) == -1)
		goto out;
	event_ready();
	status = loop_run(b.base) == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
out:
	close_backend(&b);
	return status;
}
