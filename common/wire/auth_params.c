/* SPDX-License-Identifier: MIT */
/* name=token or name="text", with commas between. */
#include "auth_params.h"

#include <string.h>

/* RFC 9110 section 5.6.2 */
static bool
is_token_byte(uint8_t c)
{
	return c != '\0' && strchr("!#$%&'*+-.^_`|~0123456789"
				   "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
				c) != NULL;
}

static void
skip_blanks(struct bytes *in)
{
	while (in->left > 0 && (in->at[0] == ' ' || in->at[0] == '\t'))
		bytes_skip(in, 1);
}

static bool
take_token(struct bytes *in, struct bytes *token)
{
	size_t length = 0;

	while (length < in->left && is_token_byte(in->at[length]))
		length++;
	return length > 0 && bytes_take(in, length, token);
}

static bool
take_quoted(struct bytes *in, struct bytes *text)
{
	return bytes_skip(in, 1) && bytes_take_until(in, '"', text) &&
	       memchr(text->at, '\\', text->left) == NULL;
}

bool
auth_scheme_take(struct bytes *in, const char *scheme)
{
	struct bytes rest = *in, found;

	if (!take_token(&rest, &found) ||
	    !bytes_equal_text_nocase(found, scheme) ||
	    (rest.left > 0 && rest.at[0] != ' '))
		return false;
	skip_blanks(&rest);
	*in = rest;
	return true;
}

enum auth_param_verdict
auth_params_next(struct bytes *in, struct auth_param *param)
{
	struct bytes rest = *in;

	skip_blanks(&rest);
	if (rest.left == 0)
		return AUTH_PARAM_END;
	if (!take_token(&rest, &param->name) || rest.left < 2 ||
	    rest.at[0] != '=' || !bytes_skip(&rest, 1))
		return AUTH_PARAM_MALFORMED;
	if (!(rest.at[0] == '"' ? take_quoted(&rest, &param->value)
				: take_token(&rest, &param->value)))
		return AUTH_PARAM_MALFORMED;
	skip_blanks(&rest);
	if (rest.left > 0 &&
	    (rest.at[0] != ',' || !bytes_skip(&rest, 1) || rest.left == 0))
		return AUTH_PARAM_MALFORMED;
	*in = rest;
	return AUTH_PARAM_TAKEN;
}

bool
auth_param_find(struct bytes params, const char *name, struct bytes *value)
{
	enum auth_param_verdict verdict;
	struct auth_param param;
	size_t count = 0;

	while (
	    (verdict = auth_params_next(&params, &param)) == AUTH_PARAM_TAKEN)
		if (bytes_equal_text_nocase(param.name, name)) {
			*value = param.value;
			count++;
		}
	return verdict == AUTH_PARAM_END && count == 1;
}
