/* SPDX-License-Identifier: MIT */
/*
 * The cursor over borrowed bytes.  All pointer arithmetic on outside bytes
 * is here.
 */
#include "bytes.h"

#include <string.h>
#include <strings.h>

struct bytes
bytes_of(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

bool
bytes_take(struct bytes *b, size_t n, struct bytes *taken)
{
	if (b->left < n)
		return false;
	*taken = (struct bytes){b->at, n};
	/* An empty window may hold NULL, to which not even 0 is added. */
	if (n > 0)
		b->at += n;
	b->left -= n;
	return true;
}

bool
bytes_skip(struct bytes *b, size_t n)
{
	struct bytes skipped;

	return bytes_take(b, n, &skipped);
}

bool
bytes_take_until(struct bytes *b, uint8_t stop, struct bytes *taken)
{
	const uint8_t *found =
	    b->left == 0 ? NULL : memchr(b->at, stop, b->left);

	return found != NULL && bytes_take(b, (size_t)(found - b->at), taken) &&
	       bytes_skip(b, 1);
}

static bool
take_unsigned(struct bytes *b, size_t n, uint32_t *value)
{
	struct bytes taken;

	if (!bytes_take(b, n, &taken))
		return false;
	*value = 0;
	for (size_t i = 0; i < n; i++)
		*value = *value << 8 | taken.at[i];
	return true;
}

bool
bytes_take_u8(struct bytes *b, uint8_t *value)
{
	uint32_t wide;

	if (!take_unsigned(b, 1, &wide))
		return false;
	*value = (uint8_t)wide;
	return true;
}

bool
bytes_take_u16(struct bytes *b, uint16_t *value)
{
	uint32_t wide;

	if (!take_unsigned(b, 2, &wide))
		return false;
	*value = (uint16_t)wide;
	return true;
}

bool
bytes_take_u24(struct bytes *b, uint32_t *value)
{
	return take_unsigned(b, 3, value);
}

bool
bytes_take_u32(struct bytes *b, uint32_t *value)
{
	return take_unsigned(b, 4, value);
}

bool
bytes_take_until_text(struct bytes *b, const char *stop, struct bytes *taken)
{
	const uint8_t *found =
	    b->left == 0 ? NULL : memmem(b->at, b->left, stop, strlen(stop));

	if (found == NULL || !bytes_take(b, (size_t)(found - b->at), taken))
		return false;
	return bytes_skip(b, strlen(stop));
}

static bool
take_vector(struct bytes *b, size_t length_size, struct bytes *taken)
{
	struct bytes rest = *b;
	uint32_t length;

	if (!take_unsigned(&rest, length_size, &length) ||
	    !bytes_take(&rest, length, taken))
		return false;
	*b = rest;
	return true;
}

bool
bytes_take_vector8(struct bytes *b, struct bytes *taken)
{
	return take_vector(b, 1, taken);
}

bool
bytes_take_vector16(struct bytes *b, struct bytes *taken)
{
	return take_vector(b, 2, taken);
}

bool
bytes_take_vector24(struct bytes *b, struct bytes *taken)
{
	return take_vector(b, 3, taken);
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.left == b.left &&
	       (a.left == 0 || memcmp(a.at, b.at, a.left) == 0);
}

bool
bytes_equal_text(struct bytes a, const char *text)
{
	return bytes_equal(a, bytes_of(text));
}

bool
bytes_equal_text_nocase(struct bytes a, const char *text)
{
	return a.left == strlen(text) &&
	       (a.left == 0 ||
		   strncasecmp((const char *)a.at, text, a.left) == 0);
}
