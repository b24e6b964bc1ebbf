/* SPDX-License-Identifier: MIT */
#ifndef PRESET_H
#define PRESET_H

#include "backend/guard.h"

/*
 * Defences by one name each, from none to all the lab has: every name stands
 * for other options, and the table in preset.c says for which.
 *
 *	preset_names, preset_describe -> preset_apply
 */
extern const char *const preset_names[]; /* NULL-ended; 0 is "own options" */

/* "none  --check none\n..." for a --help. */
const char *preset_describe(void);

/*
 * Fill in what preset_names[which] stands for; without one (0) nothing.  -1
 * after a warning: an option that it stands for was given, too.
 */
int preset_apply(int which, struct guard_options *o);

#endif
