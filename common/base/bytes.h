/* SPDX-License-Identifier: MIT */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Borrowed bytes: the one bounds check of the lab.
 *
 * Every parser of outside bytes reads through this cursor.  Taking shrinks
 * the window and never copies; a take that would run past the end returns
 * false and leaves the window as it was.
 */
struct bytes {
	const uint8_t *at;
	size_t left;
};

/* A window over a C string, without its NUL.  Borrows s. */
struct bytes bytes_of(const char *s);

/* Big-endian unsigned integers (network order). */
bool bytes_take_u8(struct bytes *b, uint8_t *value);
bool bytes_take_u16(struct bytes *b, uint16_t *value);
bool bytes_take_u24(struct bytes *b, uint32_t *value);
bool bytes_take_u32(struct bytes *b, uint32_t *value);

/* The next n bytes as a window of their own. */
bool bytes_take(struct bytes *b, size_t n, struct bytes *taken);
bool bytes_skip(struct bytes *b, size_t n);

/* What stands before the first `stop`, which goes too; false: there is none. */
bool bytes_take_until(struct bytes *b, uint8_t stop, struct bytes *taken);
/* The same before the first `stop` of several bytes, at least one. */
bool bytes_take_until_text(
    struct bytes *b, const char *stop, struct bytes *taken);

/*
 * A vector as TLS writes it: a length of one, two or three bytes, then that
 * many bytes (RFC 8446 section 3.4).
 */
bool bytes_take_vector8(struct bytes *b, struct bytes *taken);
bool bytes_take_vector16(struct bytes *b, struct bytes *taken);
bool bytes_take_vector24(struct bytes *b, struct bytes *taken);

/* Same length and content.  Not for secrets: it may stop early. */
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_equal_text(struct bytes a, const char *text);
bool bytes_equal_text_nocase(struct bytes a, const char *text);

#endif
