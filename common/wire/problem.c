/* SPDX-License-Identifier: MIT */
/* Problem documents: written with our JSON, read with cJSON. */
#include "problem.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "json.h"

#define TYPE_PREFIX "urn:replaylab:problem:"

void
problem_draft(
    struct http_draft *d, int status, const char *word, const char *detail)
{
	struct buffer json = {0}, type = {0};

	buffer_printf(&type, TYPE_PREFIX "%s", word);
	json_open(&json, '{');
	json_member_text(&json, "type", buffer_text(&type));
	json_member_text(&json, "title", word);
	json_member_number(&json, "status", status);
	if (detail != NULL)
		json_member_text(&json, "detail", detail);
	json_close(&json, '}');
	http_draft_response(d, status);
	http_draft_content(d, PROBLEM_MEDIA_TYPE, buffer_bytes(&json));
	buffer_clear(&type);
	buffer_clear(&json);
}

static bool
take_word(const char *type, char *word, size_t size)
{
	const char *found;

	if (type == NULL ||
	    strncmp(type, TYPE_PREFIX, strlen(TYPE_PREFIX)) != 0)
		return false;
	found = type + strlen(TYPE_PREFIX);
	if (*found == '\0' || strlen(found) >= size ||
	    found[strspn(found, "abcdefghijklmnopqrstuvwxyz0123456789-")] !=
		'\0')
		return false;
	memcpy(word, found, strlen(found) + 1);
	return true;
}

bool
problem_read(struct bytes content, char *word, size_t size)
{
	cJSON *json =
	    cJSON_ParseWithLength((const char *)content.at, content.left);
	bool is_problem =
	    take_word(cJSON_GetStringValue(
			  cJSON_GetObjectItemCaseSensitive(json, "type")),
		word, size);

	cJSON_Delete(json);
	return is_problem;
}
