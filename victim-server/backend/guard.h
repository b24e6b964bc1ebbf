/* SPDX-License-Identifier: MIT */
#ifndef GUARD_H
#define GUARD_H

#include "backend/defence.h"
#include "backend/remote.h"
#include "option.h"

/*
 * The defence as the options of a server describe it: its policy, the keys
 * and, where the server has no better place, a memory of nonces.
 *
 *	GUARD_OPTIONS -> guard_read -> guard_open -> guard_close
 */
enum nonce_store {
	STORE_SQLITE,
	STORE_MEMORY,
	STORE_SHARED,
	STORE_FILE,
	STORE_COUNTER,
	STORE_POSTGRESQL,
	STORE_REDIS,
};
enum eviction { EVICT_NOTHING, EVICT_OLDEST };

/* What the options say; zeros are the defaults. */
struct guard_options {
	const char *check, *keys, *authority, *bearer;
	long window, nonce_ttl, nonce_capacity, nonce_share;
	int nonce_store, evict, scheme;
	bool quarantine;
	struct option_list weaknesses, stores;
};

extern const char *const guard_stores[], *const guard_evictions[];

#define GUARD_OPTIONS(g)                                                       \
	OPTION_TEXT("check", &(g)->check, "LIST",                              \
	    "none, or of signature,timestamp,nonce,challenge,early-data,"      \
	    "idempotency"),                                                    \
	    OPTION_WORD("scheme", &(g)->scheme, "WORD", schemes,               \
		"how requests are signed; default: signature"),                \
	    OPTION_NUMBER("window", &(g)->window, 1, 86400,                    \
		"seconds a request may be old or early; default 300"),         \
	    OPTION_NUMBER("nonce-ttl", &(g)->nonce_ttl, 1, 864000,             \
		"seconds a nonce is remembered; default 2 windows"),           \
	    OPTION_WORD("nonce-store", &(g)->nonce_store, "WHERE",             \
		guard_stores, "where nonces are kept; default sqlite"),        \
	    OPTION_LIST("store", &(g)->stores, "HOST[:PORT]",                  \
		"its server; the next one if it fails; default store"),        \
	    OPTION_NUMBER("nonce-capacity", &(g)->nonce_capacity, 1,           \
		100000000, "nonces it holds; when full it refuses"),           \
	    OPTION_NUMBER("nonce-share", &(g)->nonce_share, 1, 100000000,      \
		"nonces of one key id, at most; default: all it holds"),       \
	    OPTION_WORD("evict", &(g)->evict, "WHAT", guard_evictions,         \
		"when memory is full: nothing (default), or oldest"),          \
	    OPTION_FLAG("quarantine", &(g)->quarantine,                        \
		"refuse what may have come before a restart"),                 \
	    OPTION_TEXT("authority", &(g)->authority, "NAME",                  \
		"answer only to this Host; default: to any"),                  \
	    OPTION_TEXT("bearer", &(g)->bearer, "TOKEN",                       \
		"only who has this bearer token (RFC 6750)"),                  \
	    OPTION_LIST("weakness", &(g)->weaknesses, "NAME",                  \
		"plant a flaw; SECURITY.md lists them"),                       \
	    OPTION_TEXT(                                                       \
		"keys", &(g)->keys, "FILE", "who signs with which key")

struct guard {
	struct defence_policy policy;
	struct keyring *keys; /* NULL without checks */
	struct challenge challenge;
	struct remote remotes[REMOTES_MAX]; /* servers of the store */
	size_t remote_count;
	struct nonce_memory *nonces; /* NULL: the ledger's own */
};

/* False, after a warning: this program was built without that store. */
bool guard_has_store(const struct guard_options *o);

/*
 * The policy, the store's servers, and whether the options fit together.  -1
 * after a warning.
 */
int guard_read(struct guard *g, const struct guard_options *o);

/* Keys and memory; after lab_join, whose clock it needs.  -1: warned. */
int guard_open(struct guard *g, const struct guard_options *o);
void guard_close(struct guard *g);

#endif
