/* SPDX-License-Identifier: MIT */
/* Texts with one thing changed. */
#include "rewrite.h"

#include <cjson/cJSON.h>
#include <ctype.h>

#include "structured_field.h"

bool
rewrite_parameter(struct bytes field, const char *parameter, struct bytes spelt,
    struct buffer *out)
{
	struct bytes rest = field, before, piece;
	struct buffer changed = {0};
	struct sf_parameter p;
	struct sf_member member;
	bool found = false;

	if (sf_dictionary_next(&rest, &member) != SF_TAKEN || rest.left > 0)
		return false;
	bytes_take(&field, field.left - member.parameters.left, &piece);
	buffer_add_bytes(&changed, piece);
	before = rest = member.parameters;
	while (sf_parameters_next(&rest, &p) == SF_TAKEN) {
		bytes_take(&before, before.left - rest.left, &piece);
		if (bytes_equal_text(p.key, parameter)) {
			buffer_printf(&changed, ";%s=", parameter);
			piece = spelt;
			found = true;
		}
		buffer_add_bytes(&changed, piece);
	}
	if (found)
		buffer_add_bytes(out, buffer_bytes(&changed));
	buffer_clear(&changed);
	return found;
}

static bool
is_amount(struct bytes json, struct bytes digits)
{
	cJSON *root = cJSON_ParseWithLength((const char *)json.at, json.left);
	bool is =
	    cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(root, "amount"));
	uint8_t c;

	cJSON_Delete(root);
	if (digits.left == 0 || digits.left > 15)
		is = false;
	while (bytes_take_u8(&digits, &c))
		is = is && isdigit(c);
	return is;
}

/* A string whose first quote is taken; the text between the quotes. */
static bool
take_string(struct bytes *json, struct bytes *text)
{
	struct bytes begin = *json;
	uint8_t c;

	while (bytes_take_u8(json, &c)) {
		if (c == '"')
			return bytes_take(
			    &begin, begin.left - json->left - 1, text);
		if (c == '\\' && !bytes_skip(json, 1))
			return false;
	}
	return false;
}

static void
skip_over(struct bytes *json, const char *set)
{
	struct bytes ahead = *json;
	uint8_t c;

	while (bytes_take_u8(&ahead, &c)) {
		const char *s = set;

		while (*s != '\0' && (uint8_t)*s != c)
			s++;
		if (*s == '\0')
			return;
		*json = ahead;
	}
}

/* Moves behind the colon of the outermost object's first "amount". */
static bool
find_amount(struct bytes *json)
{
	struct bytes name;
	int depth = 0;
	uint8_t c;

	while (bytes_take_u8(json, &c)) {
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (c != '"')
			continue;
		if (!take_string(json, &name))
			return false;
		skip_over(json, " \t\r\n");
		if (depth == 1 && json->left > 0 && json->at[0] == ':' &&
		    bytes_equal_text(name, "amount")) {
			bytes_skip(json, 1);
			skip_over(json, " \t\r\n");
			return true;
		}
	}
	return false;
}

bool
rewrite_amount(struct bytes json, struct bytes digits, struct buffer *out)
{
	struct bytes rest = json, before;

	if (!is_amount(json, digits) || !find_amount(&rest))
		return false;
	bytes_take(&json, json.left - rest.left, &before);
	skip_over(&rest, "+-.0123456789eE");
	buffer_add_bytes(out, before);
	buffer_add_bytes(out, digits);
	buffer_add_bytes(out, rest);
	return true;
}

void
rewrite_spaces(struct bytes text, struct buffer *out)
{
	bool quoted = false;
	uint8_t c;

	while (bytes_take_u8(&text, &c)) {
		buffer_add_u8(out, c);
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && quoted && bytes_take_u8(&text, &c))
			buffer_add_u8(out, c);
		else if (c == ';' && !quoted)
			buffer_add_u8(out, ' ');
	}
}

void
rewrite_case(struct bytes text, struct buffer *out)
{
	uint8_t c;

	while (bytes_take_u8(&text, &c))
		buffer_add_u8(
		    out, (uint8_t)(islower(c) ? toupper(c) : tolower(c)));
}
