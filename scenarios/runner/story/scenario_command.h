/* SPDX-License-Identifier: MIT */
#ifndef SCENARIO_COMMAND_H
#define SCENARIO_COMMAND_H

#include "scenario.h"

/* What a step's words are on a command line, its host's program first. */
struct scenario_command {
	/* NULL-ended; room for two more words */
	const char *words[SCENARIO_WORDS_MAX + 4];
	size_t count;
	char substituted[SCENARIO_WORDS_MAX][128]; /* what words point into */
};

/*
 * With the value of `over` put in.  False: a word is too long.  Borrows from
 * the scenario.
 */
bool scenario_command(const struct scenario *s,
    const struct scenario_step *step, const char *value,
    struct scenario_command *command);

/*
 * The program a step runs: its host's, or for the word `stock` the one that
 * puts a stock program in its place.
 */
const char *scenario_program(const struct scenario_step *step);
bool scenario_is_stock(const struct scenario_step *step);

/*
 * Does any line of it name the host: as an actor, or in a word, as in
 * "gateway,balancer" or "client:last"?
 */
bool scenario_names_host(const struct scenario *s, const char *host);

#endif
