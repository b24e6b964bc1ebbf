/* SPDX-License-Identifier: MIT */
#ifndef FINGERPRINT_H
#define FINGERPRINT_H

#include "bytes.h"

/*
 * A name for bytes, by which a copy is recognised wherever it turns up: the
 * first eight bytes of SHA-256, in hexadecimal.  Sixteen digits and a NUL.
 */
#define FINGERPRINT_SIZE 17

/* Over the parts one after the other.  Returns into. */
const char *fingerprint(
    const struct bytes *parts, size_t count, char into[FINGERPRINT_SIZE]);

#endif
