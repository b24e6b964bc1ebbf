/* SPDX-License-Identifier: MIT */
/* libpq without its blocking half: every wait is ours, and has an end. */
#include "postgresql.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPQ

#include "backend/libpq.h"

#include <poll.h>

/*
 * The lock of postgresql_begin, and two seconds for who falls silent while
 * he holds it.  No statement_timeout: that would end a COMMIT's waiting for a
 * synchronous standby, and call it done.
 */
#define BEGIN                                                                  \
	"BEGIN ISOLATION LEVEL READ COMMITTED; "                               \
	"SELECT pg_advisory_xact_lock(8113)"
#define SETTINGS                                                               \
	"-c idle_in_transaction_session_timeout=2000 -c lock_timeout=1500"

static const struct libpq *pq;

struct postgresql {
	const struct remote *remotes;
	size_t count, next; /* the one to try next */
	PGconn *connection;
	PGresult *answer; /* to the last question, or NULL */
	int64_t deadline;
	bool open, failed; /* as in store.c */
	bool complained;   /* until it works again */
};

bool
postgresql_is_built(void)
{
	return true;
}

int
postgresql_load(void)
{
	return (pq = libpq_load()) == NULL ? -1 : 0;
}

struct postgresql *
postgresql_new(const struct remote *remotes, size_t count)
{
	struct postgresql *p;

	if (postgresql_load() == -1)
		return NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		warn("postgresql");
		return NULL;
	}
	p->remotes = remotes;
	p->count = count;
	return p;
}

static void
hang_up(struct postgresql *p)
{
	pq->clear(p->answer);
	p->answer = NULL;
	pq->finish(p->connection);
	p->connection = NULL;
}

void
postgresql_free(struct postgresql *p)
{
	if (p == NULL)
		return;
	hang_up(p);
	free(p);
}

/* Once for each outage, the first line of what libpq says. */
static int
complain(struct postgresql *p, const char *why)
{
	if (!p->complained)
		warnx("store %s: %.*s", p->remotes[p->next].name,
		    (int)strcspn(why, "\n"), why);
	p->complained = true;
	return -1;
}

static bool
poll_connection(PGconn *connection, int64_t deadline)
{
	PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;

	while (wanted != PGRES_POLLING_OK) {
		if (wanted == PGRES_POLLING_FAILED ||
		    !remote_wait(pq->socket(connection),
			wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			deadline))
			return false;
		wanted = pq->connectPoll(connection);
	}
	return true;
}

/* A notice is for somebody's terminal. */
static void
no_notice(void *argument, const PGresult *notice)
{
	(void)argument;
	(void)notice;
}

static int
connect_to(struct postgresql *p, const struct remote *r)
{
	const char *const names[] = {"hostaddr", "port", "user", "dbname",
	    "sslmode", "gssencmode", "target_session_attrs", "options", NULL};
	const char *const values[] = {r->address, r->port, "replaylab",
	    "postgres", "disable", "disable", "read-write", SETTINGS, NULL};
	PGconn *connection = pq->connectStartParams(names, values, 0);

	if (connection == NULL || pq->status(connection) == CONNECTION_BAD ||
	    !poll_connection(connection,
		remote_deadline(POSTGRESQL_DEADLINE_MS / (int)p->count)) ||
	    pq->setnonblocking(connection, 1) == -1) {
		if (connection != NULL &&
		    pq->status(connection) == CONNECTION_BAD)
			complain(p, pq->errorMessage(connection));
		else
			complain(p, "no connection in time");
		pq->finish(connection);
		return -1;
	}
	pq->setNoticeReceiver(connection, no_notice, NULL);
	p->connection = connection;
	return 0;
}

/* To the first that can be written, from the one that last could. */
static int
connect_somewhere(struct postgresql *p)
{
	for (size_t tries = 0; tries < p->count; tries++) {
		if (connect_to(p, &p->remotes[p->next]) == 0)
			return 0;
		p->next = (p->next + 1) % p->count;
	}
	return -1;
}

/* Everything sent, and one answer whole. */
static bool
await_answer(struct postgresql *p)
{
	int unsent;

	while ((unsent = pq->flush(p->connection)) == 1 ||
	       pq->isBusy(p->connection)) {
		if (!remote_wait(pq->socket(p->connection),
			unsent == 1 ? POLLIN | POLLOUT : POLLIN, p->deadline) ||
		    !pq->consumeInput(p->connection))
			return false;
	}
	return unsent == 0;
}

/*
 * All answers to what was sent; the last is kept.  False: none came in time, or
 * one of them is an error.
 */
