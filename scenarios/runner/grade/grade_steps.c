/* SPDX-License-Identifier: MIT */
/* The steps of a story, found again in its events. */
#include "grade_steps.h"

#include "ground/network.h"
#include "story/expectation.h"
#include "tls_suites.h"

#include <string.h>

static bool
starts_one(const struct scenario_step *step, const char *host)
{
	switch (step->verb) {
	case VERB_START:
	case VERB_RUN:
	case VERB_CONTROL:
		return strcmp(step->actor, host) == 0;
	case VERB_STEP:
	case VERB_STOP:
	case VERB_WAIT:
	case VERB_CLOCK:
	case VERB_EXPECT:
		return false;
	}
	return false;
}

/* Each program numbers its events from 0. */
static void
count_programs(const struct scenario *s, const char *host,
    const struct evidence *e, struct grade_notes *notes)
{
	size_t ran = 0, due = 0;

	for (size_t i = 0; i < s->step_count; i++)
		due += starts_one(&s->steps[i], host);
	for (size_t i = 0; i < e->count; i++)
		ran += event_get_number(e->events[i], "seq") == 0 &&
		       event_text_is(e->events[i], "host", host);
	if (ran != due)
		grade_note(notes, "steps",
		    "%zu programs ran on %s, the story has %zu", ran, host,
		    due);
}

/* The next event of that type behind the one before; e->count: none. */
static size_t
next_of(const struct evidence *e, size_t from, const char *type)
{
	while (from < e->count && !event_is(e->events[from], type))
		from++;
	return from;
}

static bool
is_moved(const struct scenario *s, const struct scenario_step *step,
    const char *value, const cJSON *event)
{
	char into[SCENARIO_LINE_MAX];
	const char *word =
	    scenario_word(s, step->words[0], value, into, sizeof(into));
	int64_t ahead;

	return word != NULL && expectation_read_seconds(word, &ahead) &&
	       event_text_is(event, "on", step->actor) &&
	       event_get_number(event, "ahead_ns") == ahead;
}

static void
follow_clocks(const struct scenario *s, const char *value,
    const struct evidence *e, struct grade_notes *notes)
{
	size_t at = next_of(e, 0, "clock");

	for (size_t i = 0; i < s->step_count; i++) {
		const struct scenario_step *step = &s->steps[i];

		if (step->verb != VERB_CLOCK)
			continue;
		if (at == e->count ||
		    !is_moved(s, step, value, e->events[at])) {
			grade_note(notes, "steps",
			    "a clock was not moved as in line %u", step->line);
			return;
		}
		at = next_of(e, at + 1, "clock");
	}
	if (at < e->count)
		grade_note(
		    notes, "steps", "a clock was moved that the story leaves");
}

/* "tls12-cbc", and of "nginx+tls13" the part that is a suite. */
static const char *
suite_in(const char *value)
{
	const char *plus = value == NULL ? NULL : strrchr(value, '+');

	return plus == NULL ? value : plus + 1;
}

static void
find_suite(
    const char *value, const struct evidence *e, struct grade_notes *notes)
{
	const char *suite = suite_in(value), *cipher;

	if (suite == NULL || !tls_suites_cipher(suite, &cipher))
		return;
	for (size_t i = 0; i < e->count; i++) {
		const cJSON *event = e->events[i];

		if (event_is(event, "tls_handshake") &&
		    (cipher == NULL
			    ? event_text_is(event, "version", "TLSv1.3")
			    : event_text_is(event, "cipher_suite", cipher)))
			return;
	}
	grade_note(notes, "steps", "no handshake was that of %s", suite);
}

void
grade_steps(const struct scenario *s, const char *value,
    const struct evidence *e, struct grade_notes *notes)
{
	for (size_t h = 0; h < network_manifest.host_count; h++)
		count_programs(s, network_manifest.hosts[h].name, e, notes);
	follow_clocks(s, value, e, notes);
	find_suite(value, e, notes);
}
