/* SPDX-License-Identifier: MIT */
/*
 * The verdict: every expectation holds, every control took effect once, and
 * nobody paid a price, or paid twice, that no line expects.
 */
#include "play/player.h"

#include <stdio.h>
#include <string.h>

/* Has that host served any request at all, or passed one on? */
static bool
serves(const struct evidence *e, const char *host)
{
	for (size_t i = 0; i < e->count; i++) {
		const char *verdict = event_get_text(e->events[i], "verdict");

		if (event_is(e->events[i], "request") &&
		    strcmp(event_get_text(e->events[i], "host"), host) == 0 &&
		    (strcmp(verdict, "accepted") == 0 ||
			strcmp(verdict, "forwarded") == 0))
			return true;
	}
	return false;
}

/*
 * Was an honest client's early data taken, by any gateway?  By its server's own
 * word: the client sees it later, and not if it is cut off.
 */
static bool
early_data_is_taken(const struct evidence *e)
{
	for (size_t i = 0; i < e->count; i++)
		if (event_is(e->events[i], "early_data") &&
		    strcmp(event_get_text(e->events[i], "outcome"),
			"accepted") == 0)
			return true;
	return false;
}

/* A host that refuses everybody defends nothing. */
static void
judge_refuser(struct player *r, const struct copy_fate *copy)
{
	const struct evidence *e = &r->stage.evidence;

	if ((copy->stopped_by == LAYER_BACKEND ||
		copy->stopped_by == LAYER_GATEWAY) &&
	    !serves(e, copy->host))
		player_fault(r, PLAY_FAIL,
		    "control failed: %s refused the copy, and served nobody "
		    "else either",
		    copy->host);
	if (copy->stopped_by == LAYER_TLS_EARLY_DATA && !early_data_is_taken(e))
		player_fault(r, PLAY_FAIL,
		    "control failed: %s did not take the early data of the "
		    "copy, and nobody took any else either",
		    copy->host);
}

static void
judge_controls(struct player *r)
{
	for (size_t i = 0; i < r->control_count; i++) {
		long times =
		    executions_of(&r->result.executions, r->controls[i]);

		if (times != 1)
			player_fault(r, PLAY_FAIL,
			    "control failed: %s took effect %ld times",
			    r->controls[i], times);
	}
	for (size_t i = 0; i < r->result.observation.copy_count; i++)
		judge_refuser(r, &r->result.observation.copies[i]);
}

/* Is there a line that expects this price? */
static bool
is_expected_price(const struct result *result, const struct price *price)
{
	for (size_t i = 0; i < result->expected_count; i++) {
		const struct expectation *e = &result->expected[i].expectation;

		if (e->kind == EXPECT_COLLATERAL &&
		    strcmp(e->word, price->what) == 0 &&
		    strcmp(e->id, price->id) == 0)
			return true;
	}
	return false;
}

/* Does a line say how often that transfer takes effect? */
static bool
is_counted(const struct result *result, const char *id)
{
	for (size_t i = 0; i < result->expected_count; i++) {
		const struct expectation *e = &result->expected[i].expectation;

		if (e->kind == EXPECT_EXECUTED && strcmp(e->id, id) == 0)
			return true;
	}
	return false;
}

/* A second effect is what a copy is after: it is expected, or it is a fault. */
static void
judge_effects(struct player *r)
{
	const struct observation *o = &r->result.observation;

	for (size_t i = 0; i < o->executed_count; i++)
		if (o->executed[i].times > 1 &&
		    !is_counted(&r->result, o->executed[i].id))
			player_fault(r, PLAY_FAIL,
			    "%s took effect %ld times, and no line expects it",
			    o->executed[i].id, o->executed[i].times);
}

/*
 * Without a copy nothing was stopped, and without a part of the evidence
 * nothing is known.
 */
static void
judge_evidence(struct player *r)
{
	const struct observation *o = &r->result.observation;

	if (o->too_many != NULL)
		player_fault(r, PLAY_FAIL, "too many %s", o->too_many);
	if (scenario_attacks(r->play->scenario) && o->copy_count == 0)
		player_fault(r, PLAY_FAIL, "no copy was sent");
	if (r->stage.evidence.unreadable > 0)
		player_fault(r, PLAY_FAIL, "%zu event lines cannot be read",
		    r->stage.evidence.unreadable);
}

/* What left the attacker for no lab's host was dropped, and is a fault. */
static void
judge_egress(struct player *r)
{
	const struct evidence *e = &r->stage.evidence;
	int64_t dropped = 0;

	for (size_t i = 0; i < e->count; i++)
		if (event_is(e->events[i], "egress_drop"))
			dropped += event_get_number(e->events[i], "frames");
	if (dropped > 0)
		player_fault(r, PLAY_FAIL,
		    "the attacker's links dropped %lld frames that are no "
		    "lab's",
		    (long long)dropped);
}

static void
judge_expectations(struct player *r)
{
	struct result *result = &r->result;
	const struct observation *o = &result->observation;
	bool sound = *result->reason == '\0';

	for (size_t i = 0; i < result->expected_count; i++) {
		struct judged *judged = &result->expected[i];

		judged->met = observation_meets(o, &judged->expectation);
		r->differs = r->differs || (sound && !judged->met);
		if (!judged->met)
			player_fault(r, PLAY_FAIL, "line %u does not hold",
			    judged->line);
	}
	for (size_t i = 0; i < o->price_count; i++)
		if (!is_expected_price(result, &o->prices[i]))
			player_fault(r, PLAY_FAIL,
			    "collateral nobody expected: %s %s",
			    o->prices[i].what, o->prices[i].id);
	judge_effects(r);
	judge_evidence(r);
}

void
judge(struct player *r)
{
	struct result *result = &r->result;
	const char *xfail = r->play->scenario->xfail;

	observe(&r->stage.evidence, &result->executions, &result->observation);
	judge_egress(r);
	if (*result->reason == '\0') {
		judge_controls(r);
		judge_expectations(r);
	}
	/* A known failure is a verdict that differs, not a lab that broke. */
	if (xfail != NULL && r->differs && result->outcome == PLAY_FAIL)
		result->outcome = PLAY_XFAIL;
	else if (xfail != NULL && result->outcome == PLAY_PASS)
		result->outcome = PLAY_XPASS;
}

const char *
judge_expect_control(struct player *r, const struct scenario_step *step)
{
	char *id = r->controls[r->control_count];

	for (size_t i = 0; i < step->word_count; i++) {
		if (strcmp(step->words[i], "transfer") != 0)
			continue;
		snprintf(id, sizeof(r->controls[0]), "control-%zu",
		    ++r->control_count);
		return id;
	}
	return NULL;
}

void
judge_list(struct player *r)
{
	const struct scenario *s = r->play->scenario;
	struct result *result = &r->result;
	char why[160];

	result->outcome = PLAY_PASS;
	for (size_t i = 0; i < s->step_count; i++) {
		struct judged *judged =
		    &result->expected[result->expected_count];

		if (s->steps[i].verb != VERB_EXPECT)
			continue;
		judged->line = s->steps[i].line;
		judged->words = s->steps[i].words;
		expectation_read(s->steps[i].words, s->steps[i].word_count,
		    &judged->expectation, why, sizeof(why));
		if (expectation_applies(&judged->expectation, r->play->value))
			result->expected_count++;
	}
}
