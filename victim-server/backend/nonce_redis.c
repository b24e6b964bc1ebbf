/* SPDX-License-Identifier: MIT */
/* A memory of nonces as keys of Redis. */
#include "nonce_redis.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/redis.h"

#define PREFIX "nonce:"
#define PREFIX_SIZE (sizeof(PREFIX) - 1)

struct nonce_redis {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct redis *server;
	int64_t seen;    /* the latest time this backend has said */
	int64_t seen_at; /* when it did, by no clock of the lab; ms */
};

static struct nonce_redis *
redis_of(struct nonce_memory *m)
{
	return (struct nonce_redis *)m;
}

static void
redis_memory_free(struct nonce_memory *m)
{
	redis_free(redis_of(m)->server);
	free(redis_of(m));
}

static struct bytes
text(const char *word)
{
	return (struct bytes){(const uint8_t *)word, strlen(word)};
}

/* What the clock must show by now, had it gone on from there. */
static int64_t
redis_horizon(struct nonce_memory *m)
{
	const struct nonce_redis *r = redis_of(m);

	if (r->seen_at == 0)
		return 0;
	return r->seen + (remote_deadline(0) - r->seen_at) / 1000;
}

static void
see(struct nonce_redis *r, int64_t now)
{
	if (now < redis_horizon(&r->memory))
		return;
	r->seen = now;
	r->seen_at = remote_deadline(0);
}

static void
spell_key(const uint8_t *key, uint8_t into[PREFIX_SIZE + NONCE_KEY_SIZE])
{
	memcpy(into, PREFIX, PREFIX_SIZE);
	memcpy(&into[PREFIX_SIZE], key, NONCE_KEY_SIZE);
}

static enum nonce_answer
redis_add(
    struct nonce_memory *m, const uint8_t *key, int64_t now, int64_t expires_at)
{
	struct nonce_redis *r = redis_of(m);
	uint8_t name[PREFIX_SIZE + NONCE_KEY_SIZE];
	struct bytes words[] = {text("SET"), {name, sizeof(name)}, text("1"),
	    text("NX"), text("PX"), {0}};
	char milliseconds[32];

	see(r, now);
	spell_key(key, name);
	snprintf(milliseconds, sizeof(milliseconds), "%" PRId64,
	    (expires_at - now + 1) * 1000);
	words[5] = text(milliseconds);
	switch (redis_ask(r->server, words, 6, NULL)) {
	case REDIS_DONE:
		return NONCE_FRESH;
	case REDIS_NIL:
		return NONCE_SEEN;
	case REDIS_FULL:
		return NONCE_FULL;
	case REDIS_NUMBER:
	case REDIS_NONE:
		break;
	}
	return NONCE_UNAVAILABLE;
}

static enum nonce_answer
redis_look(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	struct nonce_redis *r = redis_of(m);
	uint8_t name[PREFIX_SIZE + NONCE_KEY_SIZE];
	const struct bytes words[] = {text("EXISTS"), {name, sizeof(name)}};
	int64_t there;

	see(r, now);
	spell_key(key, name);
	if (redis_ask(r->server, words, 2, &there) != REDIS_NUMBER)
		return NONCE_UNAVAILABLE;
	return there == 0 ? NONCE_FRESH : NONCE_SEEN;
}

struct nonce_memory *
nonce_redis_new(const struct remote *remotes, size_t count)
{
	static const struct nonce_memory_kind kind = {
	    redis_add, redis_look, redis_horizon, redis_memory_free};
	struct nonce_redis *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		warn("nonces");
		return NULL;
	}
	r->memory.kind = &kind;
	if ((r->server = redis_new(remotes, count)) == NULL) {
		free(r);
		return NULL;
	}
	return &r->memory;
}
