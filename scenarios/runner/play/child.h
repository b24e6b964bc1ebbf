/* SPDX-License-Identifier: MIT */
#ifndef CHILD_H
#define CHILD_H

#include "buffer.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Another program, run by its words (NULL-ended) and found in PATH; its
 * standard error is ours.
 */

/* Start it with its output thrown away.  Its id, or -1 after a warning. */
pid_t child_start(const char *const words[]);

/*
 * Run it to its end and append what it printed, of which a bounded part is
 * kept.  Quiet: without its standard error.  Its exit status (128 + a signal),
 * or -1 after a warning.
 */
int child_run(const char *const words[], bool quiet, struct buffer *out);

#endif
