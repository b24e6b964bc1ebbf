/* SPDX-License-Identifier: MIT */
/* What all ledgers have in common. */
#include "ledger.h"

#include <stddef.h>

void
ledger_close(struct ledger *l)
{
	if (l != NULL)
		l->kind->close(l);
}

int
ledger_begin(struct ledger *l)
{
	return l->kind->begin(l);
}

enum ledger_end
ledger_commit(struct ledger *l)
{
	return l->kind->commit(l);
}

struct nonce_memory *
ledger_nonces(struct ledger *l)
{
	return l->kind->nonces(l);
}

int
ledger_open_account(struct ledger *l, const struct account *a)
{
	if (ledger_begin(l) == -1)
		return -1;
	(void)l->kind->open_account(l, a); /* its failure fails the commit */
	return ledger_commit(l) == LEDGER_BOOKED ? 0 : -1;
}

enum bank_answer
ledger_transfer(struct ledger *l, const struct transfer *t,
    const struct origin *origin, struct receipt *receipt)
{
	return l->kind->transfer(l, t, origin, receipt);
}

int64_t
ledger_account_version(struct ledger *l, const char *name)
{
	return l->kind->account_version(l, name);
}

enum first_answer_found
ledger_find_answer(struct ledger *l, struct first_answer *answer)
{
	return l->kind->find_answer(l, answer);
}

int
ledger_keep_answer(struct ledger *l, const struct first_answer *answer)
{
	return l->kind->keep_answer(l, answer);
}

/* Nothing was changed, so a commit in doubt is as good as any. */
enum bank_answer
ledger_balance(
    struct ledger *l, const char *name, int64_t *balance, int64_t *version)
{
	enum bank_answer found;

	if (ledger_begin(l) == -1)
		return BANK_UNAVAILABLE;
	found = l->kind->balance(l, name, balance);
	if (found == BANK_DONE &&
	    (*version = ledger_account_version(l, name)) == -1)
		found = BANK_UNAVAILABLE;
	return ledger_commit(l) == LEDGER_NOT_BOOKED ? BANK_UNAVAILABLE : found;
}
