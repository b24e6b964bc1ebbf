/* SPDX-License-Identifier: MIT */
#ifndef DTLS_RECORD_LAYER_H
#define DTLS_RECORD_LAYER_H

#include "dtls_record.h"
#include "replay_window.h"
#include "tls_record_layer.h"

/*
 * The records of one direction of a DTLS 1.2 association, under the keys of one
 * epoch: what tls_record_layer.h does for a stream, for datagrams, which are
 * lost, repeated and reordered by honest networks too.
 *
 *	dtls_record_layer_init -> protect ... or judge ... -> clear
 *
 * The number stands in each record and under its MAC.  So any of them can be
 * read by itself, in any order, and whether it has come before is left to the
 * replay window, which the RFC makes optional (RFC 6347 section 4.1.2.6).
 */
enum dtls_window {
	DTLS_WINDOW_ON,
	DTLS_WINDOW_OFF, /* nobody asks whether it has come */
	/* The window moves before the record is authenticated: a flaw. */
	DTLS_WINDOW_FIRST,
};

enum dtls_verdict {
	DTLS_ACCEPTED,
	DTLS_SEEN,    /* the window has it */
	DTLS_TOO_OLD, /* left of the window */
	DTLS_BAD_RECORD_MAC,
	DTLS_OTHER_EPOCH, /* of keys we do not have */
	DTLS_UNEXPECTED,  /* authentic, and of no use */
};
/* "accepted", "seen", "too-old", "bad-record-mac", "other-epoch", ... */
const char *dtls_verdict_name(enum dtls_verdict verdict);

/* The caller owns the struct. */
struct dtls_record_layer {
	struct tls_record_layer records;
	struct replay_window window;
	enum dtls_window use;
	uint16_t epoch;
};

/*
 * window_size is from 1 to REPLAY_WINDOW_MAX, and without meaning for a layer
 * that sends.  False if OpenSSL lacks an algorithm; clear may be called then.
 */
struct dtls_window_settings {
	enum dtls_window use;
	uint64_t size;
};
bool dtls_record_layer_init(struct dtls_record_layer *l,
    const struct tls_record_keys *keys, uint16_t epoch,
    const struct dtls_window_settings *window, bool sends);
void dtls_record_layer_clear(struct dtls_record_layer *l);

/* The number of the next record that is sent; 0 at first. */
void dtls_record_layer_start(struct dtls_record_layer *l, uint64_t number);

/* Append one record.  False: OpenSSL failed, or no number is left. */
bool dtls_record_protect(struct dtls_record_layer *l, uint8_t type,
    struct bytes content, struct buffer *out);

/*
 * What becomes of a record; *out is set for ACCEPTED only, in the layer's
 * memory.  All other records are dropped and nobody is told: the association
 * lives on (RFC 6347 section 4.1.2.7).
 */
enum dtls_verdict dtls_record_judge(struct dtls_record_layer *l,
    const struct dtls_record *record, struct tls_plaintext *out);

#endif
