/* SPDX-License-Identifier: MIT */
/*
 * A memory of nonces in buckets of time.
 *
 *	index[hash] -> node -> node		find by key
 *	ring[bucket] -> oldest ... newest	forget by time
 *
 * Nodes are named by their place, from 1; 0 is none.
 */
#include "nonce_buckets.h"

#include <err.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 64
#define FORGET_STEP 8 /* nonces at most that one step forgets */

/*
 * 112 bits of the SHA-256, and whose it is.  Who wants two of his own nonces to
 * collide, which only harms himself, needs 2^56 tries; he cannot hit another's.
 */
#define KEPT_SIZE 14
#define OWNERS (1 << 8 * NONCE_OWNER_SIZE)

struct node {
	uint8_t key[KEPT_SIZE];
	uint16_t owner;
	uint32_t chain; /* next of the same hash; or next unused */
	uint32_t later; /* next of the same bucket */
};

struct bucket {
	uint32_t oldest, newest;
};

struct nonce_buckets {
	struct nonce_memory memory; /* first: a pointer to one is to both */
	struct node *nodes;         /* node n is nodes[n - 1] */
	uint32_t *index;
	uint64_t index_mask;
	uint64_t seed; /* so that nobody can choose who shares a chain */
	uint32_t capacity, touched, held, unused;
	uint32_t share; /* of one owner; 0: no limit */
	uint32_t *held_by;
	bool evict_oldest;
	int64_t width; /* seconds of one bucket */
	int64_t first; /* the earliest bucket, counted from the epoch */
	int64_t horizon;
	struct bucket ring[BUCKETS];
};

static struct nonce_buckets *
buckets_of(struct nonce_memory *m)
{
	return (struct nonce_buckets *)m;
}

static struct node *
node_at(struct nonce_buckets *b, uint32_t n)
{
	return &b->nodes[n - 1];
}

static uint32_t *
chain_of(struct nonce_buckets *b, const uint8_t *key)
{
	uint64_t part;

	memcpy(&part, key, sizeof(part));
	return &b->index[(part * b->seed >> 32) & b->index_mask];
}

static struct bucket *
bucket_at(struct nonce_buckets *b, int64_t number)
{
	return &b->ring[number % BUCKETS];
}

static uint16_t
owner_of(const uint8_t *key)
{
	uint16_t owner;

	memcpy(&owner, &key[NONCE_KEY_SIZE - NONCE_OWNER_SIZE], sizeof(owner));
	return owner;
}

static bool
is_at(const struct node *node, const uint8_t *key)
{
	return memcmp(node->key, key, KEPT_SIZE) == 0 &&
	       node->owner == owner_of(key);
}

static uint32_t
find(struct nonce_buckets *b, const uint8_t *key)
{
	uint32_t n = *chain_of(b, key);

	while (n != 0 && !is_at(node_at(b, n), key))
		n = node_at(b, n)->chain;
	return n;
}

static uint32_t
take_unused(struct nonce_buckets *b)
{
	uint32_t n = b->unused;

	if (n == 0)
		return ++b->touched;
	b->unused = node_at(b, n)->chain;
	return n;
}

static void
insert(struct nonce_buckets *b, const uint8_t *key, int64_t number)
{
	struct bucket *bucket = bucket_at(b, number);
	uint32_t n = take_unused(b), *chain = chain_of(b, key);
	struct node *node = node_at(b, n);

	memcpy(node->key, key, KEPT_SIZE);
	node->owner = owner_of(key);
	node->chain = *chain;
	node->later = 0;
	*chain = n;
	if (bucket->oldest == 0)
		bucket->oldest = n;
	else
		node_at(b, bucket->newest)->later = n;
	bucket->newest = n;
	b->held++;
	b->held_by[node->owner]++;
}

/* The oldest of a bucket that has one. */
static void
forget_one(struct nonce_buckets *b, struct bucket *bucket)
{
	uint32_t n = bucket->oldest, *link;
	struct node *node = node_at(b, n);

	for (link = chain_of(b, node->key); *link != n;)
		link = &node_at(b, *link)->chain;
	*link = node->chain;
	bucket->oldest = node->later;
	node->chain = b->unused;
	b->unused = n;
	b->held--;
	b->held_by[node->owner]--;
}

