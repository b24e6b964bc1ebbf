/* SPDX-License-Identifier: MIT */
/*
 * Property: whatever the text, it is either a scenario whose every pointer is
 * usable, or refused with a reason.
 */
#include "story/scenario.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scenario_error error;
	struct scenario *s = scenario_parse((struct bytes){data, size}, &error);

	if (s == NULL) {
		if (*error.why == '\0')
			abort();
		return 0;
	}
	if (s->id == NULL || strlen(s->id) > 15 || s->step_count == 0)
		abort();
	for (size_t i = 0; i < s->step_count; i++)
		for (size_t w = 0; w < s->steps[i].word_count; w++)
			if (strlen(s->steps[i].words[w]) > size)
				abort();
	scenario_free(s);
	return 0;
}
