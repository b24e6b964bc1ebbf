/* SPDX-License-Identifier: MIT */
#ifndef BANK_H
#define BANK_H

#include "backend/store.h"
#include "bytes.h"

/*
 * Transfers as clients write them, and the accounts they move money between.
 * Amounts are whole numbers of the smallest coin.
 */
#define BANK_TEXT_SIZE 65 /* of an id or a name, with its NUL */
#define BANK_AMOUNT_MAX INT64_C(1000000000000)

struct transfer {
	char id[BANK_TEXT_SIZE];
	char from[BANK_TEXT_SIZE];
	char to[BANK_TEXT_SIZE];
	int64_t amount;
};

struct account {
	char name[BANK_TEXT_SIZE];
	int64_t balance;
};

/*
 * {"id":"t-1","from":"alice","to":"bob","amount":100} with these members and
 * no others, each once.  Names and ids are letters, digits, ".", "_" and "-".
 */
bool transfer_read(struct bytes content, struct transfer *t);

/*
 * id=t-1&from=alice&to=bob&amount=100, in any order: a query that should not be
 * one (WEAK_UNSAFE_GET).  Nothing in it needs an escape, and none is read.
 */
bool transfer_read_query(struct bytes query, struct transfer *t);

/* "alice=1000". */
bool account_read(const char *text, struct account *a);

/* Is it spelt like the name of an account? */
bool account_name_read(struct bytes name, char into[BANK_TEXT_SIZE]);

struct bank;

enum bank_answer {
	BANK_DONE,
	BANK_UNKNOWN_ACCOUNT,
	BANK_INSUFFICIENT_FUNDS,
	BANK_UNAVAILABLE,
};

struct bank *bank_new(struct store *store); /* NULL after a warning */
void bank_free(struct bank *b);             /* NULL is allowed */

/* These stand inside a transaction of the store. */
int bank_open_account(struct bank *b, const struct account *a);
enum bank_answer bank_balance(
    struct bank *b, const char *name, int64_t *balance);

/* Moves all or nothing; *balance is what is left at `from`. */
enum bank_answer bank_move(
    struct bank *b, const struct transfer *t, int64_t *balance);

#endif
