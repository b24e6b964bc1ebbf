/* SPDX-License-Identifier: MIT */
/* hiredis for the protocol; the waiting is ours, and has an end. */
#include "redis.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_HIREDIS

#include <hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#define WORDS_MAX 8
#define IMPATIENT_MS 200 /* to who did not answer the last time */
#define ANSWER_MAX 4096  /* more is nonsense */

struct redis {
	const struct remote *remotes;
	size_t count, next; /* the one to try next */
	redisContext *connection;
	bool silent;     /* the last question was not answered in time */
	bool complained; /* until it works again */
};

bool
redis_is_built(void)
{
	return true;
}

struct redis *
redis_new(const struct remote *remotes, size_t count)
{
	struct redis *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		warn("redis");
		return NULL;
	}
	r->remotes = remotes;
	r->count = count;
	return r;
}

static void
hang_up(struct redis *r)
{
	if (r->connection != NULL)
		redisFree(r->connection);
	r->connection = NULL;
}

void
redis_free(struct redis *r)
{
	if (r == NULL)
		return;
	hang_up(r);
	free(r);
}

/* Once for each outage. */
static void
complain(struct redis *r, const char *why)
{
	if (!r->complained)
		warnx("store %s: %.*s", r->remotes[r->next].name,
		    (int)strcspn(why, "\r\n"), why);
	r->complained = true;
}

/* False after hanging up. */
static bool
wait_for(struct redis *r, short events, int64_t deadline)
{
	if (remote_wait(r->connection->fd, events, deadline))
		return true;
	r->silent = true;
	complain(r, "no answer in time");
	hang_up(r);
	return false;
}

static bool
give_up(struct redis *r, const char *why)
{
	complain(r, why);
	hang_up(r);
	return false;
}

static bool
connect_to(struct redis *r, const struct remote *remote, int64_t deadline)
{
	socklen_t size = sizeof(int);
	int error = 0;

	r->connection =
	    redisConnectNonBlock(remote->address, atoi(remote->port));
	if (r->connection == NULL)
		return false;
	if (r->connection->err != 0)
		return give_up(r, r->connection->errstr);
	if (!wait_for(r, POLLOUT, deadline))
		return false;
	if (getsockopt(
		r->connection->fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1 ||
	    error != 0)
		return give_up(r, strerror(error));
	return true;
}

/* To the first that lets itself be connected to, from the next one on. */
static bool
connect_somewhere(struct redis *r, int64_t deadline)
{
	for (size_t tries = 0; tries < r->count; tries++) {
		if (connect_to(r, &r->remotes[r->next], deadline))
			return true;
		r->next = (r->next + 1) % r->count;
		if (r->silent)
			return false;
	}
	return false;
}

static bool
send_words(
    struct redis *r, const struct bytes words[], size_t count, int64_t deadline)
{
	const char *at[WORDS_MAX];
	size_t length[WORDS_MAX];
	int sent = 0;

	for (size_t i = 0; i < count; i++) {
		at[i] = (const char *)words[i].at;
		length[i] = words[i].left;
	}
	if (redisAppendCommandArgv(r->connection, (int)count, at, length) != 0)
		return give_up(r, "no memory");
	while (sent == 0) {
		if (!wait_for(r, POLLOUT, deadline))
			return false;
		if (redisBufferWrite(r->connection, &sent) != 0)
			return give_up(r, r->connection->errstr);
	}
	return true;
}

static bool
take_reply(struct redis *r, redisReply **reply, int64_t deadline)
{
	void *taken = NULL;

	while (taken == NULL) {
		if (!wait_for(r, POLLIN, deadline))
			return false;
		if (redisBufferRead(r->connection) != 0 ||
		    redisGetReplyFromReader(r->connection, &taken) != 0)
			return give_up(r, r->connection->errstr);
		if (taken == NULL && r->connection->reader->len > ANSWER_MAX)
			return give_up(r, "an answer without end");
	}
	*reply = taken;
	return true;
}

/* An error that says it cannot be written: another server may. */
static enum redis_answer
read_error(struct redis *r, const char *text)
{
	if (strncmp(text, "OOM ", 4) == 0)
		return REDIS_FULL;
	give_up(r, text);
	r->next = (r->next + 1) % r->count;
	return REDIS_NONE;
}

static enum redis_answer
read_reply(struct redis *r, const redisReply *reply, int64_t *number)
{
	switch (reply->type) {
	case REDIS_REPLY_STATUS:
		if (strcmp(reply->str, "OK") == 0)
			return REDIS_DONE;
		break;
	case REDIS_REPLY_NIL:
		return REDIS_NIL;
	case REDIS_REPLY_INTEGER:
		if (number != NULL)
			*number = reply->integer;
		return REDIS_NUMBER;
	case REDIS_REPLY_ERROR:
		return read_error(r, reply->str);
	}
	give_up(r, "an answer to another question");
	return REDIS_NONE;
}

static enum redis_answer
ask_once(struct redis *r, const struct bytes words[], size_t count,
    int64_t *number, int64_t deadline)
{
	redisReply *reply = NULL;
	enum redis_answer answer;

	if ((r->connection == NULL && !connect_somewhere(r, deadline)) ||
	    !send_words(r, words, count, deadline) ||
	    !take_reply(r, &reply, deadline))
		return REDIS_NONE;
	answer = read_reply(r, reply, number);
	freeReplyObject(reply);
	r->silent = false;
	if (answer != REDIS_NONE)
		r->complained = false;
	return answer;
}

/*
 * Nothing is asked twice, since a first SET whose answer was lost may have been
 * heard.  But a kept connection that has ended meanwhile is seen before.
 */
enum redis_answer
redis_ask(
    struct redis *r, const struct bytes words[], size_t count, int64_t *number)
{
	int64_t deadline =
	    remote_deadline(r->silent ? IMPATIENT_MS : REDIS_DEADLINE_MS);

	if (r->connection != NULL && remote_wait(r->connection->fd, POLLIN, 0))
		hang_up(r); /* nothing was asked: an end, or nonsense */
	r->silent = false;
	return ask_once(r, words, count, number, deadline);
}

#else

bool
redis_is_built(void)
{
	return false;
}

struct redis *
redis_new(const struct remote *remotes, size_t count)
{
	(void)remotes;
	(void)count;
	warnx("redis: built without hiredis");
	return NULL;
}

void
redis_free(struct redis *r)
{
	(void)r;
}

enum redis_answer
redis_ask(
    struct redis *r, const struct bytes words[], size_t count, int64_t *number)
{
	(void)r;
	(void)words;
	(void)count;
	(void)number;
	return REDIS_NONE;
}

#endif
