/* SPDX-License-Identifier: MIT */
/*
 * The window against a model that remembers every number: both say the same of
 * each.  The input is a size and steps, forwards and backwards.
 */
#include "replay_window.h"

#include "bytes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 512

struct model {
	uint64_t came[STEPS_MAX], size, highest;
	size_t count;
};

static enum replay_verdict
model_look(const struct model *m, uint64_t number)
{
	if (m->count > 0 && number <= m->highest &&
	    m->highest - number >= m->size)
		return REPLAY_TOO_OLD;
	for (size_t i = 0; i < m->count; i++)
		if (m->came[i] == number)
			return REPLAY_SEEN;
	return REPLAY_FRESH;
}

static void
model_update(struct model *m, uint64_t number)
{
	m->came[m->count++] = number;
	if (number > m->highest)
		m->highest = number;
}

/* Most steps are small; some leap. */
static uint64_t
next_number(uint64_t number, uint16_t step)
{
	uint64_t far = (uint64_t)(step & 0x0fff) << (step & 0x2000 ? 20 : 0);

	return step & 0x8000 ? number - far : number + far;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct replay_window window;
	struct model model = {0};
	enum replay_verdict verdict;
	uint64_t number = 0;
	uint16_t step;

	if (!bytes_take_u16(&in, &step))
		return 0;
	model.size = step % REPLAY_WINDOW_MAX + 1;
	replay_window_init(&window, model.size);
	while (model.count < STEPS_MAX && bytes_take_u16(&in, &step)) {
		number = next_number(number, step);
		verdict = replay_window_look(&window, number);
		if (verdict != model_look(&model, number))
			abort();
		if (step & 0x4000) /* not authentic: only looked at */
			continue;
		replay_window_update(&window, number);
		if (verdict != REPLAY_TOO_OLD)
			model_update(&model, number);
	}
	return 0;
}
