/* SPDX-License-Identifier: MIT */
#ifndef REDIS_H
#define REDIS_H

#include "backend/remote.h"
#include "bytes.h"

/*
 * Questions to a Redis or Valkey server, each of them with a deadline.
 *
 *	redis_new -> redis_ask ... -> redis_free
 *
 * It connects when it must, to the first of its servers that can be written.
 * An answer that is late or no Redis protocol ends the connection: a later
 * answer must never be taken for that of another question.
 */
struct redis;

#define REDIS_PORT 6379
/* Less, once it was missed, until the next answer. */
#define REDIS_DEADLINE_MS 1000

/* False: this program was built without hiredis. */
bool redis_is_built(void);

/* Does not connect yet.  Borrows the remotes.  NULL after a warning. */
struct redis *redis_new(const struct remote *remotes, size_t count);
void redis_free(struct redis *r); /* NULL is allowed */

enum redis_answer {
	REDIS_DONE,   /* "+OK" */
	REDIS_NIL,    /* nothing: SET NX found the key */
	REDIS_NUMBER, /* *number is set */
	REDIS_FULL,   /* the error OOM: no memory for a new key */
	REDIS_NONE,   /* no answer in time, another error, or nonsense */
};

/* words[0] is the command; words may be any bytes.  number may be NULL. */
enum redis_answer redis_ask(
    struct redis *r, const struct bytes words[], size_t count, int64_t *number);

#endif
