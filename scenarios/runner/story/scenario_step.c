/* SPDX-License-Identifier: MIT */
/* What one line of a scenario can tell of itself. */
#include "scenario.h"

#include "expectation.h"
#include "ground/network.h"
#include "scenario_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const verb_names[] = {
    [VERB_START] = "start",
    [VERB_RUN] = "run",
    [VERB_CONTROL] = "control",
    [VERB_STEP] = "step",
    [VERB_STOP] = "stop",
    [VERB_WAIT] = "wait",
    [VERB_CLOCK] = "clock",
    [VERB_EXPECT] = "expect",
};

const char *
scenario_verb_name(enum scenario_verb verb)
{
	return verb_names[verb];
}

int
scenario_verb_find(const char *word)
{
	for (size_t v = 0; v < sizeof(verb_names) / sizeof(verb_names[0]); v++)
		if (strcmp(word, verb_names[v]) == 0)
			return (int)v;
	return -1;
}

bool
scenario_step_attacks(const struct scenario_step *step)
{
	static const char *const sends[] = {
	    "inject", "intercept", "replay", "relay", "tamper"};

	if (step->verb == VERB_EXPECT || step->actor == NULL ||
	    strcmp(step->actor, "attacker") != 0 || step->word_count == 0)
		return false;
	for (size_t i = 0; i < sizeof(sends) / sizeof(sends[0]); i++)
		if (strcmp(step->words[0], sends[i]) == 0)
			return true;
	return false;
}

struct reason {
	char *text;
	size_t size;
};

static bool __attribute__((format(printf, 2, 3)))
wrong(struct reason *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason->text, reason->size, format, args);
	va_end(args);
	return false;
}

/* Only what has an effect can show that honest requests still have one. */
static bool
check_control(struct reason *reason, const struct scenario_step *step)
{
	const char *word;

	if (strcmp(network_program(step->actor), "victim-client") != 0)
		return wrong(reason, "a control is a client's, not one of %s",
		    step->actor);
	/* stock curl transfer */
	word = step->words[scenario_is_stock(step) && step->word_count > 2 ? 2
									   : 0];
	if (strcmp(word, "transfer") != 0 && strcmp(word, "balance") != 0)
		return wrong(reason,
		    "a control is a transfer or a balance, not %.32s", word);
	return true;
}

/* Whose place stock programs can take. */
static bool
check_stock(struct reason *reason, const struct scenario_step *step)
{
	static const char *const places[] = {"client", "gateway", "balancer"};

	if (!scenario_is_stock(step))
		return true;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strncmp(step->actor, places[i], strlen(places[i])) == 0)
			return true;
	return wrong(reason,
	    "stock programs stand for a client, a gateway or the balancer, "
	    "not %s",
	    step->actor);
}

/* Is the number of words right for the verb, and do they make sense? */
bool
scenario_step_check(const struct scenario_step *step, char *why, size_t size)
{
	struct reason whole = {why, size}, *reason = &whole;
	int64_t ahead;

	switch (step->verb) {
	case VERB_START:
	case VERB_RUN:
	case VERB_CONTROL:
		if (step->word_count == 0)
			return wrong(reason, "%s %s what?",
			    scenario_verb_name(step->verb), step->actor);
		return check_stock(reason, step) &&
		       (step->verb != VERB_CONTROL ||
			   check_control(reason, step));
	case VERB_STEP:
	case VERB_STOP:
	case VERB_WAIT:
		if (step->word_count != 0)
			return wrong(reason, "%s %s takes no further word",
			    scenario_verb_name(step->verb), step->actor);
		return true;
	case VERB_CLOCK:
		if (step->word_count != 1 ||
		    (strchr(step->words[0], '{') == NULL &&
			!expectation_read_seconds(step->words[0], &ahead)))
			return wrong(reason,
			    "clock %s takes seconds such as +301s",
			    step->actor);
		return true;
	case VERB_EXPECT:
		return true;
	}
	return true;
}
