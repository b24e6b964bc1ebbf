/* SPDX-License-Identifier: MIT */
/* One row for each key id that proved who it is. */
#include "counters.h"

#include <err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define OWNER_SIZE 32 /* SHA-256 of the key id */

struct counters {
	size_t count;
	struct {
		uint8_t owner[EVP_MAX_MD_SIZE];
		uint64_t last;
	} row[COUNTERS_KEYS];
};

struct counters *
counters_new(void)
{
	struct counters *c = calloc(1, sizeof(*c));

	if (c == NULL)
		warn("counters");
	return c;
}

void
counters_free(struct counters *c)
{
	free(c);
}

static bool
read_number(struct bytes text, uint64_t *number)
{
	uint8_t digit;

	if (text.left == 0 || text.left > COUNTERS_DIGITS || text.at[0] == '0')
		return false;
	for (*number = 0; bytes_take_u8(&text, &digit);
	     *number = *number * 10 + digit - '0')
		if (digit < '0' || digit > '9')
			return false;
	return true;
}

/* NULL: there is no room for another. */
static uint64_t *
find_last(struct counters *c, struct bytes keyid)
{
	uint8_t owner[EVP_MAX_MD_SIZE];

	if (EVP_Digest(keyid.at, keyid.left, owner, NULL, EVP_sha256(), NULL) !=
	    1)
		abort(); /* a row of stale bytes would be worse */
	for (size_t i = 0; i < c->count; i++)
		if (memcmp(c->row[i].owner, owner, OWNER_SIZE) == 0)
			return &c->row[i].last;
	if (c->count == COUNTERS_KEYS)
		return NULL;
	memcpy(c->row[c->count].owner, owner, OWNER_SIZE);
	return &c->row[c->count++].last;
}

enum counter_verdict
counters_advance(struct counters *c, struct bytes keyid, struct bytes number)
{
	uint64_t value, *last;

	if (!read_number(number, &value))
		return COUNTER_MALFORMED;
	if ((last = find_last(c, keyid)) == NULL)
		return COUNTER_FULL;
	if (value <= *last)
		return COUNTER_NOT_HIGHER;
	*last = value;
	return COUNTER_HIGHER;
}
