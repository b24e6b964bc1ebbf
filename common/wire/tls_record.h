/* SPDX-License-Identifier: MIT */
#ifndef TLS_RECORD_H
#define TLS_RECORD_H

#include "bytes.h"

/* TLS records as they stand on the wire (RFC 8446 section 5.1). */

enum tls_content_type {
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
};
/* "change_cipher_spec", "alert", ...; "unknown" for any other number. */
const char *tls_content_type_name(uint8_t type);

#define TLS_RECORD_HEADER_SIZE 5
/* RFC 5246 section 6.2.3: a protected fragment is at most 2^14 + 2048 bytes. */
#define TLS_RECORD_FRAGMENT_MAX (16384 + 2048)

struct tls_record {
	uint8_t type;
	uint16_t legacy_version;
	struct bytes fragment; /* borrowed, without the header */
	struct bytes whole;    /* borrowed, with the header */
};

enum tls_record_verdict {
	TLS_RECORD_COMPLETE, /* *rec is set, *in starts after it */
	TLS_RECORD_PARTIAL,  /* *in is untouched, come back with more */
	TLS_RECORD_NOT_TLS,  /* no amount of further bytes will help */
};

/* Take the record at the front of a stream. */
enum tls_record_verdict tls_record_take(
    struct bytes *in, struct tls_record *rec);

#endif
