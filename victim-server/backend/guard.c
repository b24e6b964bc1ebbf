/* SPDX-License-Identifier: MIT */
/* From options to a defence. */
#include "guard.h"

#include <err.h>

#include "backend/nonce_buckets.h"
#include "backend/nonce_file.h"
#include "backend/nonce_redis.h"
#include "backend/postgresql.h"
#include "backend/redis.h"
#include "lab.h"
#include "lab_clock.h"

#define WINDOW 300 /* seconds; as Kerberos has it, RFC 4120 section 5.1.3 */

const char *const guard_stores[] = {"sqlite", "memory", "shared", "file",
    "counter", "postgresql", "redis", NULL};
const char *const guard_evictions[] = {"nothing", "oldest", NULL};

static bool
plant_weaknesses(const struct guard_options *o, struct defence_policy *policy)
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
static void
set_times(struct defence_policy *policy, const struct guard_options *o)
{
	policy->window = o->window > 0 ? o->window : WINDOW;
	policy->nonce_ttl =
	    policy->timestamp ? 2 * policy->window : policy->window;
	if (policy->weak[WEAK_SYMMETRIC_WINDOW])
		policy->nonce_ttl = policy->window;
	if (o->nonce_ttl == 0)
		return;
	if (policy->timestamp && policy->nonce &&
	    o->nonce_ttl < policy->nonce_ttl)
		warnx("nonce-ttl: %ld s is less than two windows, so a nonce "
		      "can be forgotten before its request is stale",
		    o->nonce_ttl);
	policy->nonce_ttl = o->nonce_ttl;
}

/* What the table of options cannot say. */
static int
check_store(const struct guard_options *o, const struct defence_policy *policy)
{
	if (o->nonce_store != STORE_MEMORY &&
	    (o->evict == EVICT_OLDEST || o->quarantine || o->nonce_share > 0)) {
		warnx("%s: only with --nonce-store memory",
		    o->quarantine        ? "quarantine"
		    : o->nonce_share > 0 ? "nonce-share"
					 : "evict");
		return -1;
	}
	if (o->nonce_capacity > 0 &&
	    (o->nonce_store == STORE_SHARED || o->nonce_store == STORE_FILE)) {
		warnx("nonce-capacity: not with --nonce-store shared or file");
		return -1;
	}
	if (o->nonce_store == STORE_REDIS && o->nonce_capacity > 0) {
		warnx("nonce-capacity: Redis has its own, maxmemory");
		return -1;
	}
	if (o->stores.count > 0 && o->nonce_store != STORE_POSTGRESQL &&
	    o->nonce_store != STORE_REDIS) {
		warnx("store: only with --nonce-store postgresql or redis");
		return -1;
	}
	if (o->quarantine && !(policy->timestamp && policy->nonce)) {
		warnx("quarantine: needs --check timestamp,nonce");
		return -1;
	}
	return 0;
}

bool
guard_has_store(const struct guard_options *o)
{
	bool postgresql = o->nonce_store == STORE_POSTGRESQL;

	if (postgresql ? postgresql_is_built()
		       : o->nonce_store != STORE_REDIS || redis_is_built())
		return !postgresql || postgresql_load() == 0;
	warnx("nonce-store: built without %s; apt-get install %s, then make",
	    guard_stores[o->nonce_store],
	    postgresql ? "libpq-dev" : "libhiredis-dev");
	return false;
}

/* The lab's host `store`, unless options name others. */
static int
find_remotes(struct guard *g, const struct guard_options *o)
{
	static const struct option_list usual = {.item = {"store"}, .count = 1};
	const struct option_list *list =
	    o->stores.count > 0 ? &o->stores : &usual;

	if (o->nonce_store != STORE_POSTGRESQL && o->nonce_store != STORE_REDIS)
		return 0;
	if (list->count > REMOTES_MAX) {
		warnx("store: at most %d", REMOTES_MAX);
		return -1;
	}
	for (; g->remote_count < list->count; g->remote_count++)
		if (remote_find(&g->remotes[g->remote_count],
			list->item[g->remote_count],
			o->nonce_store == STORE_REDIS ? REDIS_PORT
						      : POSTGRESQL_PORT) == -1)
			return -1;
	return 0;
}

