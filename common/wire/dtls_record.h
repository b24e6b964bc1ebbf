/* SPDX-License-Identifier: MIT */
#ifndef DTLS_RECORD_H
#define DTLS_RECORD_H

#include "buffer.h"

/*
 * DTLS 1.2 records as they stand in a datagram (RFC 6347 section 4.1).  A
 * datagram is whole or lost, so unlike TLS (tls_record.h) there is nothing to
 * come back with: a record that breaks off is none.
 */
#define DTLS_1_2 0xfefd /* the one's complement of 1.2 */
#define DTLS_RECORD_HEADER_SIZE 13
#define DTLS_NUMBER_MAX ((UINT64_C(1) << 48) - 1)

struct dtls_record {
	uint8_t type; /* enum tls_content_type */
	uint16_t version;
	uint16_t epoch;        /* counts the changes of keys */
	uint64_t number;       /* its sequence number, 48 bits */
	struct bytes fragment; /* borrowed, without the header */
	struct bytes whole;    /* borrowed, with the header */
};

/* Take the record at the front of a datagram.  False: there is none. */
bool dtls_record_take(struct bytes *datagram, struct dtls_record *rec);

/* Append header and fragment, which is at most 65535 bytes. */
void dtls_record_write(const struct dtls_record *rec, struct buffer *out);

/*
 * Where DTLS puts what is the sequence number in TLS: under the MAC, in the
 * additional data and in the nonce (RFC 6347 section 4.1.2.1).
 */
uint64_t dtls_place(uint16_t epoch, uint64_t number);

#endif
