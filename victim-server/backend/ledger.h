/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_H
#define LEDGER_H

#include "backend/bank.h"
#include "backend/first_answers.h"
#include "backend/nonce_memory.h"
#include "fingerprint.h"

/*
 * What was carried out, for ever: transfers, accounts and the nonces that
 * must not come again, in one file and in the same transactions.
 *
 *	ledger_open -> (ledger_begin -> ledger_transfer ... -> ledger_commit)
 *	... -> ledger_close
 *
 * A transaction holds as many transfers as came at once (group commit).  When
 * anything in it fails nothing of it happened, and ledger_commit says so: who
 * acknowledges only after a commit that returned 0 has lost nothing.
 */
/* The version of SQLite it runs with. */
const char *ledger_version(void);

struct ledger;

struct ledger_settings {
	const char *path;
	long page_limit;  /* 0: none; for tests of a full disk */
	long nonce_limit; /* 0: NONCE_TABLE_LIMIT */
};

/* NULL after a warning. */
struct ledger *ledger_open(const struct ledger_settings *settings);
void ledger_close(struct ledger *l); /* NULL is allowed */

/* A transaction of its own: the account, unless there is one of that name. */
int ledger_open_account(struct ledger *l, const struct account *a);

/* Goes on with the open transaction, if there is one. */
int ledger_begin(struct ledger *l);
int ledger_commit(struct ledger *l);

/* Its own memory of nonces, to be asked between begin and commit. */
struct nonce_memory *ledger_nonces(struct ledger *l);

/* What was answered by idempotency key, between begin and commit as well. */
struct first_answers *ledger_first_answers(struct ledger *l);

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

/* Between begin and commit.  *receipt holds once it is committed. */
enum bank_answer ledger_transfer(struct ledger *l, const struct transfer *t,
    const struct origin *origin, struct receipt *receipt);

/*
 * The number of the last transfer that changed the account, 0 if none has: two
 * states of it never share one.  Between begin and commit; -1 if unavailable.
 */
int64_t ledger_account_version(struct ledger *l, const char *name);

/* A transaction of its own; of the same moment. */
enum bank_answer ledger_balance(
    struct ledger *l, const char *name, int64_t *balance, int64_t *version);

#endif
