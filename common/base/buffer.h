/* SPDX-License-Identifier: MIT */
#ifndef BUFFER_H
#define BUFFER_H

#include "bytes.h"

/*
 * Bytes that grow at the end and are consumed from the front.
 *
 *	struct buffer b = {0};
 *	buffer_add ... -> buffer_bytes -> buffer_drain ... -> buffer_clear
 *
 * The caller owns the struct, the buffer owns its storage.  Memory that runs
 * out ends the program (exit 70): no caller could do anything useful.
 */
struct buffer {
	uint8_t *storage;
	size_t start; /* consumed bytes before the content */
	size_t end;
	size_t capacity;
};

void buffer_add(struct buffer *b, const void *data, size_t length);
void buffer_add_bytes(struct buffer *b, struct bytes bytes);
void buffer_add_text(struct buffer *b, const char *text);
void buffer_add_u8(struct buffer *b, uint8_t value);
void buffer_add_u16(struct buffer *b, uint16_t value); /* network order */
void buffer_add_u32(struct buffer *b, uint32_t value); /* network order */
void buffer_printf(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What it holds; valid until the buffer changes. */
struct bytes buffer_bytes(const struct buffer *b);

/* The content as a C string (a NUL stands after it); never NULL. */
const char *buffer_text(struct buffer *b);

/* Forget the first n bytes; n is at most what it holds. */
void buffer_drain(struct buffer *b, size_t n);

/* Forget all content, keep the storage. */
void buffer_reset(struct buffer *b);

/* Give the storage back; the struct may be used again. */
void buffer_clear(struct buffer *b);

#endif
