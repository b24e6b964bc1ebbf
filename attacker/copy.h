/* SPDX-License-Identifier: MIT */
#ifndef COPY_H
#define COPY_H

#include "fingerprint.h"
#include "reassemble/selection.h"

/*
 * What an attack sends again, described so that the copy is recognised where
 * it turns up: the event `copy_sent`.
 */
struct copy {
	enum selection_kind kind;
	size_t length;                      /* bytes sent */
	char fingerprint[FINGERPRINT_SIZE]; /* of a request or first record */
	char original[FINGERPRINT_SIZE];    /* as recorded, if it was changed */
	char id[64];    /* the transfer's, if it can be read; else "" */
	enum side side; /* whose words they were */
	bool datagram;  /* over UDP */
	uint32_t seq, ack;
	bool has_seq; /* the attacker chose the numbers, not a kernel */
};

/* Fills in what the payload tells: fingerprint and id.  Pure. */
void copy_describe(struct copy *copy, struct bytes payload);

/* Who opened the connection, and who answered, as fields of an open event. */
void copy_event_flow(
    const struct endpoint *initiator, const struct endpoint *responder);

/* Write copy_sent; call it before the bytes leave. */
void copy_event_sent(const struct copy *copy, const struct endpoint *initiator,
    const struct endpoint *responder);

#endif
