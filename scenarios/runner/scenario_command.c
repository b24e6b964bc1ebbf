/* SPDX-License-Identifier: MIT */
/* From a step to a command line. */
#include "scenario_command.h"

#include "network.h"

#include <string.h>

bool
scenario_is_stock(const struct scenario_step *step)
{
	return step->word_count > 0 && strcmp(step->words[0], "stock") == 0;
}

const char *
scenario_program(const struct scenario_step *step)
{
	return scenario_is_stock(step) ? "replaylab"
				       : network_program(step->actor);
}

bool
scenario_command(const struct scenario *s, const struct scenario_step *step,
    const char *value, struct scenario_command *command)
{
	size_t n = 0;

	command->words[n++] = scenario_program(step);
	for (size_t i = 0; i < step->word_count; i++) {
		command->words[n] = scenario_word(s, step->words[i], value,
		    command->substituted[i], sizeof(command->substituted[i]));
		if (command->words[n++] == NULL)
			return false;
	}
	command->words[n] = NULL;
	command->count = n;
	return true;
}
