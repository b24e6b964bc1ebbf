/* SPDX-License-Identifier: MIT */
#ifndef TLS_RECORD_LAYER_H
#define TLS_RECORD_LAYER_H

#include "buffer.h"
#include "tls_record.h"
#include "tls_record_keys.h"

#include <openssl/evp.h>

/*
 * The lab's own record layer: protects and unprotects the records of one
 * direction of a TLS connection (RFC 5246 section 6.2.3, RFC 8446 section 5.2).
 *
 *	tls_record_layer_init -> protect ... or unprotect ... -> clear
 *
 * Each record has a sequence number, which is counted on both sides and not
 * sent.  It is an input of the MAC, of the additional data or of the nonce,
 * and so a record is good in one place of one stream, once.  With
 * TLS_NUMBERING_LEFT_OUT that input is missing and everything else is as it
 * was: for lectures only.  Beside replay this costs secrecy where the nonce is
 * made of the number alone (TLS_PROTECTION_AEAD): all records then share one.
 */

enum tls_numbering {
	TLS_NUMBERING_IMPLICIT, /* as in the RFCs: counted, not sent */
	TLS_NUMBERING_LEFT_OUT, /* no number goes into anything */
	/*
	 * The number stands before each fragment, as in DTLS (RFC 6347 4.1);
	 * the receiver takes it from there, and it must be the one due ...
	 */
	TLS_NUMBERING_SENT,
	/* ... or may be any. */
	TLS_NUMBERING_SENT_UNCHECKED,
};

/* RFC 5246 section 6.2.1, RFC 8446 section 5.1. */
#define TLS_RECORD_CONTENT_MAX 16384

enum tls_layer_outcome {
	TLS_LAYER_GOOD,
	TLS_LAYER_PARTIAL, /* nothing was consumed, come back with more */
	TLS_LAYER_BAD_RECORD_MAC,
	TLS_LAYER_RECORD_OVERFLOW,
	TLS_LAYER_UNEXPECTED_MESSAGE, /* not a record, or not of a type due */
	TLS_LAYER_INTERNAL_ERROR,     /* OpenSSL failed, or no number is left */
};
/* "good", "partial", or the alert's name in RFC 8446 section 6. */
const char *tls_layer_outcome_name(enum tls_layer_outcome outcome);

/* The alert to send (RFC 8446 section 6.2); only for the last four. */
uint8_t tls_layer_outcome_alert(enum tls_layer_outcome outcome);

/* The caller owns the struct; its OpenSSL contexts hang off it. */
struct tls_record_layer {
	struct tls_record_keys keys;
	enum tls_numbering numbering;
	uint64_t number;  /* of the next record; may be set */
	uint16_t version; /* of what is sent: TLS_1_2; may be set */
	uint8_t place[8];
	EVP_CIPHER_CTX *cipher; /* NULL: nothing is encrypted */
	EVP_MAC_CTX *mac;       /* NULL: the cipher is an AEAD */
	struct buffer additional;
	uint8_t work[TLS_RECORD_FRAGMENT_MAX];
};

/*
 * `sends`: for protect, else for unprotect.  The first record has number 0: in
 * TLS 1.2 that is Finished, so application data starts at 1.  False if OpenSSL
 * lacks an algorithm; clear may be called all the same.
 */
bool tls_record_layer_init(struct tls_record_layer *l,
    const struct tls_record_keys *keys, enum tls_numbering numbering,
    bool sends);
void tls_record_layer_clear(struct tls_record_layer *l);

/*
 * Append one record to out.  TLS_LAYER_RECORD_OVERFLOW: the content is longer
 * than TLS_RECORD_CONTENT_MAX.  Only GOOD counts the number on and changes out.
 */
enum tls_layer_outcome tls_record_protect(struct tls_record_layer *l,
    uint8_t type, struct bytes content, struct buffer *out);

/* What a record carried, in the layer's memory until its next call. */
struct tls_plaintext {
	uint8_t type; /* TLS 1.3: the inner one */
	struct bytes content;
};

/*
 * Take the record at the front of *in.  Only GOOD moves *in, sets *out and
 * counts the number on; all but GOOD and PARTIAL end the connection.
 */
enum tls_layer_outcome tls_record_unprotect(
    struct tls_record_layer *l, struct bytes *in, struct tls_plaintext *out);

/*
 * The same without the header, for records that do not come in a stream (DTLS):
 * `protect` appends the fragment alone, and `unprotect` takes one whose number
 * the caller has set, and counts nothing on.
 */
enum tls_layer_outcome tls_fragment_protect(struct tls_record_layer *l,
    uint8_t type, struct bytes content, struct buffer *fragment);
enum tls_layer_outcome tls_fragment_unprotect(struct tls_record_layer *l,
    const struct tls_record *record, struct tls_plaintext *out);

/*
 * What a record carries to prove its place: the MAC, or the tag of an AEAD.
 *
 * carried: of a record that a layer with these keys unprotects; false if it is
 * too short to have one.  due: what a record like this one would carry with
 * that content (unprotected from it), these keys and l->number, where l is a
 * layer that sends; the nonce stays if the record itself has it.
 */
#define TLS_AUTHENTICATOR_MAX 32 /* HMAC-SHA256 */
struct tls_authenticator {
	uint8_t octets[TLS_AUTHENTICATOR_MAX];
	size_t size;
};
bool tls_record_authenticator_carried(struct tls_record_layer *l,
    const struct tls_record *record, struct tls_authenticator *carried);
bool tls_record_authenticator_due(struct tls_record_layer *l,
    const struct tls_record *record, const struct tls_plaintext *content,
    struct tls_authenticator *due);

#endif
