/* SPDX-License-Identifier: MIT */
/* What only the whole of a scenario can tell. */
#include "scenario_check.h"

#include "expectation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int __attribute__((format(printf, 2, 3)))
wrong(struct scenario_error *error, const char *format, ...)
{
	va_list args;

	error->line = 0;
	va_start(args, format);
	vsnprintf(error->why, sizeof(error->why), format, args);
	va_end(args);
	return -1;
}

bool
scenario_attacks(const struct scenario *s)
{
	for (size_t i = 0; i < s->step_count; i++)
		if (scenario_step_attacks(&s->steps[i]))
			return true;
	return false;
}

/*
 * What honest clients ask for comes out as asked: such a story would pass with
 * its attack left out, so it has to say that it has none.
 */
static int
check_attack(const struct scenario *s, struct scenario_error *error)
{
	bool honest = scenario_tag_place(s, "honest") != -1;

	if (scenario_attacks(s) == honest)
		return wrong(error,
		    honest ? "it has the tag honest, and an attack"
			   : "nobody attacks; if that is meant, give it the "
			     "tag honest");
	return 0;
}

/*
 * A refused copy proves nothing if honest requests are refused as well:
 * controls stand before the first attack and after the last.
 */
static int
check_controls(const struct scenario *s, struct scenario_error *error)
{
	size_t first_control = s->step_count, last_control = 0;
	size_t first_attack = s->step_count, last_attack = 0;
	bool controlled = false;

	for (size_t i = 0; i < s->step_count; i++) {
		if (s->steps[i].verb == VERB_CONTROL) {
			last_control = i;
			if (!controlled)
				first_control = i;
			controlled = true;
		}
		if (scenario_step_attacks(&s->steps[i])) {
			last_attack = i;
			if (first_attack == s->step_count)
				first_attack = i;
		}
	}
	if (!controlled || first_control > first_attack ||
	    last_control < last_attack)
		return wrong(error,
		    "it needs a control before its first attack "
		    "and one after its last");
	return 0;
}

static int
check_headers(const struct scenario *s, struct scenario_error *error)
{
	if (s->id == NULL || s->title == NULL || s->clause == NULL)
		return wrong(error, "%s is missing",
		    s->id == NULL      ? "id"
		    : s->title == NULL ? "title"
				       : "clause");
	if (strlen(s->id) > 15 ||
	    strspn(s->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			  "0123456789-") != strlen(s->id))
		return wrong(error, "id is at most 15 letters, digits and -");
	return 0;
}

static bool
is_value(const struct scenario *s, const char *word)
{
	for (size_t i = 0; i < s->value_count; i++)
		if (strcmp(s->values[i], word) == 0)
			return true;
	return false;
}

/*
 * Does a line say what the ledger holds?  How far a copy came, and who stopped
 * it, holds just as well of a copy that was paid.
 */
static bool
is_judged(const struct scenario *s, const char *value)
{
	struct expectation e;
	char why[160];

	for (size_t i = 0; i < s->step_count; i++)
		if (s->steps[i].verb == VERB_EXPECT &&
		    expectation_read(s->steps[i].words, s->steps[i].word_count,
			&e, why, sizeof(why)) &&
		    (e.kind == EXPECT_EXECUTED || e.kind == EXPECT_MOVED) &&
		    expectation_applies(&e, value))
			return true;
	return false;
}

/*
 * An expectation for a value that is never played would never be judged, and
 * a value without one would always pass.
 */
static int
check_values(const struct scenario *s, struct scenario_error *error)
{
	struct expectation e;
	char why[160];

	for (size_t i = 0; i < s->step_count; i++) {
		const struct scenario_step *step = &s->steps[i];

		if (step->verb != VERB_EXPECT)
			continue;
		expectation_read(
		    step->words, step->word_count, &e, why, sizeof(why));
		for (size_t w = 0; w < e.when_count; w++) {
			if (is_value(s, e.when[w]))
				continue;
			wrong(error, "when %.32s: over has no such value",
			    e.when[w]);
			error->line = step->line;
			return -1;
		}
	}
	if (s->value_count == 0 && !is_judged(s, NULL))
		return wrong(error,
		    "it expects nothing of the ledger; add a line such as "
		    "`expect executed t-1 once`");
	for (size_t v = 0; v < s->value_count; v++)
		if (!is_judged(s, s->values[v]))
			return wrong(error,
			    "it expects nothing of the ledger when %s",
			    s->values[v]);
	return 0;
}

int
scenario_check(const struct scenario *s, struct scenario_error *error)
{
	return check_headers(s, error) == -1 ||
		       check_controls(s, error) == -1 ||
		       check_values(s, error) == -1 ||
		       check_attack(s, error) == -1
		   ? -1
		   : 0;
}