int
guard_read(struct guard *g, const struct guard_options *o)
{
	struct defence_policy *policy = &g->policy;

	*g = (struct guard){0};
	if (!defence_policy_read(o->check, policy)) {
		warnx(
		    "check: %s is not none, nor a list of signature, "
		    "timestamp, nonce, challenge, early-data and idempotency; "
		    "see --help",
		    o->check);
		return -1;
	}
	if (!plant_weaknesses(o, policy))
		return -1;
	set_times(policy, o);
	policy->scheme = (enum scheme)o->scheme;
	policy->authority = o->authority;
	policy->bearer = o->bearer;
	return check_store(o, policy) == -1 ? -1 : find_remotes(g, o);
}

static int
open_keys(struct guard *g, const struct guard_options *o)
{
	const char *path = o->keys != NULL ? o->keys : lab_file("keys.json");

	if (path == NULL) {
		warnx("keys: checking signatures needs --keys FILE outside a "
		      "lab, or --check none");
		return -1;
	}
	return (g->keys = keyring_open(path)) == NULL ? -1 : 0;
}

/*
 * Quarantine (RFC 4120 section 3.2.3, RFC 8446 section 8.2): what was served
 * before a restart was created at most a window after it.  To the memory it is
 * as if all of that had been remembered, and had expired.
 */
static int
open_memory(struct guard *g, const struct guard_options *o)
{
	struct nonce_buckets_settings settings = {
	    .capacity = o->nonce_capacity > 0 ? o->nonce_capacity
					      : NONCE_BUCKETS_DEFAULT,
	    .share = o->nonce_share,
	    .longest = g->policy.nonce_ttl,
	    .evict_oldest = o->evict == EVICT_OLDEST,
	};

	if (o->quarantine)
		settings.horizon =
		    lab_now() / NANOSECONDS + 2 * g->policy.window + 1;
	return (g->nonces = nonce_buckets_new(&settings)) == NULL ? -1 : 0;
}

/* Those behind one balancer find the same file. */
static int
open_file(struct guard *g,
    struct nonce_memory *(*open)(const char *option, const char *path))
{
	const char *path = lab_file("nonces.sqlite");

	g->nonces =
	    open("nonce-store", path != NULL ? path : "./nonces.sqlite");
	return g->nonces == NULL ? -1 : 0;
}

int
guard_open(struct guard *g, const struct guard_options *o)
{
	if (g->policy.signature && open_keys(g, o) == -1)
		return -1;
	if (g->policy.challenge) {
		if (challenge_init(&g->challenge, g->policy.window) == -1)
			return -1;
		g->policy.issuer = &g->challenge;
	}
	switch ((enum nonce_store)o->nonce_store) {
	case STORE_SQLITE:
	case STORE_POSTGRESQL:
		break; /* the ledger's own */
	case STORE_MEMORY:
		return open_memory(g, o);
	case STORE_SHARED:
		return open_file(g, nonce_file_open_shared);
	case STORE_FILE:
		return open_file(g, nonce_file_open);
	case STORE_COUNTER:
		g->policy.counters = counters_new();
		return g->policy.counters == NULL ? -1 : 0;
	case STORE_REDIS:
		g->nonces = nonce_redis_new(g->remotes, g->remote_count);
		return g->nonces == NULL ? -1 : 0;
	}
	return 0;
}

void
guard_close(struct guard *g)
{
	counters_free(g->policy.counters);
	nonce_memory_free(g->nonces);
	keyring_close(g->keys);
	g->nonces = NULL;
	g->keys = NULL;
}
