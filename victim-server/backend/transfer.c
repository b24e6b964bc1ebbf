/* SPDX-License-Identifier: MIT */
/* Reading what clients and users write: transfers, names and amounts. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend/bank.h"

static const char name_letters[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-";

bool
account_name_read(struct bytes name, char into[BANK_TEXT_SIZE])
{
	if (name.left == 0 || name.left >= BANK_TEXT_SIZE ||
	    memchr(name.at, '\0', name.left) != NULL)
		return false;
	memcpy(into, name.at, name.left);
	into[name.left] = '\0';
	return into[strspn(into, name_letters)] == '\0';
}

bool
account_read(const char *text, struct account *a)
{
	struct bytes rest = bytes_of(text), name;
	const char *digits;
	char *end;

	if (!bytes_take_until(&rest, '=', &name) ||
	    !account_name_read(name, a->name))
		return false;
	digits = strchr(text, '=') + 1;
	errno = 0;
	a->balance = strtoll(digits, &end, 10);
	return end != digits && *end == '\0' && errno == 0 && a->balance >= 0 &&
	       a->balance <= BANK_AMOUNT_MAX;
}

static bool
take_name(const cJSON *object, const char *member, char into[BANK_TEXT_SIZE])
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, member));

	return text != NULL && account_name_read(bytes_of(text), into);
}

static bool
take_amount(const cJSON *object, int64_t *amount)
{
	double number = cJSON_GetNumberValue(
	    cJSON_GetObjectItemCaseSensitive(object, "amount"));

	/* No number is NaN here, and fails every comparison. */
	if (!(number >= 1 && number <= (double)BANK_AMOUNT_MAX))
		return false;
	*amount = (int64_t)number;
	return (double)*amount == number;
}

/*
 * A NUL that was written as an escape: cJSON would end the text there, and what
 * is booked would not be all that was signed.
 */
static bool
has_nul(struct bytes json)
{
	static const char nul[] = "\\u0000";

	return memmem(json.at, json.left, nul, strlen(nul)) != NULL;
}

static bool
read_digits(struct bytes digits, int64_t *amount)
{
	uint8_t c;

	*amount = 0;
	while (*amount <= BANK_AMOUNT_MAX && bytes_take_u8(&digits, &c)) {
		if (c < '0' || c > '9')
			return false;
		*amount = 10 * *amount + (c - '0');
	}
	return *amount >= 1 && *amount <= BANK_AMOUNT_MAX;
}

/* One name=value into its place, if that is still empty. */
static bool
read_pair(struct bytes pair, struct transfer *t)
{
	struct bytes name;

	if (!bytes_take_until(&pair, '=', &name))
		return false;
	if (bytes_equal_text(name, "amount"))
		return t->amount == 0 && read_digits(pair, &t->amount);
	if (bytes_equal_text(name, "id"))
		return t->id[0] == '\0' && account_name_read(pair, t->id);
	if (bytes_equal_text(name, "from"))
		return t->from[0] == '\0' && account_name_read(pair, t->from);
	return bytes_equal_text(name, "to") && t->to[0] == '\0' &&
	       account_name_read(pair, t->to);
}

bool
transfer_read_query(struct bytes query, struct transfer *t)
{
	struct bytes pair;

	*t = (struct transfer){0};
	while (bytes_take_until(&query, '&', &pair))
		if (!read_pair(pair, t))
			return false;
	return read_pair(query, t) && t->id[0] != '\0' && t->from[0] != '\0' &&
	       t->to[0] != '\0' && t->amount != 0 &&
	       strcmp(t->from, t->to) != 0;
}

/* Four members, and four different ones found: none is there twice. */
bool
transfer_read(struct bytes content, struct transfer *t)
{
	const char *end = NULL;
	cJSON *json = cJSON_ParseWithLengthOpts(
	    (const char *)content.at, content.left, &end, false);
	struct bytes rest = content;
	uint8_t c;
	bool good =
	    json != NULL && cJSON_IsObject(json) && !has_nul(content) &&
	    cJSON_GetArraySize(json) == 4 && take_name(json, "id", t->id) &&
	    take_name(json, "from", t->from) && take_name(json, "to", t->to) &&
	    take_amount(json, &t->amount) && strcmp(t->from, t->to) != 0 &&
	    bytes_skip(&rest, (size_t)(end - (const char *)content.at));

	/* Nothing but white space behind it (RFC 8259 section 2). */
	while (good && bytes_take_u8(&rest, &c))
		good = memchr(" \t\r\n", c, 4) != NULL;
	cJSON_Delete(json);
	return good;
}
