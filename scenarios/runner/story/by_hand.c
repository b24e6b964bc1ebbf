/* SPDX-License-Identifier: MIT */
/* Steps as commands. */
#include "by_hand.h"

#include "scenario_command.h"

#include <string.h>

static void
write_step(struct buffer *out, const struct scenario *s,
    const struct scenario_step *step, const char *value)
{
	char word[128];

	buffer_printf(out, "  %-8s", scenario_verb_name(step->verb));
	if (step->actor != NULL)
		buffer_printf(out, " %-9s", step->actor);
	if (step->verb == VERB_START || step->verb == VERB_RUN ||
	    step->verb == VERB_CONTROL)
		buffer_printf(out, " %s", scenario_program(step));
	for (size_t i = 0; i < step->word_count; i++) {
		const char *text =
		    scenario_word(s, step->words[i], value, word, sizeof(word));

		if (text == NULL) /* too long to be replaced in */
			text = step->words[i];
		buffer_printf(
		    out, strchr(text, ' ') == NULL ? " %s" : " \"%s\"", text);
	}
	buffer_add_u8(out, '\n');
}

void
by_hand(struct buffer *out, const struct scenario *s, const char *value)
{
	if (value == NULL && s->value_count > 0)
		value = s->values[0];
	for (size_t i = 0; i < s->step_count; i++)
		write_step(out, s, &s->steps[i], value);
}
