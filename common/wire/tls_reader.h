/* SPDX-License-Identifier: MIT */
#ifndef TLS_READER_H
#define TLS_READER_H

#include "fingerprint.h"
#include "key_log.h"
#include "tls_derive.h"
#include "tls_epoch.h"
#include "tls_handshake.h"

/*
 * One TLS connection, read by who has its key log: each record is opened with
 * the keys and the number that its receiver must use.
 *
 *	tls_reader_init -> tls_reader_take ... -> tls_reader_clear
 *
 * Records of both sides go in, in the order in which they were captured.  New
 * keys come with the handshake, with a KeyUpdate (RFC 8446 section 7.2) and
 * with a renegotiation (RFC 5246 section 7.4.1.2).
 */

enum tls_read {
	TLS_READ_CLEAR,   /* not protected */
	TLS_READ_OPENED,  /* good: *out has what it carried */
	TLS_READ_REFUSED, /* a receiver with these keys does not take it */
	TLS_READ_NO_KEYS, /* the key log has no secret for it */
};

struct tls_opened {
	/* In the reader until its next call; empty for what the reader itself
	 * takes, handshake messages and ChangeCipherSpec. */
	struct tls_plaintext plaintext;
	/* With what it was, or had to be, opened; count is the number. */
	struct tls_epoch epoch;
};

enum tls_reader_phase { TLS_PHASE_CLEAR, TLS_PHASE_HANDSHAKE, TLS_PHASE_DATA };

#define TLS_SERVER_NAME_SIZE 256 /* a host name has at most 255 */

#define TLS_SESSION_ID_MAX 32

/* What a hello names the session (RFC 8446 sections 4.1.2 and 4.1.3). */
struct tls_session_id {
	uint8_t octets[TLS_SESSION_ID_MAX];
	size_t size;
};

/* A Finished: what it says, and what it must say here (RFC 8446 4.4.4). */
struct tls_finished {
	uint8_t carried[TLS_VERIFY_DATA_MAX], due[TLS_VERIFY_DATA_MAX];
	size_t carried_size, due_size; /* 0: not known */
};

struct tls_reader_side {
	enum tls_reader_phase phase;
	struct tls_record_layer *layer; /* NULL: no record was opened yet */
	size_t epoch;                   /* its index, where there are epochs */
	bool settled;                   /* data was opened: numbering is sure */
	uint8_t secret[TLS_SECRET_MAX]; /* TLS 1.3: of the layer's keys */
	uint8_t next[TLS_SECRET_MAX];   /* ... and after a KeyUpdate */
	bool has_next;
	struct buffer messages; /* a handshake message that is not whole yet */
	struct tls_finished finished;
};

struct tls_reader {
	struct key_log *log;
	struct tls_epochs *epochs; /* or NULL */
	size_t conversation;
	const struct tls_record_suite
	    *suite; /* NULL: none agreed, or not ours */
	uint16_t version;
	bool encrypt_then_mac; /* agreed on (RFC 7366) */
	bool has_client_random, has_server_random;
	uint8_t client_random[32], server_random[32];
	struct tls_session_id sent, echoed; /* by client, by server */
	/* TLS 1.3: a ticket that was offered, its proof, and was it taken? */
	bool has_ticket, ticket_taken;
	char ticket[FINGERPRINT_SIZE];
	uint8_t binder[TLS_VERIFY_DATA_MAX];
	size_t binder_size;
	/* Whom the client asked for (RFC 6066 section 3), and whose certificate
	 * it got; empty: not known. */
	char server_name[TLS_SERVER_NAME_SIZE];
	char subject[TLS_SUBJECT_SIZE];
	struct buffer transcript;
	bool hashable; /* the transcript is whole, and not over */
	struct tls_reader_side side[2]; /* client, server */
};

/*
 * Borrows both.  A line of the log that opened a record is marked with the
 * conversation's number; epochs gets the keys of all opened records.
 */
void tls_reader_init(struct tls_reader *r, struct key_log *log,
    struct tls_epochs *epochs, size_t conversation);
void tls_reader_clear(struct tls_reader *r);

/* The sender's next record. */
enum tls_read tls_reader_take(struct tls_reader *r, bool server,
    const struct tls_record *record, struct tls_opened *out);

#endif
