/* SPDX-License-Identifier: MIT */
/*
 * Reads lines "item TEXT", "list TEXT" or "dictionary TEXT", the text in JSON,
 * and prints for each "= " and its canonical form as one field value (RFC 9651
 * section 4.1), or "malformed".
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "structured_field.h"

#define MEMBERS_MAX 4096

/* A member as it is written; of one key only the last, where the first was. */
static struct member {
	struct bytes key;
	struct buffer text;
} members[MEMBERS_MAX];
static size_t count;

static struct member *
place_of(struct bytes key)
{
	for (size_t i = 0; key.left > 0 && i < count; i++)
		if (bytes_equal(members[i].key, key))
			return &members[i];
	if (count == MEMBERS_MAX)
		abort();
	return &members[count++];
}

static void
keep(const struct sf_member *member)
{
	struct member *m = place_of(member->key);

	m->key = member->key;
	buffer_reset(&m->text);
	sf_write_member(&m->text, member);
}

static bool
read_all(struct bytes in,
    enum sf_verdict (*next)(struct bytes *in, struct sf_member *member))
{
	struct sf_member member;
	enum sf_verdict verdict;

	while ((verdict = next(&in, &member)) == SF_TAKEN)
		keep(&member);
	return verdict == SF_END;
}

static bool
read_field(const char *type, struct bytes text)
{
	struct sf_member item;

	count = 0;
	if (strcmp(type, "dictionary") == 0)
		return read_all(text, sf_dictionary_next);
	if (strcmp(type, "list") == 0)
		return read_all(text, sf_list_next);
	if (sf_item_read(text, &item) != SF_TAKEN)
		return false;
	keep(&item);
	return true;
}

/* In a dictionary, true is not written (section 4.1.2). */
static void
print_member(struct member *m)
{
	const char *text = buffer_text(&m->text);
	bool truth = m->key.left > 0 && strncmp(text, "?1", 2) == 0;

	printf("%.*s%s%s", (int)m->key.left, (const char *)m->key.at,
	    m->key.left > 0 && !truth ? "=" : "", truth ? text + 2 : text);
}

static void
answer(const char *type, struct bytes text)
{
	if (!read_field(type, text)) {
		puts("malformed");
		return;
	}
	printf("= ");
	for (size_t i = 0; i < count; i++) {
		printf("%s", i > 0 ? ", " : "");
		print_member(&members[i]);
	}
	puts("");
}

int
main(void)
{
	char *line = NULL, *text;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		cJSON *json = NULL;

		if ((text = strchr(line, ' ')) != NULL) {
			*text = '\0';
			json = cJSON_Parse(text + 1);
		}
		if (!cJSON_IsString(json))
			return 2;
		answer(line, bytes_of(json->valuestring));
		cJSON_Delete(json);
	}
	free(line);
	return 0;
}
