/* SPDX-License-Identifier: MIT */
#ifndef COPY_FATE_H
#define COPY_FATE_H

#include "evidence.h"

/*
 * What happened to the copies, concluded from evidence alone: pure functions
 * over the events and the ledgers.
 *
 * A copy is credited to a layer only by an event of that layer itself: the
 * receiver's TCP counters, the alert the gateway sent after it had read just
 * that record, what it says that it did with a record of DTLS, the verdict of a
 * backend on that fingerprint, a row in the ledger.
 */

enum layer {
	LAYER_UNKNOWN, /* no layer has spoken yet */
	LAYER_TCP,
	LAYER_TLS_RECORD,
	LAYER_DTLS_RECORD,
	LAYER_TLS_HANDSHAKE,
	LAYER_TLS_EARLY_DATA,
	LAYER_GATEWAY,
	LAYER_BACKEND,
	LAYER_NOBODY, /* it took effect */
};

enum place {
	PLACE_NOWHERE,
	PLACE_TCP,
	PLACE_TLS,
	PLACE_DTLS,
	PLACE_GATEWAY,
	PLACE_BACKEND
};

/* How far one copy came, and who stopped it. */
struct copy_fate {
	size_t event; /* its copy_sent event */
	enum layer stopped_by;
	enum place delivered;
	const char *check;  /* LAYER_BACKEND: which check; borrowed */
	const char *host;   /* who stopped or executed it; borrowed */
	const char *detail; /* alert, counter, verdict; borrowed or "" */
	bool missing;       /* no copy, but something left out */
};

/*
 * The fate of the copy that event number `sent` (copy_sent) announced.  Pure;
 * the texts are borrowed from the evidence.
 *
 * The copy is followed along its own path and no other: the connection it was
 * sent on, and from each proxy the hop behind it.  An honest request with the
 * same bytes on another connection is not the copy.
 */
struct copy_fate copy_fate(const struct evidence *e, size_t sent);

/*
 * Does the event announce something that has a fate: a copy (copy_sent), or a
 * record that was left out for good (withheld by drop or cut), which a receiver
 * can miss?
 */
bool copy_fate_has(const cJSON *event);

/*
 * Does an alert say that what a record, or a Finished, carries does not fit; or
 * a client's, that it is not the server's (RFC 8446 section 6.2)?
 * Any other (no common version, a peer that left) has another cause than the
 * copy's being old.
 */
bool copy_fate_does_not_fit(const cJSON *alert, bool to_client);

#endif
