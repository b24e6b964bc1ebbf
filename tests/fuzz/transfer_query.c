/* SPDX-License-Identifier: MIT */
/*
 * A transfer in a query: what is read, written in another order, reads as the
 * same transfer; and what is read keeps to the bank's rules.
 */
#include "backend/bank.h"
#include "property.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char again[4 * BANK_TEXT_SIZE + 64];
	struct transfer t, second;

	if (!transfer_read_query((struct bytes){data, size}, &t))
		return 0;
	check(t.amount >= 1 && t.amount <= BANK_AMOUNT_MAX);
	check(t.id[0] != '\0' && strcmp(t.from, t.to) != 0);
	snprintf(again, sizeof(again), "amount=%" PRId64 "&to=%s&from=%s&id=%s",
	    t.amount, t.to, t.from, t.id);
	check(transfer_read_query(bytes_of(again), &second));
	check(t.amount == second.amount && strcmp(t.id, second.id) == 0 &&
	      strcmp(t.from, second.from) == 0 && strcmp(t.to, second.to) == 0);
	return 0;
}
