/* SPDX-License-Identifier: MIT */
#ifndef TLS_EPOCH_H
#define TLS_EPOCH_H

#include "tls_record_layer.h"

/*
 * An epoch: one direction of a connection under one set of keys, in which
 * sequence numbers count from 0.  A set of them remembers which records were
 * made with which keys and numbers, long after the connections are gone.
 */
struct tls_epoch {
	size_t conversation; /* any number that names it */
	bool server;         /* the sender */
	struct tls_record_keys keys;
	enum tls_numbering numbering;
	/* What is added to each number where it protects: 0, and in DTLS the
	 * epoch, before the number (dtls_place). */
	uint64_t place;
	uint64_t count; /* records so far: their numbers are below */
};

struct tls_epochs {
	struct tls_epoch *all;
	size_t count, capacity;
};

/* Returns its index in the set. */
size_t tls_epochs_add(struct tls_epochs *set, const struct tls_epoch *epoch);
void tls_epochs_clear(struct tls_epochs *set);

/*
 * Does the record open with the layer's keys in that place, its number as it
 * protects?  *content stands in *l, which the caller initialised for unprotect;
 * on success its next place is the one behind.
 */
bool tls_epoch_opens(struct tls_record_layer *l, uint64_t place,
    const struct tls_record *record, struct tls_plaintext *content);

#endif
