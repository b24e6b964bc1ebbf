/* SPDX-License-Identifier: MIT */
/*
 * Idempotency-Key and If-Match with any value.
 *
 * Properties: a key that is read lies inside its field and is within limits; a
 * condition that holds names the tag, and one that can be read never holds for
 * a tag that does not stand in it.
 */
#include <string.h>

#include "entity_tag.h"
#include "idempotency_key.h"
#include "property.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes value = {data, size}, key;
	struct http_message m = {.kind = HTTP_REQUEST, .field_count = 2};

	m.fields[0] = (struct http_field){bytes_of("Idempotency-Key"), value};
	m.fields[1] = (struct http_field){bytes_of("If-Match"), value};
	if (idempotency_key_read(&m, &key) == IDEMPOTENCY_KEY_READ) {
		check(key.left > 0 && key.left <= IDEMPOTENCY_KEY_MAX);
		check(key.at >= data &&
		      (size_t)(key.at - data) + key.left <= size);
		/*
		 * A string that is a key reads as one tag, if it has no blanks
		 * and no backslash: then it holds for itself.
		 */
		if (memchr(key.at, ' ', key.left) == NULL &&
		    memchr(key.at, '\\', key.left) == NULL &&
		    size == key.left + 2)
			check(if_match_judge(&m, key) == IF_MATCH_HOLDS);
	}
	if (if_match_judge(&m, bytes_of("v7")) == IF_MATCH_HOLDS)
		check(bytes_equal_text(value, "*") ||
		      memmem(data, size, "\"v7\"", 4) != NULL);
	return 0;
}
