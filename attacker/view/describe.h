/* SPDX-License-Identifier: MIT */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "buffer.h"
#include "tls_handshake.h"

/* What a message carries, in few words: phrases with ", " between them. */
void describe_handshake(struct buffer *out, const struct tls_handshake *m);

/* The same as members of the JSON object that is open in out. */
void describe_handshake_json(struct buffer *out, const struct tls_handshake *m);

/* Outside text, at most `most` bytes of it, with nothing a terminal obeys. */
void describe_text(struct buffer *out, struct bytes text, size_t most);

/* A registered name, or the number: "0x1234". */
#define NUMBER_NAME_SIZE 8
const char *name_or_number(
    const char *name, uint16_t number, char into[NUMBER_NAME_SIZE]);

#endif
