/* SPDX-License-Identifier: MIT */
#ifndef TLS_READER_HANDSHAKE_H
#define TLS_READER_HANDSHAKE_H

#include "tls_reader.h"

/*
 * Behind tls_reader.h and for it only: tls_reader.c opens records, and what
 * stands in those of the handshake is read here.
 */

/* Handshake messages, or parts of them, in the order of that sender. */
void tls_reader_handshake(
    struct tls_reader *r, bool server, struct bytes content);

/* What Finished would have had to say, where none could be opened. */
void tls_reader_note_due(struct tls_reader *r, bool server);

/* In tls_reader.c: the next record is the first under new keys. */
void tls_reader_begin_epoch(
    struct tls_reader_side *s, enum tls_reader_phase phase);

/* In tls_reader.c: the log's next secret for that side's keys now, or NULL. */
struct key_log_line *tls_reader_next_secret(
    const struct tls_reader *r, bool server, const struct key_log_line *after);

bool tls_reader_is_1_3(const struct tls_reader *r);

#endif
