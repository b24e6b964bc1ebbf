/* SPDX-License-Identifier: MIT */
/* One string, between limits. */
#include "idempotency_key.h"

#include "structured_field.h"

enum idempotency_key_verdict
idempotency_key_read(const struct http_message *request, struct bytes *key)
{
	size_t count;
	const struct http_field *field =
	    http_field(request, "Idempotency-Key", &count);
	struct sf_member item;

	if (field == NULL)
		return IDEMPOTENCY_KEY_ABSENT;
	if (count > 1 || sf_item_read(field->value, &item) != SF_TAKEN ||
	    item.value.type != SF_STRING || item.value.text.left == 0 ||
	    item.value.text.left > IDEMPOTENCY_KEY_MAX)
		return IDEMPOTENCY_KEY_MALFORMED;
	*key = item.value.text;
	return IDEMPOTENCY_KEY_READ;
}
