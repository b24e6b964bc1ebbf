/* SPDX-License-Identifier: MIT */
#ifndef TLS_RECORD_PROTECTION_H
#define TLS_RECORD_PROTECTION_H

#include "tls_record_layer.h"

/*
 * The two ways to protect a fragment, behind tls_record_layer.h and for it
 * only.  What a record is bound to is made there and given here: `additional`,
 * which the MAC or the tag covers before the content, and the AEAD's nonce.
 */

/* What binds a record to its place, and how long it becomes. */
bool tls_record_number_is_sent(const struct tls_record_layer *l);
struct bytes tls_record_additional(struct tls_record_layer *l, uint64_t number,
    uint8_t type, uint16_t version, size_t length);
void tls_record_nonce(struct tls_record_layer *l, uint64_t number,
    struct bytes sent, uint8_t nonce[TLS_RECORD_NONCE_SIZE]);
size_t tls_record_sealed_size(const struct tls_record_layer *l, size_t content);

/* Both false if OpenSSL lacks an algorithm. */
bool tls_record_mac_init(struct tls_record_layer *l, bool sends);
bool tls_record_aead_init(struct tls_record_layer *l, bool sends);

/* HMAC(additional + content), mac_size bytes of it. */
bool tls_record_mac_compute(struct tls_record_layer *l, struct bytes additional,
    struct bytes content, uint8_t into[EVP_MAX_MD_SIZE]);

/* Append content, MAC and padding to out, encrypted; false: OpenSSL failed. */
bool tls_record_mac_protect(struct tls_record_layer *l, struct bytes additional,
    struct bytes content, struct buffer *out);

/*
 * The reverse, in two steps, since the MAC covers a length that only stands
 * behind the encryption.  What `open` takes for content need not be; after a
 * false from it everything must go on as if it were, and `check` be called
 * (RFC 5246 section 6.2.3.2: whether padding or MAC was wrong must not show).
 */
struct tls_record_opened {
	struct bytes content, mac; /* in the layer's memory, or borrowed */
	struct bytes covered;      /* by the MAC, behind `additional` */
};
bool tls_record_mac_open(struct tls_record_layer *l, struct bytes fragment,
    struct tls_record_opened *opened);
bool tls_record_mac_check(struct tls_record_layer *l, struct bytes additional,
    const struct tls_record_opened *opened);

/* Append content, encrypted, and tag to out; false: OpenSSL failed. */
bool tls_record_aead_protect(struct tls_record_layer *l, const uint8_t *nonce,
    struct bytes additional, struct bytes content, struct buffer *out);

/* True: the tag is right and *content stands in the layer's memory. */
bool tls_record_aead_unprotect(struct tls_record_layer *l, const uint8_t *nonce,
    struct bytes additional, struct bytes sealed, struct bytes *content);

#endif