static bool
take_answers(struct postgresql *p)
{
	PGresult *next;
	bool good = true;

	pq->clear(p->answer);
	p->answer = NULL;
	for (;;) {
		if (!await_answer(p)) {
			complain(p, pq->status(p->connection) == CONNECTION_BAD
					? pq->errorMessage(p->connection)
					: "no answer in time");
			hang_up(p);
			return false;
		}
		if ((next = pq->getResult(p->connection)) == NULL)
			return good && p->answer != NULL;
		pq->clear(p->answer);
		p->answer = next;
		if (pq->resultStatus(next) == PGRES_COMMAND_OK ||
		    pq->resultStatus(next) == PGRES_TUPLES_OK)
			continue;
		good = false;
		complain(p, pq->resultErrorMessage(next));
		if (pq->status(p->connection) == CONNECTION_BAD) {
			hang_up(p);
			return false;
		}
	}
}

/*
 * A connection that has failed is not used again: who knows what still comes
 * over it.
 */
static int
begin_on(struct postgresql *p)
{
	if (p->connection == NULL && connect_somewhere(p) == -1)
		return -1;
	p->deadline = remote_deadline(POSTGRESQL_DEADLINE_MS);
	if (pq->sendQuery(p->connection, BEGIN) == 1 && take_answers(p))
		return 0;
	hang_up(p);
	return -1;
}

/*
 * A kept connection may have ended since, which shows only in its use: then
 * once more, over a new one.  Nothing was asked yet that could be done twice.
 */
int
postgresql_begin(struct postgresql *p)
{
	bool kept = p->connection != NULL;

	if (p->open)
		return 0;
	if (begin_on(p) == -1 &&
	    (!kept || remote_has_passed(p->deadline) || begin_on(p) == -1))
		return -1;
	p->open = true;
	p->failed = p->complained = false;
	return 0;
}

int
postgresql_ask(struct postgresql *p, const char *sql,
    const char *const parameters[], int count)
{
	if (!p->open || p->failed)
		return -1;
	if (pq->sendQueryParams(p->connection, sql, count, NULL, parameters,
		NULL, NULL, 0) == 1 &&
	    take_answers(p))
		return pq->ntuples(p->answer);
	p->failed = true;
	return -1;
}

int64_t
postgresql_number(const struct postgresql *p, int row, int column)
{
	return strtoll(pq->getvalue(p->answer, row, column), NULL, 10);
}

const char *
postgresql_text(const struct postgresql *p, int row, int column)
{
	return pq->getvalue(p->answer, row, column);
}

/* To COMMIT a transaction that failed the server answers ROLLBACK. */
static enum postgresql_end
send_commit(struct postgresql *p)
{
	if (pq->status(p->connection) == CONNECTION_BAD)
		return POSTGRESQL_ROLLED_BACK; /* nothing can be sent */
	if (pq->sendQuery(p->connection, "COMMIT") != 1)
		return POSTGRESQL_IN_DOUBT;
	if (!take_answers(p))
		return p->connection == NULL ? POSTGRESQL_IN_DOUBT
					     : POSTGRESQL_ROLLED_BACK;
	return strcmp(pq->cmdStatus(p->answer), "COMMIT") == 0
		   ? POSTGRESQL_COMMITTED
		   : POSTGRESQL_ROLLED_BACK;
}

enum postgresql_end
postgresql_commit(struct postgresql *p)
{
	enum postgresql_end end = POSTGRESQL_ROLLED_BACK;

	if (p->open && !p->failed)
		end = send_commit(p);
	if (p->open && end != POSTGRESQL_COMMITTED)
		hang_up(p); /* which rolls back what was not committed */
	p->open = false;
	return end;
}

#else

bool
postgresql_is_built(void)
{
	return false;
}

int
postgresql_load(void)
{
	warnx("postgresql: built without libpq");
	return -1;
}

struct postgresql *
postgresql_new(const struct remote *remotes, size_t count)
{
	(void)remotes;
	(void)count;
	(void)postgresql_load();
	return NULL;
}

void
postgresql_free(struct postgresql *p)
{
	(void)p;
}

int
postgresql_begin(struct postgresql *p)
{
	(void)p;
	return -1;
}

int
postgresql_ask(struct postgresql *p, const char *sql,
    const char *const parameters[], int count)
{
	(void)p;
	(void)sql;
	(void)parameters;
	(void)count;
	return -1;
}

int64_t
postgresql_number(const struct postgresql *p, int row, int column)
{
	(void)p;
	(void)row;
	(void)column;
	return -1;
}

const char *
postgresql_text(const struct postgresql *p, int row, int column)
{
	(void)p;
	(void)row;
	(void)column;
	return "";
}

enum postgresql_end
postgresql_commit(struct postgresql *p)
{
	(void)p;
	return POSTGRESQL_ROLLED_BACK;
}

#endif
