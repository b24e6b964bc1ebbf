/* SPDX-License-Identifier: MIT */
/*
 * The parser of RFC 9651 section 4.2, function by function.  Each take_ reads
 * its rule from the front of *in and may leave *in anywhere when it fails:
 * a structured field that is wrong anywhere is wrong as a whole.
 */
#include "structured_field.h"

#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

#define INTEGER_DIGITS 15
#define DECIMAL_DIGITS 12 /* before the point */
#define DECIMAL_PLACES 3

static bool
is_one_of(struct bytes in, const char *set)
{
	return in.left > 0 && in.at[0] != '\0' && strchr(set, in.at[0]) != NULL;
}

static bool
take_char(struct bytes *in, char c)
{
	return in->left > 0 && in->at[0] == (uint8_t)c && bytes_skip(in, 1);
}

static void
skip_all(struct bytes *in, const char *set)
{
	while (is_one_of(*in, set))
		bytes_skip(in, 1);
}

/* The front of `from` that `rest`, the same window later, has lost. */
static struct bytes
between(struct bytes from, struct bytes rest)
{
	struct bytes taken = from;

	taken.left -= rest.left;
	return taken;
}

/* One character of the first set, then any number of the second. */
static bool
take_word(
    struct bytes *in, const char *first, const char *set, struct bytes *word)
{
	struct bytes start = *in;

	if (!is_one_of(*in, first))
		return false;
	skip_all(in, set);
	*word = between(start, *in);
	return true;
}

static bool
take_key(struct bytes *in, struct bytes *key)
{
	return take_word(in, LOWER "*", LOWER DIGIT "_-.*", key);
}

static bool
take_token(struct bytes *in, struct bytes *token)
{
	return take_word(
	    in, UPPER LOWER "*", UPPER LOWER DIGIT "!#$%&'*+-.^_`|~:/", token);
}

/* At most `most` digits; *value continues from what it was. */
static size_t
take_digits(struct bytes *in, size_t most, int64_t *value)
{
	uint8_t digit;
	size_t n = 0;

	while (n <= most && is_one_of(*in, DIGIT)) {
		bytes_take_u8(in, &digit);
		*value = *value * 10 + digit - '0';
		n++;
	}
	return n;
}

/* Section 4.2.4. */
static bool
take_number(struct bytes *in, struct sf_value *v)
{
	bool negative = take_char(in, '-');
	size_t digits, places;

	v->type = SF_INTEGER;
	v->number = 0;
	digits = take_digits(in, INTEGER_DIGITS, &v->number);
	if (digits == 0 || digits > INTEGER_DIGITS)
		return false;
	if (take_char(in, '.')) {
		if (digits > DECIMAL_DIGITS)
			return false;
		v->type = SF_DECIMAL;
		places = take_digits(in, DECIMAL_PLACES, &v->number);
		if (places == 0 || places > DECIMAL_PLACES)
			return false;
		for (; places < DECIMAL_PLACES; places++)
			v->number *= 10;
	}
	if (negative)
		v->number = -v->number;
	return true;
}

/* Section 4.2.5; what may be escaped must be, so text is canonical. */
static bool
take_string(struct bytes *in, struct bytes *text)
{
	struct bytes start;
	uint8_t c;

	if (!take_char(in, '"'))
		return false;
	start = *in;
	while (in->left > 0 && in->at[0] != '"') {
		bytes_take_u8(in, &c);
		if (c < 0x20 || c > 0x7e)
			return false;
		if (c == '\\' &&
		    (!bytes_take_u8(in, &c) || (c != '"' && c != '\\')))
			return false;
	}
	*text = between(start, *in);
	return take_char(in, '"');
}

static bool
take_hex(struct bytes *in, uint8_t *value)
{
	static const char digits[] = DIGIT "abcdef"; /* lower case only */
	uint8_t c;

	*value = 0;
	for (int i = 0; i < 2; i++) {
		if (!is_one_of(*in, digits) || !bytes_take_u8(in, &c))
			return false;
		*value = (uint8_t)(*value << 4 | (strchr(digits, c) - digits));
	}
	return true;
}

/* UTF-8, an octet at a time (RFC 3629 section 4). */
struct utf8 {
	unsigned int left;   /* octets the character still wants */
	uint8_t least, most; /* what the next of them may be */
};

static bool
utf8_next(struct utf8 *u, uint8_t c)
{
	if (u->left > 0) {
		if (c < u->least || c > u->most)
			return false;
		*u = (struct utf8){u->left - 1, 0x80, 0xbf};
		return true;
	}
	if (c < 0x80)
		return true;
	if (c < 0xc2 || c > 0xf4)
		return false;
	u->left = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	/* No overlong forms, no surrogates, nothing past U+10FFFF. */
	u->least = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	u->most = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return true;
}

/* Section 4.2.10. */
static bool
take_display_string(struct bytes *in, struct bytes *text)
{
	struct utf8 utf8 = {0};
	struct bytes start;
	uint8_t c;

	if (!take_char(in, '%') || !take_char(in, '"'))
		return false;
	start = *in;
	while (in->left > 0 && in->at[0] != '"') {
		bytes_take_u8(in, &c);
		if (c < 0x20 || c > 0x7e || (c == '%' && !take_hex(in, &c)) ||
		    !utf8_next(&utf8, c))
			return false;
	}
	*text = between(start, *in);
	return utf8.left == 0 && take_char(in, '"');
}

