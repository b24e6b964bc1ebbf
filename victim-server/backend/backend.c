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
#include "lab_clock.h"
#include "loop.h"
#include "option.h"

#include <err.h>
#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

#include "backend/nonce_buckets.h"
#include "backend/service.h"

/* Where nonces are remembered, and what is done when there is no room. */
enum nonce_store { STORE_SQLITE, STORE_MEMORY };
enum eviction { EVICT_NOTHING, EVICT_OLDEST };

struct options {
	const char *check, *ledger, *keys, *authority;
	long window, nonce_ttl, nonce_capacity, listen;
	int nonce_store, evict;
	bool quarantine;
	struct option_list accounts, weaknesses;
};

struct backend {
	struct keyring *keys;
	struct ledger *ledger;
	struct nonce_memory *nonces; /* NULL: the ledger's own */
	struct service *service;
	struct event_base *base;
	struct http_server *server;
	struct event *commit;
	const struct timeval *commit_delay; /* NULL: at the turn's end */
};

static enum option_verdict
read_options(struct options *o, int argc, char *argv[])
{
	static const char *const stores[] = {"sqlite", "memory", NULL};
	static const char *const evictions[] = {"nothing", "oldest", NULL};
	const struct option_row rows[] = {
	    OPTION_TEXT("check", &o->check, "LIST",
		"none, or of signature,timestamp,nonce; default all"),
	    OPTION_NUMBER("window", &o->window, 1, 86400,
		"seconds a request may be old or early; default 300"),
	    OPTION_NUMBER("nonce-ttl", &o->nonce_ttl, 1, 864000,
		"seconds a nonce is remembered; default 2 windows"),
	    OPTION_WORD("nonce-store", &o->nonce_store, "WHERE", stores,
		"sqlite (default): with the ledger; or memory: until it ends"),
	    OPTION_NUMBER("nonce-capacity", &o->nonce_capacity, 1, 100000000,
		"nonces a memory holds; when full it refuses"),
	    OPTION_WORD("evict", &o->evict, "WHAT", evictions,
		"when memory is full: nothing (default), or forget the oldest"),
	    OPTION_FLAG("quarantine", &o->quarantine,
		"refuse what may have come before a restart"),
	    OPTION_TEXT("authority", &o->authority, "NAME",
		"answer only to this Host; default: to any"),
	    OPTION_LIST("weakness", &o->weaknesses, "NAME",
		"plant a flaw; SECURITY.md lists them"),
	    OPTION_TEXT("ledger", &o->ledger, "FILE", "the SQLite ledger"),
	    OPTION_LIST("account", &o->accounts, "NAME=AMOUNT",
		"open it unless it is there; default alice=1000000, bob=0"),
	    OPTION_TEXT("keys", &o->keys, "FILE", "who signs with which key"),
	    OPTION_NUMBER(
		"listen", &o->listen, 1, 65535, "TCP port; default 80"),
	    OPTION_END,
	};
	const struct option_usage usage = {
	    .command = "victim-server backend",
	    .does = "Check transfers and book them in a ledger.",
	    .rows = rows,
	    .example = "victim-server backend --check signature,timestamp "
		       "--window 60",
	};

	return option_read(&usage, argc, argv, NULL);
}

static bool
plant_weaknesses(const struct options *o, struct defence_policy *policy)
{
	enum weakness weakness;

	for (size_t i = 0; i < o->weaknesses.count; i++) {
		if (!weakness_read(o->weaknesses.item[i], &weakness)) {
			warnx("weakness: there is none of the name %s; see "
			      "SECURITY.md",
			    o->weaknesses.item[i]);
			return false;
		}
		policy->weak[weakness] = true;
	}
	return true;
}

/* Twice the window: a request may come a window early and stay a window. */
static bool
make_policy(const struct options *o, struct defence_policy *policy)
{
	if (!defence_policy_read(o->check, policy)) {
		warnx("check: %s is not none, nor a list of signature, "
		      "timestamp and nonce; see victim-server backend --help",
		    o->check);
		return false;
	}
	if (!plant_weaknesses(o, policy))
		return false;
	policy->window = o->window;
	policy->authority = o->authority;
	policy->nonce_ttl = policy->timestamp ? 2 * o->window : o->window;
	if (policy->weak[WEAK_SYMMETRIC_WINDOW])
		policy->nonce_ttl = o->window;
	if (o->nonce_ttl == 0)
		return true;
	if (policy->timestamp && policy->nonce &&
	    o->nonce_ttl < policy->nonce_ttl)
		warnx("nonce-ttl: %ld s is less than two windows, so a nonce "
		      "can be forgotten before its request is stale",
		    o->nonce_ttl);
	policy->nonce_ttl = o->nonce_ttl;
	return true;
}

static struct keyring *
open_keys(const struct options *o)
{
	const char *path = o->keys != NULL ? o->keys : lab_file("keys.json");

	if (path == NULL) {
		warnx("keys: checking signatures needs --keys FILE outside a "
		      "lab, or --check none");
		return NULL;
	}
	return keyring_open(path);
}

