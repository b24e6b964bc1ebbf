/* SPDX-License-Identifier: MIT */
#ifndef BASE64URL_H
#define BASE64URL_H

#include "buffer.h"

/* base64url without padding (RFC 4648 section 5, RFC 7515 section 2). */
void base64url_write(struct buffer *out, struct bytes data);

/*
 * False if it is more than `size` bytes, or not the one spelling of what it
 * says: no padding, no stray bits.
 */
bool base64url_read(
    struct bytes text, uint8_t *into, size_t size, size_t *length);

#endif
