/* SPDX-License-Identifier: MIT */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A terminal for a program that cannot control the caller's, because it is in
 * another container: one of its own, and a process that carries what is typed
 * and what is printed from one to the other.
 *
 *	terminal_open -> give it the descriptor, close ours -> terminal_wait
 */

/* Do standard input and output lead to somebody who types? */
bool terminal_is_there(void);

/*
 * The program's end, and the carrier's process id.  The caller's terminal is
 * raw until the last program that holds that end is gone.  -1 after a warning.
 */
int terminal_open(pid_t *carrier);

/* Until all is printed and the caller's terminal is as it was. */
void terminal_wait(pid_t carrier);

#endif
