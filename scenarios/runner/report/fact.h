/* SPDX-License-Identifier: MIT */
#ifndef FACT_H
#define FACT_H

#include "evidence/evidence.h"
#include "segment.h"

/*
 * The events of a play with what is asked of each again and again already taken
 * out: when, where, on which connection, about which bytes.
 *
 *	facts_read -> facts_clear
 */
struct fact {
	const cJSON *event;
	const char *type, *host, *id, *fingerprint; /* "" if it has none */
	int64_t at, pid;
	struct endpoint src, dest; /* family 0: it is about no connection */
	bool quiet;                /* of a client the story does not judge */
};

struct facts {
	struct fact *facts; /* as many as events, in their order */
	size_t count;
};

/* Borrows from both; result is result.json. */
void facts_read(
    struct facts *f, const struct evidence *evidence, const cJSON *result);
void facts_clear(struct facts *f);

bool fact_is(const struct fact *f, const char *type);
bool fact_same_flow(const struct fact *a, const struct fact *b);

/* The moment an RFC 3339 text in UTC names, in nanoseconds; 0 if it is none. */
int64_t fact_moment(const char *timestamp);

/* Is it what a copy repeats, or the copy itself, by its fingerprint? */
bool facts_are_copied(const struct facts *f, const char *fingerprint);

#endif
