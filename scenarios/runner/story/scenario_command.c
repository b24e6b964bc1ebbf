/* SPDX-License-Identifier: MIT */
/* From a step to a command line. */
#include "scenario_command.h"

#include "ground/network.h"

#include <ctype.h>
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

static bool
is_of_a_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool
word_names(const char *word, const char *host)
{
	size_t length = strlen(host);
	const char *from = word, *at;

	for (; (at = strstr(from, host)) != NULL; from = &at[1])
		if ((at == word || !is_of_a_name(at[-1])) &&
		    !is_of_a_name(at[length]))
			return true;
	return false;
}

bool
scenario_names_host(const struct scenario *s, const char *host)
{
	for (size_t i = 0; i < s->value_count; i++)
		if (word_names(s->values[i], host))
			return true;
	for (size_t i = 0; i < s->step_count; i++) {
		const struct scenario_step *step = &s->steps[i];

		if (step->actor != NULL && strcmp(step->actor, host) == 0)
			return true;
		for (size_t w = 0; w < step->word_count; w++)
			if (word_names(step->words[w], host))
				return true;
	}
	return false;
}
