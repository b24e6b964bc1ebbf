/* SPDX-License-Identifier: MIT */
/* Escaping, and a printf that cannot forget it. */
#include "html.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* One character; 0 and one byte taken if they are no UTF-8 (RFC 3629 4). */
static uint32_t
take_character(struct bytes *in, struct bytes *taken)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	struct bytes rest = *in;
	uint8_t first = *in->at;
	size_t length = first < 0x80         ? 1
			: first >> 5 == 0x06 ? 2
			: first >> 4 == 0x0e ? 3
			: first >> 3 == 0x1e ? 4
					     : 0;
	uint32_t c = length == 1 ? first : first & (0x7fu >> length);
	bool good = length > 0 && bytes_take(&rest, length, taken);

	for (size_t i = 1; good && i < length; i++) {
		good = taken->at[i] >> 6 == 0x02;
		c = c << 6 | (taken->at[i] & 0x3f);
	}
	if (good && c >= least[length] && c <= 0x10ffff &&
	    !(c >= 0xd800 && c < 0xe000)) {
		*in = rest;
		return c;
	}
	(void)bytes_take(in, 1, taken);
	return 0;
}

static bool
is_shown(uint32_t c)
{
	bool turns = c == 0x061c || (c >= 0x200e && c <= 0x200f) ||
		     (c >= 0x202a && c <= 0x202e) ||
		     (c >= 0x2066 && c <= 0x2069);
	bool nothing = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);

	return (c >= 0x20 || c == '\t' || c == '\n') &&
	       !(c >= 0x7f && c < 0xa0) && !turns && !nothing;
}

void
html_text(struct buffer *out, const char *text)
{
	struct bytes in = bytes_of(text), taken;

	while (in.left > 0) {
		uint32_t c = take_character(&in, &taken);

		if (c == '&')
			buffer_add_text(out, "&amp;");
		else if (c == '<')
			buffer_add_text(out, "&lt;");
		else if (c == '>')
			buffer_add_text(out, "&gt;");
		else if (c == '"')
			buffer_add_text(out, "&quot;");
		else if (c == '\'')
			buffer_add_text(out, "&#39;");
		else if (is_shown(c))
			buffer_add_bytes(out, taken);
		else
			buffer_add_text(out, REPLACEMENT);
	}
}

void
html_printf(struct buffer *out, const char *format, ...)
{
	struct bytes rest = bytes_of(format), markup;
	uint8_t conversion;
	va_list args;

	va_start(args, format);
	while (bytes_take_until(&rest, '%', &markup)) {
		buffer_add_bytes(out, markup);
		if (!bytes_take_u8(&rest, &conversion))
			abort();
		if (conversion == 's')
			html_text(out, va_arg(args, const char *));
		else if (conversion == 'l' && bytes_skip(&rest, 1))
			buffer_printf(out, "%ld", va_arg(args, long));
		else if (conversion == 'z' && bytes_skip(&rest, 1))
			buffer_printf(out, "%zu", va_arg(args, size_t));
		else
			abort();
	}
	va_end(args);
	buffer_add_bytes(out, rest);
}

void
html_reference(struct buffer *out, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";

	buffer_add_text(out, "./");
	for (size_t i = 0; path[i] != '\0'; i++) {
		if (strchr(plain, path[i]) != NULL)
			buffer_add_u8(out, (uint8_t)path[i]);
		else
			buffer_printf(out, "%%%02X", (uint8_t)path[i]);
	}
}

void
html_hash(struct buffer *out, const char *content)
{
	uint8_t digest[SHA256_DIGEST_LENGTH], base64[64];

	SHA256((const uint8_t *)content, strlen(content), digest);
	EVP_EncodeBlock(base64, digest, sizeof(digest));
	buffer_printf(out, "'sha256-%s'", (const char *)base64);
}