/* What the table of options cannot say. */
static bool
check_store(const struct options *o, const struct defence_policy *policy)
{
	if (o->nonce_store == STORE_SQLITE &&
	    (o->evict == EVICT_OLDEST || o->quarantine)) {
		warnx("%s: only with --nonce-store memory; the ledger forgets "
		      "nothing when it is full or started again",
		    o->quarantine ? "quarantine" : "evict");
		return false;
	}
	if (o->quarantine && !(policy->timestamp && policy->nonce)) {
		warnx("quarantine: needs --check timestamp,nonce");
		return false;
	}
	return true;
}

/*
 * Quarantine (RFC 4120 section 3.2.3, RFC 8446 section 8.2): what was served
 * before a restart was created at most a window after it.  To the memory it is
 * as if all of that had been remembered, and had expired.
 */
static int
open_nonces(struct backend *b, const struct options *o,
    const struct defence_policy *policy)
{
	struct nonce_buckets_settings settings = {
	    .capacity = o->nonce_capacity > 0 ? o->nonce_capacity
					      : NONCE_BUCKETS_DEFAULT,
	    .longest = policy->nonce_ttl,
	    .evict_oldest = o->evict == EVICT_OLDEST,
	};

	if (o->nonce_store == STORE_SQLITE)
		return 0;
	if (o->quarantine)
		settings.horizon =
		    lab_now() / NANOSECONDS + 2 * policy->window + 1;
	return (b->nonces = nonce_buckets_new(&settings)) == NULL ? -1 : 0;
}

static struct ledger *
open_ledger(const struct options *o)
{
	struct ledger_settings settings = {
	    .path = o->ledger, .nonce_limit = o->nonce_capacity};
	char host[64] = "", name[96];

	if (settings.path == NULL) {
		gethostname(host, sizeof(host) - 1);
		snprintf(name, sizeof(name), "ledger-%s.sqlite", host);
		settings.path = lab_file(name);
	}
	if (settings.path == NULL)
		settings.path = "./ledger.sqlite";
	return ledger_open(&settings);
}

static int
open_accounts(const struct options *o, struct ledger *ledger)
{
	static const struct option_list usual = {
	    .item = {"alice=1000000", "bob=0"}, .count = 2};
	const struct option_list *list =
	    o->accounts.count > 0 ? &o->accounts : &usual;
	struct account account;

	for (size_t i = 0; i < list->count; i++) {
		if (!account_read(list->item[i], &account)) {
			warnx("account: %s is not NAME=AMOUNT; see "
			      "victim-server backend --help",
			    list->item[i]);
			return -1;
		}
		if (ledger_open_account(ledger, &account) == -1)
			return -1;
	}
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

static int
open_server(struct backend *b, const struct options *o,
    const struct defence_policy *policy)
{
	/* How long the other system takes, between its two questions. */
	static const struct timeval gap = {.tv_usec = 100000};
	const struct service_settings service = {.policy = *policy,
	    .keys = b->keys,
	    .ledger = b->ledger,
	    .nonces = b->nonces,
	    .due = commit_due,
	    .argument = b};
	struct http_server_settings server = {
	    .role = "backend", .port = o->listen, .handler = service_handle};

	if (policy->weak[WEAK_CHECK_THEN_INSERT])
		b->commit_delay = &gap;
	if ((b->service = service_new(&service)) == NULL)
		return -1;
	server.argument = b->service;
	b->server = http_server_open(b->base, &server);
	return b->server == NULL ? -1 : 0;
}

static void
close_backend(struct backend *b)
{
	/* What was handled is answered first. */
	if (b->service != NULL)
		service_settle(b->service);
	http_server_close(b->server);
	service_free(b->service);
	if (b->commit != NULL)
		event_free(b->commit);
	loop_free(b->base);
	nonce_memory_free(b->nonces);
	ledger_close(b->ledger);
	keyring_close(b->keys);
}

int
backend_main(int argc, char *argv[])
{
	struct options o = {
	    .check = "signature,timestamp,nonce", .window = 300, .listen = 80};
	struct defence_policy policy;
	struct backend b = {0};
	int status = EXIT_USAGE;

	switch (read_options(&o, argc, argv)) {
	case OPTIONS_HELPED:
		return EXIT_AS_EXPECTED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	case OPTIONS_READ:
		break;
	}
	if (!make_policy(&o, &policy) || !check_store(&o, &policy) ||
	    (policy.signature && (b.keys = open_keys(&o)) == NULL) ||
	    (b.ledger = open_ledger(&o)) == NULL ||
	    open_accounts(&o, b.ledger) == -1)
		goto out;
	if (lab_join("victim-server") == -1 || open_loop(&b) == -1) {
		status = EXIT_INTERNAL;
		goto out;
	}
	if (open_nonces(&b, &o, &policy) == -1 ||
	    open_server(&b, &o, &policy) == -1)
		goto out;
	event_ready();
	status = loop_run(b.base) == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
out:
	close_backend(&b);
	return status;
}
