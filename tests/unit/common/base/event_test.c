/* SPDX-License-Identifier: MIT */
/* The event log: one line of JSON an event, of a size that pipes keep whole. */
#include "event.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

static int log_pipe[2];

/* The log may be opened once a process, so all tests but the first share it. */
static void
without_a_log_events_are_dropped(void **state)
{
	(void)state;
	unsetenv("REPLAYLAB_EVENTS");
	assert_int_equal(event_log_open("test"), 0);
	event_begin("request");
	event_text("a", "b");
	event_bytes("c", bytes_of("d"));
	event_number("e", 1);
	event_bool("f", true);
	event_end();
	event_ready();
}

static void
a_place_that_cannot_be_used_is_refused(void **state)
{
	(void)state;
	setenv("REPLAYLAB_EVENTS", "/nonexistent/events", 1);
	assert_int_equal(event_log_open("test"), -1);
	setenv("REPLAYLAB_EVENTS", "987", 1);
	assert_int_equal(event_log_open("test"), -1);
}

static void
open_pipe(void)
{
	char number[16];

	assert_int_equal(pipe(log_pipe), 0);
	snprintf(number, sizeof(number), "%d", log_pipe[1]);
	setenv("REPLAYLAB_EVENTS", number, 1);
	assert_int_equal(event_log_open("test"), 0);
}

/* What one event wrote: a line, whole, and JSON.  The caller deletes it. */
static cJSON *
read_line(void)
{
	char line[EVENT_LINE_MAX + 1];
	ssize_t n = read(log_pipe[0], line, sizeof(line));
	cJSON *event;

	assert_in_range(n, 2, EVENT_LINE_MAX);
	assert_true(line[n - 1] == '\n');
	line[n - 1] = '\0';
	assert_null(strchr(line, '\n'));
	event = cJSON_Parse(line);
	assert_non_null(event);
	return event;
}

static const char *
text(const cJSON *event, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItem(event, name));
}

static double
number(const cJSON *event, const char *name)
{
	return cJSON_GetNumberValue(cJSON_GetObjectItem(event, name));
}

static void
an_event_carries_its_fields_and_where_it_comes_from(void **state)
{
	char host[64] = "";
	cJSON *event;

	(void)state;
	open_pipe();
	gethostname(host, sizeof(host) - 1);
	event_begin("request");
	event_text("verdict", "accepted");
	event_text("left_out", NULL);
	event_number("status", 201);
	event_bool("resumed", true);
	event_bytes("path", bytes_of("/\n\"\xff"));
	event_end();
	event = read_line();
	assert_int_equal(number(event, "v"), 1);
	assert_int_equal(number(event, "seq"), 0);
	assert_int_equal(number(event, "pid"), getpid());
	assert_string_equal(text(event, "host"), host);
	assert_string_equal(text(event, "program"), "test");
	assert_string_equal(text(event, "event_type"), "request");
	assert_int_equal(strlen(text(event, "timestamp")), 30);
	assert_string_equal(text(event, "verdict"), "accepted");
	assert_null(cJSON_GetObjectItem(event, "left_out"));
	assert_int_equal(number(event, "status"), 201);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(event, "resumed")));
	assert_string_equal(text(event, "path"), "/\n\"\xc3\xbf");
	cJSON_Delete(event);
}

static void
seq_counts_the_events(void **state)
{
	(void)state;
	for (int i = 1; i < 4; i++) {
		cJSON *event;

		event_ready();
		event = read_line();
		assert_int_equal(number(event, "seq"), i);
		assert_string_equal(text(event, "event_type"), "ready");
		cJSON_Delete(event);
	}
}

static void
no_field_makes_a_line_too_long(void **state)
{
	static uint8_t huge[10000];
	cJSON *event;

	(void)state;
	memset(huge, 0xff, sizeof(huge));
	for (size_t n = 0; n < sizeof(huge); n += 97) {
		event_begin("request");
		event_bytes("path", (struct bytes){huge, n});
		event_bytes("other", (struct bytes){huge, n});
		event_text("verdict", "malformed");
		event_number("status", 400);
		event_end();
		event = read_line();
		assert_int_equal(number(event, "status"), 400);
		if (n > 1000)
			assert_true(cJSON_IsTrue(
			    cJSON_GetObjectItem(event, "truncated")));
		cJSON_Delete(event);
	}
}

static void
a_file_is_appended_to(void **state)
{
	char path[] = "/tmp/event_test.XXXXXX";
	char content[EVENT_LINE_MAX] = "";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "before\n", 7), 7);
	setenv("REPLAYLAB_EVENTS", path, 1);
	assert_int_equal(event_log_open("test"), 0);
	event_ready();
	assert_true(pread(fd, content, sizeof(content) - 1, 0) > 7);
	assert_memory_equal(content, "before\n{", 8);
	close(fd);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_log_events_are_dropped),
	    cmocka_unit_test(a_place_that_cannot_be_used_is_refused),
	    cmocka_unit_test(
		an_event_carries_its_fields_and_where_it_comes_from),
	    cmocka_unit_test(seq_counts_the_events),
	    cmocka_unit_test(no_field_makes_a_line_too_long),
	    cmocka_unit_test(a_file_is_appended_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
