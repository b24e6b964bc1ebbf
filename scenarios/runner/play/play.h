/* SPDX-License-Identifier: MIT */
#ifndef PLAY_H
#define PLAY_H

#include "ground/engine.h"
#include "story/scenario.h"

/*
 * One run of one scenario, from empty stage to verdict.
 */
struct play {
	const struct scenario *scenario;
	const char *file;     /* where the scenario was read from */
	const char *value;    /* what {word} of `over` stands for, or NULL */
	long turn;            /* of --repeat, from 1; 0: there is one play */
	const char *folder;   /* evidence goes here; it exists */
	const char *programs; /* folder of the lab's programs */
	const struct engine *engine;
};

enum play_outcome { PLAY_PASS, PLAY_FAIL, PLAY_XFAIL, PLAY_XPASS, PLAY_SKIP };
/* "PASS", ... */
const char *play_outcome_name(enum play_outcome outcome);

/*
 * Play it, in the calling process, which engine_spawn has made.  Writes
 * result.json into the folder and returns an exit status: 0, or EXIT_INTERNAL
 * if not even that could be written.
 */
int play(const struct play *p);

#endif
