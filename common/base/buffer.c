/* SPDX-License-Identifier: MIT */
/* Growing bytes: the writing counterpart of the cursor in bytes.c. */
#include "buffer.h"

#include <assert.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Room for n more bytes and one NUL. */
static void
buffer_reserve(struct buffer *b, size_t n)
{
	size_t held = b->end - b->start;

	if (b->capacity - b->end > n)
		return;
	if (b->start > 0) {
		memmove(b->storage, b->storage + b->start, held);
		b->start = 0;
		b->end = held;
	}
	if (b->capacity - b->end > n)
		return;
	b->capacity = (held + n + 1) * 2;
	if ((b->storage = realloc(b->storage, b->capacity)) == NULL)
		err(EX_SOFTWARE, "buffer of %zu bytes", b->capacity);
}

void
buffer_add(struct buffer *b, const void *data, size_t length)
{
	buffer_reserve(b, length);
	if (length > 0)
		memcpy(b->storage + b->end, data, length);
	b->end += length;
}

void
buffer_add_bytes(struct buffer *b, struct bytes bytes)
{
	buffer_add(b, bytes.at, bytes.left);
}

void
buffer_add_text(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void
buffer_add_u8(struct buffer *b, uint8_t value)
{
	buffer_add(b, &value, 1);
}

void
buffer_add_u16(struct buffer *b, uint16_t value)
{
	const uint8_t wire[] = {(uint8_t)(value >> 8), (uint8_t)value};

	buffer_add(b, wire, sizeof(wire));
}

void
buffer_add_u32(struct buffer *b, uint32_t value)
{
	buffer_add_u16(b, (uint16_t)(value >> 16));
	buffer_add_u16(b, (uint16_t)value);
}

void
buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	if ((length = vsnprintf(NULL, 0, format, args)) < 0)
		err(EX_SOFTWARE, "format %s", format);
	buffer_reserve(b, (size_t)length);
	vsnprintf(
	    (char *)b->storage + b->end, (size_t)length + 1, format, again);
	b->end += (size_t)length;
	va_end(again);
	va_end(args);
}

struct bytes
buffer_bytes(const struct buffer *b)
{
	if (b->storage == NULL)
		return (struct bytes){NULL, 0};
	return (struct bytes){b->storage + b->start, b->end - b->start};
}

const char *
buffer_text(struct buffer *b)
{
	buffer_reserve(b, 0);
	b->storage[b->end] = '\0';
	return (const char *)b->storage + b->start;
}

void
buffer_drain(struct buffer *b, size_t n)
{
	assert(n <= b->end - b->start);
	b->start += n;
	if (b->start == b->end)
		b->start = b->end = 0;
}

void
buffer_reset(struct buffer *b)
{
	b->start = b->end = 0;
}

void
buffer_clear(struct buffer *b)
{
	free(b->storage);
	*b = (struct buffer){0};
}
