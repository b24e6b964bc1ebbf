/* SPDX-License-Identifier: MIT */
/*
 * replaylab redis: a real Redis or Valkey server on a host of the lab.
 */
#include "store_server.h"

#include "commands.h"
#include "exit_code.h"
#include "lab.h"
#include "play/installed.h"
#include "stock.h"

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const enters[] = {
    "nothing", "hang", "promote", "fill", "crowd", NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const policies[] = {"noeviction", "allkeys-lru", NULL};

struct redis {
	const char *server, *client, *load; /* Redis's programs, or Valkey's */
	char data[4096];
	const char *replica_of;
	int append_only, policy, enter;
	bool crash;
};

static bool
find_programs(struct redis *r)
{
	static const char *const names[][3] = {
	    {"redis-server", "redis-cli", "redis-benchmark"},
	    {"valkey-server", "valkey-cli", "valkey-benchmark"}};

	for (size_t i = 0; i < 2; i++) {
		r->server = names[i][0];
		r->client = names[i][1];
		r->load = names[i][2];
		if (is_installed(r->server) && is_installed(r->client))
			return true;
	}
	return false;
}

/* One command of at most three words. */
static int
ask(struct redis *r, const char *one, const char *two, const char *three,
    const char *four, struct buffer *out)
{
	const char *const words[] = {r->client, "-h", store_server_address(),
	    "-e", one, two, three, four, NULL};

	return store_server_run(words, out);
}

static int
promote(struct redis *r)
{
	return ask(r, "REPLICAOF", "NO", "ONE", NULL, NULL);
}

/* Memory for so much more than it uses by now. */
static int
limit(struct redis *r, long more)
{
	static const char name[] = "used_memory:";
	struct buffer info = {0};
	char text[32];
	const char *used;
	int outcome = ask(r, "INFO", "memory", NULL, NULL, &info);

	buffer_add_u8(&info, '\0');
	used = strstr((const char *)buffer_bytes(&info).at, name);
	if (used == NULL)
		outcome = -1;
	else
		snprintf(text, sizeof(text), "%ld",
		    strtol(used + strlen(name), NULL, 10) + more);
	buffer_clear(&info);
	return outcome == -1 ? -1
			     : ask(r, "CONFIG", "SET", "maxmemory", text, NULL);
}

/* Others use the server as well, for more than it has room for. */
static int
crowd(struct redis *r)
{
	const char *const words[] = {r->load, "-h", store_server_address(),
	    "-t", "set", "-c", "1", "-n", "10000", "-r", "100000000", "-d",
	    "1000", "-q", NULL};

	return limit(r, 262144) == -1 ? -1 : store_server_run(words, NULL);
}

static int
act(void *argument)
{
	struct redis *r = argument;

	switch ((enum store_enter)r->enter) {
	case ENTER_NOTHING:
	case ENTER_HANG:
		break;
	case ENTER_PROMOTE:
		return promote(r);
	case ENTER_FILL: /* full, whatever it gives free meanwhile */
		return ask(r, "CONFIG", "SET", "maxmemory", "1", NULL);
	case ENTER_CROWD:
		return crowd(r);
	}
	return 0;
}

static int
serve(struct redis *r)
{
	const char *words[32] = {r->server, "--port", "6379", "--bind",
	    store_server_address(), "--dir", r->data, "--protected-mode", "no",
	    "--save", "", "--appendonly", yes_no[r->append_only],
	    "--appendfsync", "always", "--maxmemory-policy",
	    policies[r->policy], "--maxmemory-samples", "64",
	    "--repl-diskless-sync-delay", "0", NULL};
	size_t n = 21;
	struct store_server server = {
	    .words = words,
	    .ready = r->replica_of == NULL ? "Ready to accept connections"
					   : "sync: Finished with success",
	    .enter = (enum store_enter)r->enter,
	    .act = act,
	    .argument = r,
	    .end_signal = SIGTERM,
	    .crash = r->crash,
	};

	if (r->replica_of != NULL) {
		words[n++] = "--replicaof";
		words[n++] = r->replica_of;
		words[n++] = "6379";
	}
	words[n] = NULL;
	return store_server_serve(&server);
}

static int
run(void *argument)
{
	struct redis *r = argument;
	const char *version[] = {NULL, "--version", NULL};
	bool fresh;

	if (!find_programs(r))
		return stock_absent("Redis", "redis-server");
	if (store_server_place(r->data, sizeof(r->data), &fresh) == -1)
		return EXIT_USAGE;
	if (lab_join("redis") == -1)
		return EXIT_INTERNAL;
	version[0] = r->server;
	stock_announce(version);
	return serve(r);
}

int
redis_main(int argc, char *argv[])
{
	struct redis r = {0};
	const struct option_row rows[] = {
	    OPTION_WORD("appendonly", &r.append_only, "WHETHER", yes_no,
		"write every change to disk before it is answered"),
	    OPTION_WORD("maxmemory-policy", &r.policy, "WHAT", policies,
		"when memory is full: refuse (default), or forget"),
	    OPTION_TEXT("replica-of", &r.replica_of, "HOST",
		"follow that server, a moment behind"),
	    OPTION_WORD("on-enter", &r.enter, "WHAT", enters,
		"what Enter does: hang and go on, promote a replica, fill "
		"its memory, or let others crowd it"),
	    OPTION_FLAG("crash", &r.crash, "end by SIGKILL, as a crash does"),
	    OPTION_END,
	};
	const struct option_usage usage = {
	    .command = "replaylab redis",
	    .does = "Inside a lab: a Redis server for this host.",
	    .rows = rows,
	    .example = "replaylab shell store --empty -- replaylab redis",
	};

	return store_server_command(&usage, argc, argv, run, &r);
}