/* Some of what has expired. */
static void
forget(struct nonce_buckets *b, int64_t now)
{
	int64_t due = now / b->width; /* every bucket before it is over */
	int steps = FORGET_STEP;

	while (b->first < due && b->held > 0) {
		struct bucket *bucket = bucket_at(b, b->first);

		if (bucket->oldest == 0) {
			b->first++;
			continue;
		}
		if (steps-- == 0)
			return;
		if (b->horizon < (b->first + 1) * b->width)
			b->horizon = (b->first + 1) * b->width;
		forget_one(b, bucket);
	}
	if (b->first < due)
		b->first = due;
}

/* What a bounded cache does, and a memory of nonces must not. */
static void
evict(struct nonce_buckets *b)
{
	int64_t number = b->first;

	while (bucket_at(b, number)->oldest == 0)
		number++;
	forget_one(b, bucket_at(b, number));
}

static enum nonce_answer
buckets_look(struct nonce_memory *m, const uint8_t *key, int64_t now)
{
	struct nonce_buckets *b = buckets_of(m);

	forget(b, now);
	return find(b, key) == 0 ? NONCE_FRESH : NONCE_SEEN;
}

static enum nonce_answer
buckets_add(
    struct nonce_memory *m, const uint8_t *key, int64_t now, int64_t expires_at)
{
	struct nonce_buckets *b = buckets_of(m);
	int64_t number = expires_at / b->width;

	if (buckets_look(m, key, now) == NONCE_SEEN)
		return NONCE_SEEN;
	/* Who floods the memory locks himself out, and nobody else. */
	if (b->share > 0 && b->held_by[owner_of(key)] >= b->share)
		return NONCE_FULL;
	if (b->held == b->capacity && !b->evict_oldest)
		return NONCE_FULL;
	if (b->held == b->capacity)
		evict(b);
	/* A clock that was set back: it stays longer than it need. */
	if (number < b->first)
		number = b->first;
	/*
	 * What is left of earlier times is in the way.  Only a clock that jumps
	 * far ahead comes here.
	 */
	while (number >= b->first + BUCKETS && b->first < now / b->width)
		forget(b, now);
	if (number >= b->first + BUCKETS)
		return NONCE_UNAVAILABLE; /* longer than was agreed */
	insert(b, key, number);
	return NONCE_FRESH;
}

static int64_t
buckets_horizon(struct nonce_memory *m)
{
	return buckets_of(m)->horizon;
}

static void
buckets_free(struct nonce_memory *m)
{
	struct nonce_buckets *b = buckets_of(m);

	free(b->nodes);
	free(b->index);
	free(b->held_by);
	free(b);
}

static uint64_t
power_of_two_from(uint64_t least)
{
	uint64_t size = 1;

	while (size < least)
		size *= 2;
	return size;
}

struct nonce_memory *
nonce_buckets_new(const struct nonce_buckets_settings *settings)
{
	static const struct nonce_memory_kind kind = {
	    buckets_add, buckets_look, buckets_horizon, buckets_free};
	struct nonce_buckets *b = calloc(1, sizeof(*b));
	uint64_t chains;

	if (b == NULL) {
		warn("nonces");
		return NULL;
	}
	b->memory.kind = &kind;
	b->capacity = (uint32_t)settings->capacity;
	b->share = (uint32_t)settings->share;
	b->evict_oldest = settings->evict_oldest;
	b->horizon = settings->horizon;
	/* One bucket is under way at either end. */
	b->width = settings->longest / (BUCKETS - 2) + 1;
	chains = power_of_two_from(b->capacity);
	b->index_mask = chains - 1;
	b->nodes = calloc(b->capacity, sizeof(b->nodes[0]));
	b->index = calloc(chains, sizeof(b->index[0]));
	b->held_by = calloc(OWNERS, sizeof(b->held_by[0]));
	if (b->nodes == NULL || b->index == NULL || b->held_by == NULL ||
	    RAND_bytes((uint8_t *)&b->seed, sizeof(b->seed)) != 1) {
		warnx("nonces: no room for %ld; choose less with "
		      "--nonce-capacity",
		    settings->capacity);
		buckets_free(&b->memory);
		return NULL;
	}
	b->seed |= 1;
	return &b->memory;
}
