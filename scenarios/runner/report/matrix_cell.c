/* SPDX-License-Identifier: MIT */
/* From evidence to a cell.  The ledger says what took effect. */
#include "matrix_cell.h"

#include "evidence/read_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define EVIDENCE_MAX (64 << 20)

const char *
matrix_effect_name(enum matrix_effect effect)
{
	switch (effect) {
	case MATRIX_NOTHING_MORE:
		return "nothing-more";
	case MATRIX_AGAIN:
		return "again";
	case MATRIX_LATE:
		return "late";
	case MATRIX_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

static bool
is_control(const char *id)
{
	return strncmp(id, "control-", strlen("control-")) == 0;
}

/* Had its client given up before any backend carried it out? */
static bool
is_late(const struct evidence *e, const char *id)
{
	bool given_up = false;

	for (size_t i = 0; i < e->count; i++) {
		const cJSON *event = e->events[i];

		if (!event_text_is(event, "id", id))
			continue;
		if (event_is(event, "transfer") &&
		    event_text_is(event, "outcome", "connection-lost"))
			given_up = true;
		if (event_is(event, "request") &&
		    event_text_is(event, "role", "backend") &&
		    event_text_is(event, "verdict", "accepted"))
			return given_up;
	}
	return false;
}

static void
judge_effect(
    struct matrix_cell *c, const cJSON *result, const struct evidence *events)
{
	const cJSON *entry;

	cJSON_ArrayForEach(
	    entry, cJSON_GetObjectItemCaseSensitive(result, "executed"))
	{
		const char *id = event_get_text(entry, "id");
		int64_t times = event_get_number(entry, "times");

		if (is_control(id))
			continue;
		if (times > 1)
			c->again += (long)times - 1;
		else if (times == 1 && is_late(events, id))
			c->effect = MATRIX_LATE;
	}
	if (c->again > 0)
		c->effect = MATRIX_AGAIN;
}

/*
 * What a client was told with a 4xx (RFC 9110 section 15.5): that the fault is
 * its own.  A server that is down says 5xx, and defends nothing by it.
 */
static long
count_refused(const struct evidence *e)
{
	long count = 0;

	for (size_t i = 0; i < e->count; i++)
		count += event_is(e->events[i], "transfer") &&
			 event_text_is(e->events[i], "outcome", "refused") &&
			 event_get_number(e->events[i], "status") / 100 == 4;
	return count;
}

void
matrix_cell_judge(
    struct matrix_cell *c, const cJSON *result, const struct evidence *events)
{
	snprintf(c->result, sizeof(c->result), "%s",
	    event_get_text(result, "result"));
	snprintf(c->reason, sizeof(c->reason), "%s",
	    event_get_text(result, "reason"));
	snprintf(c->stopped_by, sizeof(c->stopped_by), "%s",
	    event_get_text(result, "stopped_by"));
	c->differs = strcmp(c->result, "PASS") != 0 &&
		     strcmp(c->result, "XFAIL") != 0 &&
		     strcmp(c->result, "SKIP") != 0;
	if (*c->result == '\0' || strcmp(c->result, "SKIP") == 0) {
		c->effect = MATRIX_UNKNOWN;
		return;
	}
	c->effect = MATRIX_NOTHING_MORE;
	c->refused = count_refused(events);
	judge_effect(c, result, events);
}

void
matrix_cell_read(struct matrix_cell *c, const char *folder)
{
	struct buffer text = {0}, lines = {0};
	struct evidence events;
	char path[PATH_MAX];
	cJSON *result = NULL;

	snprintf(path, sizeof(path), "%s/result.json", folder);
	if (read_file(path, EVIDENCE_MAX, &text) == 0)
		result = cJSON_Parse(buffer_text(&text));
	snprintf(path, sizeof(path), "%s/events.jsonl", folder);
	(void)read_file(path, EVIDENCE_MAX, &lines);
	evidence_read(&events, buffer_bytes(&lines));
	matrix_cell_judge(c, result, &events);
	if (result == NULL)
		snprintf(c->reason, sizeof(c->reason), "the runner failed");
	cJSON_Delete(result);
	evidence_close(&events);
	buffer_clear(&lines);
	buffer_clear(&text);
}

const char *
matrix_cell_words(const struct matrix_cell *c, char into[MATRIX_CELL_WORDS])
{
	char effect[24] = "", refused[24] = "";

	switch (c->effect) {
	case MATRIX_NOTHING_MORE:
		snprintf(effect, sizeof(effect), "0");
		break;
	case MATRIX_AGAIN:
		snprintf(effect, sizeof(effect), "+%ld", c->again);
		break;
	case MATRIX_LATE:
		snprintf(effect, sizeof(effect), "late");
		break;
	case MATRIX_UNKNOWN:
		snprintf(effect, sizeof(effect), "?");
		break;
	}
	if (c->refused > 0)
		snprintf(refused, sizeof(refused), " r%ld", c->refused);
	snprintf(into, MATRIX_CELL_WORDS, "%s%s%s", effect, refused,
	    c->differs ? "*" : "");
	return into;
}
