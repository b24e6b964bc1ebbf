/* SPDX-License-Identifier: MIT */
#ifndef DTLS_READER_H
#define DTLS_READER_H

#include "dtls_record.h"
#include "replay_window.h"
#include "tls_reader.h"

/*
 * One association of DTLS 1.2, read by who has its key log: tls_reader.h for
 * records that come in any order.  Each says its own number, so a copy opens
 * like its original; what tells them apart is what came before.
 *
 *	dtls_reader_init -> dtls_reader_take ... -> dtls_reader_clear
 *
 * Read are the records of epoch 1, under the keys of the last handshake that a
 * record was made with: hellos alone, which anybody can write, end nothing (RFC
 * 6347 section 4.2.8).
 */
struct dtls_opened {
	/* With what it was, or had to be, opened; count is the number that its
	 * header says. */
	struct tls_epoch epoch;
	/* Had a record of that number been opened before? TOO_OLD: of what is
	 * REPLAY_WINDOW_MAX behind, that is not known. */
	enum replay_verdict came;
	bool begun;       /* some had been, and this was ... */
	uint64_t highest; /* ... the highest of their numbers */
};

struct dtls_reader_side {
	struct tls_record_layer *layer; /* NULL: no record was opened yet */
	size_t epoch;                   /* its index, where there are epochs */
	bool renewed; /* hellos came since, and no record under their keys */
	struct replay_window came;
};

struct dtls_reader {
	struct key_log *log;
	struct tls_epochs *epochs; /* or NULL */
	size_t conversation;
	/* Of the last hellos; NULL: the suite is not ours, or the hello that
	 * was answered is not known. */
	const struct tls_record_suite *suite;
	bool encrypt_then_mac;
	bool asked; /* offered is of a ClientHello without an answer */
	uint8_t offered[32], client_random[32], server_random[32];
	struct dtls_reader_side side[2]; /* client, server */
};

/* As tls_reader_init; borrows both. */
void dtls_reader_init(struct dtls_reader *r, struct key_log *log,
    struct tls_epochs *epochs, size_t conversation);
void dtls_reader_clear(struct dtls_reader *r);

/*
 * The next record of that side.  OPENED: its MAC is right, and whether it came
 * before is said in *out.  REFUSED: its MAC is of another number or other keys.
 */
enum tls_read dtls_reader_take(struct dtls_reader *r, bool server,
    const struct dtls_record *record, struct dtls_opened *out);

/* A DTLS record as the record layer takes it; its bytes stay borrowed. */
struct tls_record dtls_record_as_tls(const struct dtls_record *record);

#endif