/* Section 4.2.7. */
static bool
take_bytes(struct bytes *in, struct bytes *base64)
{
	struct bytes start, rest;

	if (!take_char(in, ':'))
		return false;
	start = *in;
	skip_all(in, UPPER LOWER DIGIT "+/");
	rest = between(start, *in);
	if (rest.left % 4 == 1)
		return false;
	for (int i = 0; i < 2; i++)
		take_char(in, '=');
	*base64 = between(start, *in);
	return base64->left - rest.left <= (4 - rest.left % 4) % 4 &&
	       take_char(in, ':');
}

static bool
take_boolean(struct bytes *in, bool *truth)
{
	if (!take_char(in, '?'))
		return false;
	*truth = take_char(in, '1');
	return *truth || take_char(in, '0');
}

static bool
take_value(struct bytes *in, struct sf_value *v)
{
	*v = (struct sf_value){0};
	if (is_one_of(*in, "-" DIGIT))
		return take_number(in, v);
	if (is_one_of(*in, "\"")) {
		v->type = SF_STRING;
		return take_string(in, &v->text);
	}
	if (is_one_of(*in, ":")) {
		v->type = SF_BYTES;
		return take_bytes(in, &v->text);
	}
	if (is_one_of(*in, "?")) {
		v->type = SF_BOOLEAN;
		return take_boolean(in, &v->truth);
	}
	if (take_char(in, '@')) {
		if (!take_number(in, v) || v->type != SF_INTEGER)
			return false;
		v->type = SF_DATE;
		return true;
	}
	if (is_one_of(*in, "%")) {
		v->type = SF_DISPLAY_STRING;
		return take_display_string(in, &v->text);
	}
	v->type = SF_TOKEN;
	return take_token(in, &v->text);
}

enum sf_verdict
sf_parameters_next(struct bytes *parameters, struct sf_parameter *parameter)
{
	if (!take_char(parameters, ';'))
		return SF_END;
	skip_all(parameters, " ");
	if (!take_key(parameters, &parameter->key))
		return SF_MALFORMED;
	parameter->value = (struct sf_value){.type = SF_BOOLEAN, .truth = true};
	if (take_char(parameters, '=') &&
	    !take_value(parameters, &parameter->value))
		return SF_MALFORMED;
	return SF_TAKEN;
}

static bool
take_parameters(struct bytes *in, struct bytes *parameters)
{
	struct bytes start = *in;
	struct sf_parameter parameter;
	enum sf_verdict verdict;

	do
		verdict = sf_parameters_next(in, &parameter);
	while (verdict == SF_TAKEN);
	*parameters = between(start, *in);
	return verdict == SF_END;
}

static bool
take_item(struct bytes *in, struct sf_member *item)
{
	item->is_inner_list = false;
	item->inner = (struct bytes){0};
	return take_value(in, &item->value) &&
	       take_parameters(in, &item->parameters);
}

/* The end of the window is the end of the list: sf_member.inner is that. */
enum sf_verdict
sf_inner_next(struct bytes *inner, struct sf_member *item)
{
	skip_all(inner, " ");
	if (inner->left == 0 || inner->at[0] == ')')
		return SF_END;
	item->key = (struct bytes){0};
	if (!take_item(inner, item) ||
	    (inner->left > 0 && !is_one_of(*inner, " )")))
		return SF_MALFORMED;
	return SF_TAKEN;
}

static bool
take_inner_list(struct bytes *in, struct sf_member *member)
{
	struct bytes start;
	struct sf_member item;
	enum sf_verdict verdict;

	if (!take_char(in, '('))
		return false;
	start = *in;
	do
		verdict = sf_inner_next(in, &item);
	while (verdict == SF_TAKEN);
	member->is_inner_list = true;
	member->value = (struct sf_value){0};
	member->inner = between(start, *in);
	return verdict == SF_END && take_char(in, ')') &&
	       take_parameters(in, &member->parameters);
}

static bool
take_member(struct bytes *in, struct sf_member *member)
{
	return is_one_of(*in, "(") ? take_inner_list(in, member)
				   : take_item(in, member);
}

/* Goes over the comma to the next member, which then must be there. */
static bool
take_comma(struct bytes *in)
{
	skip_all(in, " \t");
	if (in->left == 0)
		return true;
	if (!take_char(in, ','))
		return false;
	skip_all(in, " \t");
	return in->left > 0;
}

enum sf_verdict
sf_list_next(struct bytes *in, struct sf_member *member)
{
	skip_all(in, " ");
	if (in->left == 0)
		return SF_END;
	*member = (struct sf_member){0};
	return take_member(in, member) && take_comma(in) ? SF_TAKEN
							 : SF_MALFORMED;
}

enum sf_verdict
sf_dictionary_next(struct bytes *in, struct sf_member *member)
{
	skip_all(in, " ");
	if (in->left == 0)
		return SF_END;
	*member = (struct sf_member){0};
	if (!take_key(in, &member->key))
		return SF_MALFORMED;
	if (!take_char(in, '=')) {
		member->value =
		    (struct sf_value){.type = SF_BOOLEAN, .truth = true};
		if (!take_parameters(in, &member->parameters))
			return SF_MALFORMED;
	} else if (!take_member(in, member)) {
		return SF_MALFORMED;
	}
	return take_comma(in) ? SF_TAKEN : SF_MALFORMED;
}

enum sf_verdict
sf_item_read(struct bytes field, struct sf_member *item)
{
	*item = (struct sf_member){0};
	skip_all(&field, " ");
	if (!take_item(&field, item))
		return SF_MALFORMED;
	skip_all(&field, " ");
	return field.left == 0 ? SF_TAKEN : SF_MALFORMED;
}
