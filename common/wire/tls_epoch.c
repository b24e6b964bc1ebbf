/* SPDX-License-Identifier: MIT */
/* The sets of keys that a capture has seen in use. */
#include "tls_epoch.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

size_t
tls_epochs_add(struct tls_epochs *set, const struct tls_epoch *epoch)
{
	if (set->count == set->capacity) {
		set->capacity = set->capacity == 0 ? 16 : set->capacity * 2;
		set->all =
		    reallocarray(set->all, set->capacity, sizeof(set->all[0]));
		if (set->all == NULL)
			err(EX_SOFTWARE, "%zu epochs", set->count);
	}
	set->all[set->count] = *epoch;
	return set->count++;
}

void
tls_epochs_clear(struct tls_epochs *set)
{
	for (size_t i = 0; i < set->count; i++)
		tls_record_keys_clear(&set->all[i].keys);
	free(set->all);
	*set = (struct tls_epochs){0};
}

bool
tls_epoch_opens(struct tls_record_layer *l, uint64_t place,
    const struct tls_record *record, struct tls_plaintext *content)
{
	struct tls_plaintext opened;

	l->number = place;
	if (tls_fragment_unprotect(l, record, &opened) != TLS_LAYER_GOOD)
		return false;
	l->number++;
	*content = opened;
	return true;
}
