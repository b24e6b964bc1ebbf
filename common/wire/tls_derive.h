/* SPDX-License-Identifier: MIT */
#ifndef TLS_DERIVE_H
#define TLS_DERIVE_H

#include "bytes.h"
#include "tls_record_suite.h"

/*
 * Deriving one secret from another, as the RFCs do it for keys and for
 * Finished.  All false if OpenSSL cannot.
 */

/* TLS 1.2: PRF(secret, label, seed) (RFC 5246 section 5). */
bool tls_prf(const struct tls_record_suite *suite, struct bytes secret,
    const char *label, struct bytes seed, uint8_t *into, size_t size);

/* TLS 1.3: HKDF-Expand-Label with an empty context (RFC 8446 section 7.1). */
bool tls_expand_label(const struct tls_record_suite *suite, struct bytes secret,
    const char *label, uint8_t *into, size_t size);

/*
 * What Finished must say (verify_data) of all handshake messages before it.
 * TLS 1.2: 12 bytes from the master secret and a label, "client finished" or
 * "server finished" (RFC 5246 section 7.4.9).  TLS 1.3: an HMAC,
 * suite->hash_size bytes, from the sender's handshake traffic secret (RFC 8446
 * section 4.4.4).
 */
#define TLS_VERIFY_DATA_MAX TLS_SECRET_MAX
bool tls_verify_data(const struct tls_record_suite *suite, struct bytes secret,
    const char *label, struct bytes messages, uint8_t into[TLS_VERIFY_DATA_MAX],
    size_t *size);

#endif
