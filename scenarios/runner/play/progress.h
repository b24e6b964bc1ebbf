/* SPDX-License-Identifier: MIT */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "batch.h"

/*
 * One line on a terminal that tells what is being played: on standard error,
 * and only if that is a terminal.  It is written over, and hidden before
 * anything else is printed.
 */
void progress_show(const struct batch *b);
void progress_hide(void);

#endif
