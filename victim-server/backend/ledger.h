/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_H
#define LEDGER_H

#include "backend/bank.h"
#include "backend/first_answers.h"
#include "backend/nonce_memory.h"
#include "fingerprint.h"

/*
 * What was carried out, for ever: transfers, accounts and the nonces that
 * must not come again, in one place and in the same transactions.
 *
 *	ledger_sqlite.h		a file of this backend's own
 *	ledger_postgresql.h	a database that all backends share
 *
 *	open -> (ledger_begin -> ledger_transfer ... -> ledger_commit) ... ->
 *	ledger_close
 *
 * A transaction holds as many transfers as came at once (group commit).  When
 * anything in it fails nothing of it happened, and ledger_commit says so: who
 * acknowledges only after a commit that is LEDGER_BOOKED has lost nothing.
 */
struct ledger {
	const struct ledger_kind *kind; /* each kind begins with it */
};

enum ledger_end {
	LEDGER_BOOKED,     /* all of it, for good */
	LEDGER_NOT_BOOKED, /* nothing of it happened */
	/*
	 * The order to commit was sent, and no answer came back: all of it
	 * happened, or nothing.
	 */
	LEDGER_IN_DOUBT,
};

/* Where a transfer came from; the id alone does not tell copies apart. */
struct origin {
	struct bytes keyid, nonce;
	char fingerprint[FINGERPRINT_SIZE];
	const char *src_ip;
	unsigned int src_port;
	int64_t at; /* true time in nanoseconds */
};

struct receipt {
	int64_t seq;
	int64_t balance; /* what is left at `from` */
};

struct ledger_kind {
	int (*begin)(struct ledger *l);
	enum ledger_end (*commit)(struct ledger *l);
	struct nonce_memory *(*nonces)(struct ledger *l);
	int (*open_account)(struct ledger *l, const struct account *a);
	enum bank_answer (*transfer)(struct ledger *l, const struct transfer *t,
	    const struct origin *origin, struct receipt *receipt);
	enum bank_answer (*balance)(
	    struct ledger *l, const char *name, int64_t *balance);
	int64_t (*account_version)(struct ledger *l, const char *name);
	enum first_answer_found (*find_answer)(
	    struct ledger *l, struct first_answer *answer);
	int (*keep_answer)(struct ledger *l, const struct first_answer *answer);
	void (*close)(struct ledger *l);
};

void ledger_close(struct ledger *l); /* NULL is allowed */

/* A transaction of its own: the account, unless there is one of that name. */
int ledger_open_account(struct ledger *l, const struct account *a);

/* Goes on with the open transaction, if there is one. */
int ledger_begin(struct ledger *l);
enum ledger_end ledger_commit(struct ledger *l);

/* Its own memory of nonces, to be asked between begin and commit. */
struct nonce_memory *ledger_nonces(struct ledger *l);

/* Between begin and commit.  *receipt holds once it is committed. */
enum bank_answer ledger_transfer(struct ledger *l, const struct transfer *t,
    const struct origin *origin, struct receipt *receipt);

/*
 * The number of the last transfer that changed the account, 0 if none has: two
 * states of it never share one.  Between begin and commit; -1 if unavailable.
 */
int64_t ledger_account_version(struct ledger *l, const char *name);

/*
 * What was answered by idempotency key: see first_answers.h.  Between begin and
 * commit.
 */
enum first_answer_found ledger_find_answer(
    struct ledger *l, struct first_answer *answer);
int ledger_keep_answer(struct ledger *l, const struct first_answer *answer);

/* A transaction of its own; of the same moment. */
enum bank_answer ledger_balance(
    struct ledger *l, const char *name, int64_t *balance, int64_t *version);

#endif
