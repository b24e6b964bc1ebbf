/* SPDX-License-Identifier: MIT */
#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

/*
 * Standard input, output and error of a program, when whoever started it closed
 * them, or gave it a full disk to print to.
 *
 *	standard_streams_open -> the program's work -> standard_streams_finish
 */

/*
 * Before any other file is opened: a log must not get the number of a closed
 * stream.  Closed ones become /dev/null.  May be called again.  0, or -1.
 */
int standard_streams_open(void);

/* 0 if all that was printed was written, or -1 after a line that says not. */
int standard_streams_finish(void);

#endif
