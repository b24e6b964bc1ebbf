/* SPDX-License-Identifier: MIT */
#ifndef LAB_CLOCK_H
#define LAB_CLOCK_H

#include <stdint.h>

/*
 * What time a host of the lab believes it is.
 *
 * Each host has a file of eight bytes, clock/HOST in the lab's folder: how
 * many nanoseconds that host is ahead of the true time.  Programs map it, so
 * a scenario moves the clock of a running program, and a window of five
 * minutes is tested in milliseconds.  Time stamps on requests and time windows
 * use lab_now; events and captures use true_now.  time and gettimeofday say
 * lab_now as well, to the libraries too.
 *
 *	lab_clock_open -> lab_now ...		(programs)
 *	lab_clock_create -> lab_clock_move ...	(the runner)
 */

#define NANOSECONDS INT64_C(1000000000)

/*
 * Follow the clock file; without one (NULL or no such file) lab_now is the true
 * time.  0, or -1 after a warning if the file is there and cannot be used.
 */
int lab_clock_open(const char *path);

/* Nanoseconds since the epoch: as this host believes, and in truth. */
int64_t lab_now(void);
int64_t true_now(void);

/*
 * Make a clock file that is on time; set how far ahead it is (nanoseconds).
 * 0, or -1 after a warning.
 */
int lab_clock_create(const char *path);
int lab_clock_move(const char *path, int64_t ahead);

/* RFC 3339 in UTC with nanoseconds, 30 characters and a NUL. */
#define RFC3339_SIZE 31
const char *rfc3339(int64_t nanoseconds, char into[RFC3339_SIZE]);

#endif
