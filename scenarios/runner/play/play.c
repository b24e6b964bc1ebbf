/* SPDX-License-Identifier: MIT */
/*
 * Playing a scenario:
 *
 *	stage -> steps, one after the other -> observation -> verdict
 *
 * An attack is followed by waiting until some layer has said what became of the
 * copy, so nothing here depends on how fast the machine is.
 */
#include "player.h"

#include "evidence/observation.h"
#include "evidence/result.h"
#include "exit_code.h"
#include "ground/network.h"
#include "ground/tcp_counters.h"
#include "json.h"
#include "lab_clock.h"
#include "stage.h"
#include "story/expectation.h"
#include "story/scenario_command.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Something went wrong that is no verdict: say what, once. */
int
player_fault(
    struct player *r, enum play_outcome outcome, const char *format, ...)
{
	va_list args;

	if (*r->result.reason != '\0')
		return -1;
	r->result.outcome = outcome;
	va_start(args, format);
	vsnprintf(r->result.reason, sizeof(r->result.reason), format, args);
	va_end(args);
	return -1;
}

static int
fault_of(struct player *r, const struct process *p)
{
	char words[256], ending[48];

	stage_last_words(&r->stage, p, words, sizeof(words));
	return player_fault(r,
	    p->exit_code == EXIT_SKIPPED ? PLAY_SKIP : PLAY_FAIL,
	    "%s on %s %s: %s", p->name, p->host,
	    process_ending(p, ending, sizeof(ending)), words);
}

/* A server that ended by itself, or NULL. */
static struct process *
accident(struct stage *s)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (s->processes[i].ended && !s->processes[i].may_end)
			return &s->processes[i];
	return NULL;
}

struct awaited {
	struct process *process;
	size_t ready; /* 0: await its end only */
};

static bool
has_come(struct stage *s, void *argument)
{
	const struct awaited *a = argument;

	return a->process->ended || accident(s) != NULL ||
	       (a->ready > 0 && a->process->ready >= a->ready);
}

/* Until the process is ready that often, or has ended. */
static int
await(struct player *r, struct process *p, size_t ready)
{
	struct awaited a = {p, ready};
	struct process *dead;
	bool came = stage_await(&r->stage, has_come, &a, STAGE_DEADLINE_MS);

	if ((dead = accident(&r->stage)) != NULL)
		return fault_of(r, dead);
	if (r->stage.failed)
		return player_fault(
		    r, PLAY_FAIL, "the evidence could not be kept");
	if (!came)
		return player_fault(r, PLAY_FAIL, "%s on %s: nothing for %d s",
		    p->name, p->host, STAGE_DEADLINE_MS / 1000);
	return 0;
}

/* Victims' clients say with status 1 that they were refused: a result. */
static bool
ended_well(const struct process *p)
{
	if (strncmp(p->host, "client", 6) == 0)
		return p->exit_code == EXIT_AS_EXPECTED ||
		       p->exit_code == EXIT_DIFFERS;
	return p->exit_code == EXIT_AS_EXPECTED;
}

static struct process *
spawn(struct player *r, const struct scenario_step *step, const char *id)
{
	const struct play *play = r->play;
	struct scenario_command c;
	struct process *p;

	if (!scenario_command(play->scenario, step, play->value, &c)) {
		player_fault(r, PLAY_FAIL, "%s:%u: a word is too long",
		    play->file, step->line);
		return NULL;
	}
	if (id != NULL) {
		c.words[c.count++] = "--id";
		c.words[c.count++] = id;
		c.words[c.count] = NULL;
	}
	if ((p = stage_spawn(&r->stage, step->actor, c.words, false)) == NULL) {
		player_fault(r, PLAY_FAIL, "%s:%u: cannot start %s", play->file,
		    step->line, c.words[0]);
		return NULL;
	}
	p->may_end = !network_serves(step->actor);
	return p;
}

