/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer.  Whether a comma is due shows in the last byte written, so
 * there is no state beside the buffer.
 */
#include "json.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>

static void
json_separate(struct buffer *b)
{
	struct bytes sofar = buffer_bytes(b);

	if (sofar.left > 0 &&
	    memchr("{[:\n", sofar.at[sofar.left - 1], 4) == NULL)
		buffer_add_u8(b, ',');
}

void
json_open(struct buffer *b, char bracket)
{
	json_separate(b);
	buffer_add(b, &bracket, 1);
}

void
json_close(struct buffer *b, char bracket)
{
	buffer_add(b, &bracket, 1);
}

static void
json_quote(struct buffer *b, struct bytes value)
{
	uint8_t c;

	buffer_add_u8(b, '"');
	while (bytes_take_u8(&value, &c)) {
		if (c == '"' || c == '\\')
			buffer_printf(b, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			buffer_printf(b, "\\u%04x", c);
		else
			buffer_add_u8(b, c);
	}
	buffer_add_u8(b, '"');
}

void
json_key(struct buffer *b, const char *name)
{
	json_separate(b);
	json_quote(b, bytes_of(name));
	buffer_add_u8(b, ':');
}

void
json_bytes(struct buffer *b, struct bytes value)
{
	json_separate(b);
	json_quote(b, value);
}

void
json_text(struct buffer *b, const char *value)
{
	json_separate(b);
	if (value == NULL)
		buffer_add_text(b, "null");
	else
		json_quote(b, bytes_of(value));
}

void
json_number(struct buffer *b, int64_t value)
{
	json_separate(b);
	buffer_printf(b, "%" PRId64, value);
}

void
json_bool(struct buffer *b, bool value)
{
	json_separate(b);
	buffer_add_text(b, value ? "true" : "false");
}

void
json_member_text(struct buffer *b, const char *name, const char *value)
{
	json_key(b, name);
	json_text(b, value);
}

void
json_member_bytes(struct buffer *b, const char *name, struct bytes value)
{
	json_key(b, name);
	json_bytes(b, value);
}

void
json_member_number(struct buffer *b, const char *name, int64_t value)
{
	json_key(b, name);
	json_number(b, value);
}

void
json_member_bool(struct buffer *b, const char *name, bool value)
{
	json_key(b, name);
	json_bool(b, value);
}

const char *
json_get_text(const struct cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	return text == NULL ? "" : text;
}
