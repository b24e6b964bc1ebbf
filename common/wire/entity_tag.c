/* SPDX-License-Identifier: MIT */
/* A list of entity tags, read to its end whether or not one has matched. */
#include "entity_tag.h"

#include <string.h>

static void
skip_blanks(struct bytes *in)
{
	while (in->left > 0 && strchr(" \t", in->at[0]) != NULL)
		bytes_skip(in, 1);
}

/* RFC 9110 section 8.8.3: etagc is all that is visible but the quote. */
static bool
is_opaque(struct bytes tag)
{
	uint8_t c;

	while (bytes_take_u8(&tag, &c))
		if (c < 0x21 || c == 0x7f)
			return false;
	return true;
}

static bool
take_tag(struct bytes *in, bool *weak, struct bytes *tag)
{
	struct bytes prefix;

	*weak = in->left >= 2 && in->at[0] == 'W';
	if (*weak &&
	    (!bytes_take(in, 2, &prefix) || !bytes_equal_text(prefix, "W/")))
		return false;
	return in->left > 0 && in->at[0] == '"' && bytes_skip(in, 1) &&
	       bytes_take_until(in, '"', tag) && is_opaque(*tag);
}

static enum if_match_verdict
judge_list(struct bytes in, struct bytes current)
{
	enum if_match_verdict verdict = IF_MATCH_FAILS;
	struct bytes tag;
	bool weak;

	for (;;) {
		skip_blanks(&in);
		if (!take_tag(&in, &weak, &tag))
			return IF_MATCH_MALFORMED;
		if (!weak && bytes_equal(tag, current))
			verdict = IF_MATCH_HOLDS;
		skip_blanks(&in);
		if (in.left == 0)
			return verdict;
		if (in.at[0] != ',' || !bytes_skip(&in, 1))
			return IF_MATCH_MALFORMED;
	}
}

enum if_match_verdict
if_match_judge(const struct http_message *request, struct bytes tag)
{
	size_t count;
	const struct http_field *field =
	    http_field(request, "If-Match", &count);

	if (field == NULL)
		return IF_MATCH_ABSENT;
	if (count > 1)
		return IF_MATCH_MALFORMED;
	if (bytes_equal_text(field->value, "*"))
		return IF_MATCH_HOLDS;
	return judge_list(field->value, tag);
}