static int
do_start(struct player *r, const struct scenario_step *step)
{
	struct process *p = spawn(r, step, NULL);

	if (p == NULL || await(r, p, 1) == -1)
		return -1;
	if (p->ended && !ended_well(p))
		return fault_of(r, p);
	return 0;
}

static int
do_run(struct player *r, const struct scenario_step *step)
{
	struct process *p = spawn(r, step, NULL);

	if (p == NULL || await(r, p, 0) == -1)
		return -1;
	return ended_well(p) ? 0 : fault_of(r, p);
}

static int
do_control(struct player *r, const struct scenario_step *step)
{
	const char *id = judge_expect_control(r, step);
	struct process *p = spawn(r, step, id);
	char words[256], ending[64];

	if (p == NULL || await(r, p, 0) == -1)
		return -1;
	if (p->exit_code == EXIT_SKIPPED)
		return fault_of(r, p);
	if (p->exit_code != 0)
		return player_fault(r, PLAY_FAIL,
		    "control failed: line %u %s: %s", step->line,
		    process_ending(p, ending, sizeof(ending)),
		    stage_last_words(&r->stage, p, words, sizeof(words)));
	return 0;
}

static struct process *
running(struct player *r, const struct scenario_step *step)
{
	struct process *p = stage_process_on(&r->stage, step->actor);

	if (p == NULL)
		player_fault(r, PLAY_FAIL, "%s:%u: nothing runs on %s",
		    r->play->file, step->line, step->actor);
	return p;
}

static int
do_step(struct player *r, const struct scenario_step *step)
{
	struct process *p = running(r, step);
	size_t ready;

	if (p == NULL)
		return -1;
	ready = p->ready;
	if (write(p->input, "\n", 1) != 1)
		return player_fault(r, PLAY_FAIL,
		    "%s:%u: %s does not listen: %s", r->play->file, step->line,
		    p->name, strerror(errno));
	if (await(r, p, ready + 1) == -1)
		return -1;
	return p->ended && !ended_well(p) ? fault_of(r, p) : 0;
}

static int
do_stop(struct player *r, const struct scenario_step *step)
{
	struct process *p = running(r, step);

	if (p == NULL)
		return -1;
	p->may_end = true;
	stage_signal(&r->stage, p, SIGTERM);
	return await(r, p, 0);
}

static int
do_wait(struct player *r, const struct scenario_step *step)
{
	struct process *p = stage_process_on(&r->stage, step->actor);

	if (p == NULL) /* it has ended already */
		return 0;
	if (await(r, p, 0) == -1)
		return -1;
	return ended_well(p) ? 0 : fault_of(r, p);
}

static int
do_clock(struct player *r, const struct scenario_step *step)
{
	char path[4096], substituted[32];
	const char *word;
	int64_t ahead;
	struct buffer *event;

	word = scenario_word(r->play->scenario, step->words[0], r->play->value,
	    substituted, sizeof(substituted));
	if (word == NULL || !expectation_read_seconds(word, &ahead))
		return player_fault(r, PLAY_FAIL,
		    "%s:%u: clock takes seconds such as +301s", r->play->file,
		    step->line);
	event = evidence_begin(&r->stage.evidence, "clock");
	json_member_text(event, "on", step->actor);
	json_member_number(event, "ahead_ns", ahead);
	evidence_end(&r->stage.evidence, event);
	snprintf(
	    path, sizeof(path), "%s/clock/%s", r->play->folder, step->actor);
	return lab_clock_move(path, ahead) == 0
		   ? 0
		   : player_fault(r, PLAY_FAIL, "the clock of %s", step->actor);
}

static int
do_attack(struct player *r, const struct scenario_step *step)
{
	if (settle_prepare(r) == -1)
		return -1;
	if (step->verb == VERB_START) {
		if (do_start(r, step) == -1)
			return -1;
	} else if (do_run(r, step) == -1)
		return -1;
	settle(r);
	return 0;
}

