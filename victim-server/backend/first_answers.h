/* SPDX-License-Identifier: MIT */
#ifndef FIRST_ANSWERS_H
#define FIRST_ANSWERS_H

#include "bytes.h"

/*
 * What was answered to a request with an idempotency key, so that the same
 * request again gets the same answer and has no second effect.  A row is
 * written in the transaction of the transfer: there is one exactly if it was
 * carried out.  Whose key it is counts, too: nobody meets another's.
 *
 *	first_answers_new -> (first_answers_find -> first_answers_keep) ... ->
 *	first_answers_free
 *
 * Both are asked inside a transaction.  Rows are kept as long as the ledger's.
 */
struct first_answers;
struct store;

/* NULL after a warning.  Borrows the store. */
struct first_answers *first_answers_new(struct store *store);
void first_answers_free(struct first_answers *a); /* NULL is allowed */

struct first_answer {
	struct bytes keyid, key; /* whose, and which */
	struct bytes request;    /* what was asked: it must be the same again */
	int64_t seq, balance;    /* what the answer says */
};

enum first_answer_found {
	FIRST_ANSWER_NONE,          /* nobody asked with this key before */
	FIRST_ANSWER_SAME,          /* seq and balance are set */
	FIRST_ANSWER_OTHER_REQUEST, /* the key was used for something else */
	FIRST_ANSWER_UNAVAILABLE,
};
enum first_answer_found first_answers_find(
    struct first_answers *a, struct first_answer *answer);

/* -1: the transaction has failed. */
int first_answers_keep(
    struct first_answers *a, const struct first_answer *answer);

#endif
