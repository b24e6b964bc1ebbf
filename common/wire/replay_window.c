/* SPDX-License-Identifier: MIT */
/*
 * A ring of blocks of 64 bits, as in RFC 6479 section 3.3: to slide is to clear
 * the blocks that are entered, and no bit is ever shifted.  The ring is longer
 * than the window, so a block is not entered again while it is looked at.
 */
#include "replay_window.h"

#include <string.h>

void
replay_window_init(struct replay_window *w, uint64_t size)
{
	*w = (struct replay_window){.size = size};
}

static uint64_t
bit_of(uint64_t number)
{
	return UINT64_C(1) << number % 64;
}

static size_t
block_of(uint64_t number)
{
	return (size_t)(number / 64 % REPLAY_WINDOW_BLOCKS);
}

enum replay_verdict
replay_window_look(const struct replay_window *w, uint64_t number)
{
	if (!w->begun || number > w->highest)
		return REPLAY_FRESH;
	if (w->highest - number >= w->size)
		return REPLAY_TOO_OLD;
	return w->block[block_of(number)] & bit_of(number) ? REPLAY_SEEN
							   : REPLAY_FRESH;
}

/* Clear the blocks behind that of the highest, up to that of the number. */
static void
slide(struct replay_window *w, uint64_t number)
{
	uint64_t entered = number / 64 - w->highest / 64;

	if (entered > REPLAY_WINDOW_BLOCKS)
		entered = REPLAY_WINDOW_BLOCKS;
	for (uint64_t i = 0; i < entered; i++)
		w->block[block_of(number - 64 * i)] = 0;
	w->highest = number;
}

void
replay_window_update(struct replay_window *w, uint64_t number)
{
	if (replay_window_look(w, number) == REPLAY_TOO_OLD)
		return;
	if (!w->begun) {
		w->begun = true;
		w->highest = number;
	}
	if (number > w->highest)
		slide(w, number);
	w->block[block_of(number)] |= bit_of(number);
}