static int
perform(struct player *r, const struct scenario_step *step)
{
	if (scenario_step_attacks(step))
		return do_attack(r, step);
	switch (step->verb) {
	case VERB_START:
		return do_start(r, step);
	case VERB_RUN:
		return do_run(r, step);
	case VERB_CONTROL:
		return do_control(r, step);
	case VERB_STEP:
		return do_step(r, step);
	case VERB_STOP:
		return do_stop(r, step);
	case VERB_WAIT:
		return do_wait(r, step);
	case VERB_CLOCK:
		return do_clock(r, step);
	case VERB_EXPECT:
		return 0; /* judged at the end */
	}
	return 0;
}

static bool
all_ended(struct stage *s, void *argument)
{
	(void)argument;
	for (size_t i = 0; i < s->process_count; i++)
		if (!s->processes[i].ended)
			return false;
	return true;
}

/* Everybody goes home, so that ledgers are closed and captures whole. */
static void
end_all(struct stage *s)
{
	for (size_t i = 0; i < s->process_count; i++) {
		s->processes[i].may_end = true;
		if (!s->processes[i].ended)
			stage_signal(s, &s->processes[i], SIGTERM);
	}
	stage_await(s, all_ended, NULL, 5000);
}

/* The first program the scenario needs that is not installed, or NULL. */
static const char *
missing_program(struct player *r)
{
	const struct scenario *s = r->play->scenario;

	for (size_t i = 0; i < s->need_count; i++)
		if (!ground_has(&r->stage.ground, s->needs[i]))
			return s->needs[i];
	return NULL;
}

static void
play_steps(struct player *r)
{
	const struct scenario *s = r->play->scenario;
	const char *missing;

	if (stage_open(&r->stage, r->play->engine, r->play->folder,
		r->play->programs, s->wiring, s) == -1) {
		player_fault(r, PLAY_FAIL, "the lab could not be built");
		return;
	}
	if ((missing = missing_program(r)) != NULL) {
		player_fault(
		    r, PLAY_SKIP, "needs %s, which is not installed", missing);
		return;
	}
	for (size_t i = 0; i < s->step_count; i++)
		if (perform(r, &s->steps[i]) == -1)
			break;
	end_all(&r->stage);
	r->result.egress = ground_fenced(&r->stage.ground);
	(void)stage_note_egress(&r->stage);
}

/* From here on the folder is ours alone, and the capture is over. */
static int
end_hosts(struct player *r)
{
	struct result *result = &r->result;

	r->heard = r->stage.witness != NULL;
	if (r->heard) {
		(void)witness_take(r->stage.witness);
		result->frames = witness_frames(r->stage.witness);
		result->dropped = witness_dropped(r->stage.witness);
	}
	return stage_end_hosts(&r->stage);
}

/* What does the capture tell, and who reads it should be told. */
static void
hear_witness(struct player *r)
{
	if (r->heard)
		r->result.testimony = testimony_of(r->play->folder,
		    &r->stage.evidence, &r->result.observation);
}

int
play(const struct play *p)
{
	struct player r = {.play = p};
	struct result *result = &r.result;
	int64_t began = true_now();
	int outcome;

	judge_list(&r);
	play_steps(&r);
	result->milliseconds = (true_now() - began) / 1000000;
	if (end_hosts(&r) == -1) {
		stage_close(&r.stage);
		return EXIT_INTERNAL;
	}
	if (executions_read(&result->executions, p->folder) == -1)
		player_fault(&r, PLAY_FAIL, "a ledger cannot be read");
	judge(&r);
	hear_witness(&r);
	outcome = result_write(result, p);
	testimony_clear(result->testimony);
	stage_close(&r.stage);
	executions_clear(&result->executions);
	return outcome == 0 ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
}

const char *
play_outcome_name(enum play_outcome outcome)
{
	static const char *const names[] = {
	    [PLAY_PASS] = "PASS",
	    [PLAY_FAIL] = "FAIL",
	    [PLAY_XFAIL] = "XFAIL",
	    [PLAY_XPASS] = "XPASS",
	    [PLAY_SKIP] = "SKIP",
	};

	return names[outcome];
}
