/* SPDX-License-Identifier: MIT */
#ifndef DATAGRAM_NUMBER_H
#define DATAGRAM_NUMBER_H

#include "buffer.h"
#include "http_message.h"

/*
 * The lab's own field Datagram-Number: which request an answer is to, where
 * they come in datagrams and so in any order.  The client counts its requests,
 * and the answer repeats what the request has.  No signature covers it.
 */

/* The field's value; empty: there is none. */
struct bytes datagram_number_of(const struct http_message *m);

/* As a number, of at most 18 digits; false: it is none. */
bool datagram_number_read(const struct http_message *m, uint64_t *number);

/* Put the field behind the first line of a whole message. */
void datagram_number_add(struct buffer *message, struct bytes number);

#endif
