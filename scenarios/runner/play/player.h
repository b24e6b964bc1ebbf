/* SPDX-License-Identifier: MIT */
#ifndef PLAYER_H
#define PLAYER_H

#include "evidence/result.h"
#include "ground/tcp_counters.h"
#include "play.h"
#include "stage.h"

/*
 * A play under way, as its parts share it:
 *
 *	play.c		the steps, one after the other
 *	settle.c	after an attack: until some layer has said what became
 *			of the copy
 *	judge.c		at the end: the observation against the expectations
 */
struct player {
	const struct play *play;
	struct stage stage;
	struct result result;
	struct tcp_counters before[MANIFEST_HOSTS_MAX];
	bool drop_noted[MANIFEST_HOSTS_MAX];
	char controls[SCENARIO_STEPS_MAX][24];
	size_t control_count;
	bool heard;   /* there was a witness */
	bool differs; /* an expectation, not the run itself, went wrong */
};

/* Something went wrong that is no verdict: kept if it is the first.  -1. */
int player_fault(struct player *r, enum play_outcome outcome,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Before an attack, and after it.  settle_prepare: 0, or -1 after a fault. */
int settle_prepare(struct player *r);
void settle(struct player *r);

/*
 * Note what the scenario expects.  A control that transfers gets the id that
 * this returns, which must take effect once; NULL for any other.
 */
void judge_list(struct player *r);
const char *judge_expect_control(
    struct player *r, const struct scenario_step *step);
/*
 * With events and ledgers at hand: observe, and unless something is wrong
 * already, were the controls served once each, and does each expectation hold?
 * Differences are faults.
 */
void judge(struct player *r);

#endif
