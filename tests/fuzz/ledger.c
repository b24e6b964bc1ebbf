/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a ledger: within the limits, the same each time, and the bytes
 * stay as they were.
 */
#include "evidence/executions.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_same(const struct execution *a, const struct execution *b)
{
	return a->seq == b->seq && a->amount == b->amount && a->at == b->at &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->src_ip, b->src_ip) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct executions x = {0}, again = {0};
	uint8_t *before = malloc(size + 1);

	if (before == NULL)
		return 0;
	memcpy(before, data, size);
	if (executions_add(&x, "backend1", (struct bytes){data, size}) !=
		executions_add(
		    &again, "backend1", (struct bytes){data, size}) ||
	    memcmp(before, data, size) != 0 || x.count > EXECUTIONS_MAX ||
	    x.count != again.count)
		abort();
	for (size_t i = 0; i < x.count; i++)
		if (!is_same(&x.rows[i], &again.rows[i]))
			abort();
	executions_clear(&x);
	executions_clear(&again);
	free(before);
	return 0;
}
