/* SPDX-License-Identifier: MIT */
/* The event log: a JSON line built in one buffer and written at once. */
#include "event.h"

#include "json.h"
#include "lab_clock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	int fd;
	const char *program;
	char host[64];
	int64_t seq;
	struct buffer line;
} event_log = {.fd = -1};

int
event_log_open(const char *program)
{
	const char *place = getenv("REPLAYLAB_EVENTS");
	char *end;
	long fd;

	event_log.program = program;
	if (gethostname(event_log.host, sizeof(event_log.host) - 1) == -1)
		strcpy(event_log.host, "unknown");
	if (place == NULL || *place == '\0')
		return 0;
	fd = strtol(place, &end, 10);
	if (*end != '\0')
		fd = open(
		    place, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	else if (fcntl((int)fd, F_SETFD, FD_CLOEXEC) == -1)
		fd = -1;
	if (fd == -1) {
		warn("REPLAYLAB_EVENTS: %s", place);
		return -1;
	}
	event_log.fd = (int)fd;
	return 0;
}

bool
event_log_is_open(void)
{
	return event_log.fd != -1;
}

void
event_begin(const char *type)
{
	struct buffer *line = &event_log.line;
	char now[RFC3339_SIZE];

	if (event_log.fd == -1)
		return;
	buffer_reset(line);
	json_open(line, '{');
	json_member_number(line, "v", 1);
	json_member_text(line, "timestamp", rfc3339(true_now(), now));
	json_member_number(line, "seq", event_log.seq++);
	json_member_text(line, "host", event_log.host);
	json_member_text(line, "program", event_log.program);
	json_member_number(line, "pid", getpid());
	json_member_text(line, "event_type", type);
}

void
event_bytes(const char *name, struct bytes value)
{
	struct bytes held = buffer_bytes(&event_log.line);
	/* A byte takes up to six when escaped; leave room for what follows. */
	size_t room = EVENT_LINE_MAX - held.left - 1024;

	if (event_log.fd == -1)
		return;
	if (held.left + 1024 > EVENT_LINE_MAX)
		return;
	if (value.left > room / 6) {
		value.left = room / 6;
		json_member_bool(&event_log.line, "truncated", true);
	}
	json_member_bytes(&event_log.line, name, value);
}

void
event_text(const char *name, const char *value)
{
	if (value != NULL)
		event_bytes(name, bytes_of(value));
}

void
event_number(const char *name, int64_t value)
{
	if (event_log.fd != -1)
		json_member_number(&event_log.line, name, value);
}

void
event_bool(const char *name, bool value)
{
	if (event_log.fd != -1)
		json_member_bool(&event_log.line, name, value);
}

/*
 * A log that cannot be written ends the program: whatever it did next would
 * have no evidence.
 */
void
event_end(void)
{
	struct bytes line;
	ssize_t written;

	if (event_log.fd == -1)
		return;
	json_close(&event_log.line, '}');
	buffer_add_u8(&event_log.line, '\n');
	line = buffer_bytes(&event_log.line);
	do
		written = write(event_log.fd, line.at, line.left);
	while (written == -1 && errno == EINTR);
	if (written != (ssize_t)line.left)
		err(70, "event log");
}

void
event_only(const char *type)
{
	event_begin(type);
	event_end();
}
