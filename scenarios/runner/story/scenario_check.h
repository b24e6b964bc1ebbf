/* SPDX-License-Identifier: MIT */
#ifndef SCENARIO_CHECK_H
#define SCENARIO_CHECK_H

#include "scenario.h"

/*
 * Is a scenario whole: its headers there, something expected, controls before
 * the first attack and after the last?  0, or -1 with *error set.
 */
int scenario_check(const struct scenario *s, struct scenario_error *error);

#endif
