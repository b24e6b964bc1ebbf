/* SPDX-License-Identifier: MIT */
/* Collecting event lines. */
#include "evidence.h"

#include "json.h"
#include "lab_clock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
evidence_open(struct evidence *e, const char *path)
{
	*e = (struct evidence){0};
	e->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (e->file == -1) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

void
evidence_close(struct evidence *e)
{
	for (size_t i = 0; i < e->count; i++)
		cJSON_Delete(e->events[i]);
	free(e->events);
	buffer_clear(&e->partial);
	if (e->file > 0)
		close(e->file);
	*e = (struct evidence){0};
}

static void
keep(struct evidence *e, cJSON *event)
{
	if (event == NULL || *event_get_text(event, "event_type") == '\0') {
		cJSON_Delete(event);
		e->unreadable++;
		return;
	}
	if (e->count == e->capacity) {
		e->capacity = e->capacity == 0 ? 256 : e->capacity * 2;
		e->events =
		    realloc(e->events, e->capacity * sizeof(e->events[0]));
		if (e->events == NULL)
			err(EX_SOFTWARE, "%zu events", e->capacity);
	}
	e->events[e->count++] = event;
}

int
evidence_take(struct evidence *e, struct bytes in)
{
	struct bytes whole;
	const uint8_t *end;
	size_t length;

	buffer_add_bytes(&e->partial, in);
	for (;;) {
		whole = buffer_bytes(&e->partial);
		end =
		    whole.left == 0 ? NULL : memchr(whole.at, '\n', whole.left);
		if (end == NULL)
			return 0;
		length = (size_t)(end - whole.at) + 1;
		if (write(e->file, whole.at, length) != (ssize_t)length) {
			warn("events.jsonl");
			return -1;
		}
		keep(e, cJSON_ParseWithLength((const char *)whole.at, length));
		buffer_drain(&e->partial, length);
	}
}

void
evidence_read(struct evidence *e, struct bytes lines)
{
	struct bytes line;

	*e = (struct evidence){.file = -1};
	while (bytes_take_until(&lines, '\n', &line))
		keep(
		    e, cJSON_ParseWithLength((const char *)line.at, line.left));
	if (lines.left > 0)
		e->unreadable++; /* it breaks off */
}

struct buffer *
evidence_begin(struct evidence *e, const char *type)
{
	struct buffer *line = calloc(1, sizeof(*line));
	char now[RFC3339_SIZE];

	if (line == NULL)
		err(EX_SOFTWARE, "event");
	json_open(line, '{');
	json_member_number(line, "v", 1);
	json_member_text(line, "timestamp", rfc3339(true_now(), now));
	json_member_number(line, "seq", e->seq++);
	json_member_text(line, "host", "lab");
	json_member_text(line, "program", "replaylab");
	json_member_number(line, "pid", getpid());
	json_member_text(line, "event_type", type);
	return line;
}

int
evidence_end(struct evidence *e, struct buffer *line)
{
	int outcome;

	json_close(line, '}');
	buffer_add_u8(line, '\n');
	outcome = evidence_take(e, buffer_bytes(line));
	buffer_clear(line);
	free(line);
	return outcome;
}

const char *
event_get_text(const cJSON *event, const char *name)
{
	return json_get_text(event, name);
}

/* Beyond these a double need not fit into 64 bits; exact are those within. */
#define NUMBER_MAX 9007199254740992.0 /* 2 to the 53 (RFC 8259 section 6) */

int64_t
event_get_number(const cJSON *event, const char *name)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(event, name);

	return cJSON_IsNumber(member) && member->valuedouble <= NUMBER_MAX &&
		       member->valuedouble >= -NUMBER_MAX
		   ? (int64_t)member->valuedouble
		   : 0;
}

bool
event_is(const cJSON *event, const char *type)
{
	return strcmp(event_get_text(event, "event_type"), type) == 0;
}

bool
event_text_is(const cJSON *event, const char *name, const char *value)
{
	return strcmp(event_get_text(event, name), value) == 0;
}

bool
event_same_text(const cJSON *a, const cJSON *b, const char *name)
{
	return *event_get_text(a, name) != '\0' &&
	       event_text_is(b, name, event_get_text(a, name));
}

bool
event_same_flow(const cJSON *a, const cJSON *b)
{
	return *event_get_text(a, "src_ip") != '\0' &&
	       strcmp(event_get_text(a, "src_ip"),
		   event_get_text(b, "src_ip")) == 0 &&
	       strcmp(event_get_text(a, "dest_ip"),
		   event_get_text(b, "dest_ip")) == 0 &&
	       strcmp(event_get_text(a, "proto"), event_get_text(b, "proto")) ==
		   0 &&
	       event_get_number(a, "src_port") ==
		   event_get_number(b, "src_port") &&
	       event_get_number(a, "dest_port") ==
		   event_get_number(b, "dest_port");
}
