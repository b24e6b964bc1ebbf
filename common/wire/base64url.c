/* SPDX-License-Identifier: MIT */
/* Three bytes are four letters. */
#include "base64url.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64url_write(struct buffer *out, struct bytes data)
{
	unsigned int held = 0;
	uint32_t bits = 0;
	uint8_t c;

	while (bytes_take_u8(&data, &c)) {
		bits = bits << 8 | c;
		for (held += 8; held >= 6; held -= 6)
			buffer_add_u8(
			    out, (uint8_t)letters[bits >> (held - 6) & 63]);
	}
	if (held > 0)
		buffer_add_u8(out, (uint8_t)letters[bits << (6 - held) & 63]);
}

bool
base64url_read(struct bytes text, uint8_t *into, size_t size, size_t *length)
{
	unsigned int held = 0;
	uint32_t bits = 0;
	const char *found;
	uint8_t c;

	*length = 0;
	if (text.left % 4 == 1)
		return false;
	while (bytes_take_u8(&text, &c)) {
		if (c == '\0' || (found = strchr(letters, c)) == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(found - letters);
		if ((held += 6) < 8)
			continue;
		if (*length == size)
			return false;
		held -= 8;
		into[(*length)++] = (uint8_t)(bits >> held);
	}
	return (bits & ((1u << held) - 1)) == 0;
}
