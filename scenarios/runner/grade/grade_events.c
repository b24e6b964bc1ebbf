/* SPDX-License-Identifier: MIT */
/* Events against each other, and against the ledgers. */
#include "grade_events.h"

#include "lab_clock.h"

#include <ctype.h>
#include <string.h>

/* Were both written by one program? */
static bool
is_same_program(const cJSON *a, const cJSON *b)
{
	return event_get_number(a, "pid") == event_get_number(b, "pid") &&
	       event_text_is(a, "host", event_get_text(b, "host")) &&
	       event_text_is(a, "program", event_get_text(b, "program"));
}

/* What its program wrote before event i; NULL: nothing. */
static const cJSON *
before(const struct evidence *e, size_t i)
{
	for (size_t at = i; at-- > 0;)
		if (is_same_program(e->events[at], e->events[i]))
			return e->events[at];
	return NULL;
}

/* "2026-11-26T14:37:22.968807389Z", which sorts as time does. */
static bool
is_time(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00.000000000Z";

	if (strlen(text) != strlen(form))
		return false;
	for (const char *f = form; *f != '\0'; f++, text++)
		if (*f == '0' ? !isdigit((unsigned char)*text) : *f != *text)
			return false;
	return true;
}

void
grade_events_order(const struct evidence *e, struct grade_notes *notes)
{
	for (size_t i = 0; i < e->count; i++) {
		const cJSON *event = e->events[i], *last = before(e, i);
		const char *at = event_get_text(event, "timestamp");
		int64_t due =
		    last == NULL ? 0 : event_get_number(last, "seq") + 1;

		if (event_get_number(event, "seq") != due) {
			grade_note(notes, "events",
			    "event %lld of %s on %s is not there (line %zu)",
			    (long long)due, event_get_text(event, "program"),
			    event_get_text(event, "host"), i + 1);
			return;
		}
		if (!is_time(at) ||
		    (last != NULL &&
			strcmp(at, event_get_text(last, "timestamp")) < 0)) {
			grade_note(notes, "events",
			    "line %zu is out of its time", i + 1);
			return;
		}
	}
}

/* Has a backend said that it carried out a transfer? */
static bool
is_accepted(const cJSON *event, const char *id)
{
	return event_is(event, "request") &&
	       event_text_is(event, "role", "backend") &&
	       event_text_is(event, "verdict", "accepted") &&
	       *event_get_text(event, "id") != '\0' &&
	       (id == NULL || event_text_is(event, "id", id));
}

static long
accepted(const struct evidence *e, const char *id)
{
	long times = 0;

	for (size_t i = 0; i < e->count; i++)
		times += is_accepted(e->events[i], id);
	return times;
}

static bool
compare(const struct evidence *e, const struct executions *x, const char *id,
    struct grade_notes *notes)
{
	long events = accepted(e, id), rows = executions_of(x, id);

	if (events != rows)
		grade_note(notes, "ledger",
		    "%.32s took effect %ld times by the ledger, %ld by the "
		    "events",
		    id, rows, events);
	return events == rows;
}

void
grade_events_ledger(const struct evidence *e, const struct executions *x,
    struct grade_notes *notes)
{
	for (size_t i = 0; i < x->count; i++)
		if (!compare(e, x, x->rows[i].id, notes))
			return;
	for (size_t i = 0; i < e->count; i++)
		if (is_accepted(e->events[i], NULL) &&
		    !compare(e, x, event_get_text(e->events[i], "id"), notes))
			return;
}

void
grade_events_within(const struct evidence *e, const char *from,
    const char *until, struct grade_notes *notes)
{
	for (size_t i = 0; i < e->count; i++) {
		const char *at = event_get_text(e->events[i], "timestamp");

		if (strcmp(at, from) >= 0 && strcmp(at, until) <= 0)
			continue;
		grade_note(notes, "capture",
		    "it is of another time than the events (line %zu)", i + 1);
		return;
	}
}

void
grade_events_mark(const struct evidence *e, struct grade_marks *marks)
{
	static const char *const members[] = {
	    "timestamp", "host", "event_type"};
	struct bytes parts[3];
	char name[FINGERPRINT_SIZE];

	for (size_t i = 0; i < e->count; i++) {
		for (size_t m = 0; m < 3; m++)
			parts[m] =
			    bytes_of(event_get_text(e->events[i], members[m]));
		grade_mark(
		    marks, GRADE_MARK_EVENT, fingerprint(parts, 3, name));
	}
}
