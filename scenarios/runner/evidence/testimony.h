/* SPDX-License-Identifier: MIT */
#ifndef TESTIMONY_H
#define TESTIMONY_H

#include "observation.h"

#include "explanation.h"
#include "fingerprint.h"
#include "pcapng_block.h"
#include "replay_window.h"
#include "tls_reader.h"

/*
 * What the witness can tell of the copies once the play is over: in which frame
 * each was recorded, sent and answered, and why it was refused.
 *
 *	testimony_of -> testimony_comment, testimony_secrets ...
 *	    -> testimony_clear
 *	testimony_new -> testimony_add_keys ... -> testimony_listen
 *	    -> testimony_copy ... -> testimony_clear	(nothing is written)
 *
 * The capture is heard twice at once: as it left its senders, for that is how
 * records were made, and as it reached its receivers, who know nothing of what
 * an attacker in the path kept back.
 */

/*
 * Why a handshake did not fit: a replayed one has an old random, and a relayed
 * one another's certificate.  Sizes of 0 and empty names: not known.
 */
struct handshake_explanation {
	const char *random; /* "server" or "client": whose was new; or NULL */
	uint8_t random_recorded[32], random_now[32];
	/* TLS 1.3's ServerHello echoes what another ClientHello sent. */
	bool is_other_session;
	struct tls_session_id sent, echoed;
	uint8_t verify_data_carried[48], verify_data_right[48];
	size_t carried_size, right_size;
	char subject[TLS_SUBJECT_SIZE], server_name[TLS_SERVER_NAME_SIZE];
};

/* What became of the ticket and its binder that a replayed flight brought. */
struct ticket_explanation {
	bool taken; /* the ServerHello goes on from it */
	char ticket[FINGERPRINT_SIZE];
	uint8_t binder[48];
	size_t binder_size;
};

/* What had come to the receiver of a DTLS record before it. */
struct window_explanation {
	enum replay_verdict came; /* its number: FRESH is not yet */
	bool begun;               /* anything under these keys, and then ... */
	uint64_t highest;         /* ... the highest number */
};

struct testimony_copy {
	uint64_t recorded, sent, refused; /* frames, from 1; 0: none */
	bool from_server; /* who seems to send it: a reflected one's receiver */
	bool is_explained; /* as a record */
	struct explanation record;
	bool is_datagram; /* of DTLS: record.expected is what its header says */
	struct window_explanation window;
	bool is_handshake;
	struct handshake_explanation handshake;
	bool is_ticket;
	struct ticket_explanation ticket;
	bool is_cut; /* the stream ended before this record */
	bool never_began; /* ... nor any other of that sender */
	uint64_t cut_before;
};

struct testimony;

/*
 * Of a play's folder, once its witness has ended: hear it, and write secrets
 * and comments into it.  NULL after a warning; then there is no testimony, and
 * nothing else is lost.
 */
struct testimony *testimony_of(
    const char *folder, const struct evidence *e, const struct observation *o);
void testimony_clear(struct testimony *t); /* NULL is allowed */

/* The same in parts, for a witness that stays as it is.  NULL after a warning.
 */
struct testimony *testimony_new(
    const struct evidence *e, const struct observation *o);
/* The text of a key log. */
void testimony_add_keys(struct testimony *t, struct bytes key_log);
/* Once, with all keys at hand.  0, or -1 after a warning: no whole capture. */
int testimony_listen(struct testimony *t, const char *path);

/*
 * Keep the fingerprints of all records and plain requests, before listening;
 * then, was that one heard?  And is what that event tells of under TLS, where
 * requests have no bytes of their own?
 */
void testimony_keep_names(struct testimony *t);
bool testimony_has(const struct testimony *t, const char *name);
bool testimony_is_hidden(const struct testimony *t, const cJSON *event);

/* Of the observation's copy i; a NULL testimony has nothing to say. */
const struct testimony_copy *testimony_copy(
    const struct testimony *t, size_t i);

/* Add what a reader should be told of that frame; false: nothing. */
bool testimony_comment(
    const struct testimony *t, uint64_t frame, struct buffer *out);

/*
 * The key log lines that a reader needs from that frame on.  Frame 0 stands for
 * the beginning: it has all lines but those whose random has several secrets,
 * which come before the first frame of the connection that they opened.
 */
void testimony_secrets(
    const struct testimony *t, uint64_t frame, struct buffer *out);

/* One plain sentence, as observation_sentence, but with the reason. */
void testimony_sentence(
    const struct testimony *t, const struct observation *o, struct buffer *out);

/* The member "explanation" of copy i, if it has one, and "frames". */
void testimony_members(const struct testimony *t, size_t i, struct buffer *out);

#endif
