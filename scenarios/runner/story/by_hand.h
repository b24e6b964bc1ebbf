/* SPDX-License-Identifier: MIT */
#ifndef BY_HAND_H
#define BY_HAND_H

#include "buffer.h"
#include "scenario.h"

/*
 * A scenario's steps as one would type them at the hosts' prompts, a line each.
 * {over} stands for value; NULL: for the first of its values.
 */
void by_hand(struct buffer *out, const struct scenario *s, const char *value);

#endif
