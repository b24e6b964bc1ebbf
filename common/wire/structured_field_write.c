/* SPDX-License-Identifier: MIT */
/* The writer of RFC 9651 section 4.1, and the base64 both ways. */
#include "structured_field.h"

#include <inttypes.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

bool
sf_bytes_decode(struct bytes base64, uint8_t *into, size_t size, size_t *length)
{
	unsigned int held = 0;
	uint32_t bits = 0;
	const char *found;
	size_t n = 0;
	uint8_t c;

	while (base64.left > 0 && base64.at[base64.left - 1] == '=')
		base64.left--;
	if (base64.left % 4 == 1)
		return false;
	while (bytes_take_u8(&base64, &c)) {
		if (c == '\0' || (found = strchr(alphabet, c)) == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(found - alphabet);
		if ((held += 6) < 8)
			continue;
		if (n == size)
			return false;
		held -= 8;
		into[n++] = (uint8_t)(bits >> held);
	}
	*length = n;
	return true;
}

static void
write_base64(struct buffer *out, struct bytes data)
{
	uint8_t c;

	while (data.left > 0) {
		uint32_t bits = 0;
		int n;

		for (n = 0; n < 3 && bytes_take_u8(&data, &c); n++)
			bits |= (uint32_t)c << (16 - 8 * n);
		for (int i = 0; i < 4; i++)
			buffer_add_u8(out,
			    i > n
				? '='
				: (uint8_t)alphabet[bits >> (18 - 6 * i) & 63]);
	}
}

void
sf_write_bytes(struct buffer *out, struct bytes data)
{
	buffer_add_u8(out, ':');
	write_base64(out, data);
	buffer_add_u8(out, ':');
}

bool
sf_write_string(struct buffer *out, struct bytes text)
{
	uint8_t c;

	buffer_add_u8(out, '"');
	while (bytes_take_u8(&text, &c)) {
		if (c < 0x20 || c > 0x7e)
			return false;
		if (c == '"' || c == '\\')
			buffer_add_u8(out, '\\');
		buffer_add_u8(out, c);
	}
	buffer_add_u8(out, '"');
	return true;
}

/* Without zeros at the end, but one place at least. */
static void
write_decimal(struct buffer *out, int64_t thousandths)
{
	int64_t size = thousandths < 0 ? -thousandths : thousandths;
	int64_t part = size % 1000;
	int places = 3;

	for (; places > 1 && part % 10 == 0; places--)
		part /= 10;
	buffer_printf(out, "%s%" PRId64 ".%0*" PRId64,
	    thousandths < 0 ? "-" : "", size / 1000, places, part);
}

/* Decoded and encoded again, so that padding and stray bits are right. */
static void
write_base64_again(struct buffer *out, struct bytes base64)
{
	uint8_t decoded[3];
	struct bytes four;
	size_t length;

	buffer_add_u8(out, ':');
	while (bytes_take(&base64, base64.left < 4 ? base64.left : 4, &four) &&
	       four.left > 0 &&
	       sf_bytes_decode(four, decoded, sizeof(decoded), &length))
		write_base64(out, (struct bytes){decoded, length});
	buffer_add_u8(out, ':');
}

static void
write_quoted(struct buffer *out, const char *opening, struct bytes text)
{
	buffer_add_text(out, opening);
	buffer_add_bytes(out, text);
	buffer_add_u8(out, '"');
}

static void
write_value(struct buffer *out, const struct sf_value *v)
{
	switch (v->type) {
	case SF_INTEGER:
		buffer_printf(out, "%" PRId64, v->number);
		break;
	case SF_DECIMAL:
		write_decimal(out, v->number);
		break;
	case SF_STRING:
		write_quoted(out, "\"", v->text);
		break;
	case SF_TOKEN:
		buffer_add_bytes(out, v->text);
		break;
	case SF_BYTES:
		write_base64_again(out, v->text);
		break;
	case SF_BOOLEAN:
		buffer_add_text(out, v->truth ? "?1" : "?0");
		break;
	case SF_DATE:
		buffer_printf(out, "@%" PRId64, v->number);
		break;
	case SF_DISPLAY_STRING:
		write_quoted(out, "%\"", v->text);
		break;
	}
}

/* The parameter of that key, as the last of its name among these has it. */
static bool
find_parameter(
    struct bytes parameters, struct bytes key, struct sf_parameter *found)
{
	struct sf_parameter p;
	bool is_there = false;

	while (sf_parameters_next(&parameters, &p) == SF_TAKEN)
		if (bytes_equal(p.key, key)) {
			*found = p;
			is_there = true;
		}
	return is_there;
}

/* Section 4.2.3.2: a key stands where it came first, with its last value. */
static void
write_parameters(struct buffer *out, struct bytes parameters)
{
	struct bytes rest = parameters, before = parameters;
	struct sf_parameter p, other;

	for (before.left = 0; sf_parameters_next(&rest, &p) == SF_TAKEN;
	     before.left = parameters.left - rest.left) {
		if (find_parameter(before, p.key, &other))
			continue;
		(void)find_parameter(rest, p.key, &p);
		buffer_add_u8(out, ';');
		buffer_add_bytes(out, p.key);
		if (p.value.type == SF_BOOLEAN && p.value.truth)
			continue;
		buffer_add_u8(out, '=');
		write_value(out, &p.value);
	}
}

void
sf_write_member(struct buffer *out, const struct sf_member *member)
{
	struct bytes inner = member->inner;
	struct sf_member item;
	const char *before = "";

	if (!member->is_inner_list) {
		write_value(out, &member->value);
	} else {
		buffer_add_u8(out, '(');
		while (sf_inner_next(&inner, &item) == SF_TAKEN) {
			buffer_add_text(out, before);
			write_value(out, &item.value);
			write_parameters(out, item.parameters);
			before = " ";
		}
		buffer_add_u8(out, ')');
	}
	write_parameters(out, member->parameters);
}
