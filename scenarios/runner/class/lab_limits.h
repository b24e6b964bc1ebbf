/* SPDX-License-Identifier: MIT */
#ifndef LAB_LIMITS_H
#define LAB_LIMITS_H

#include "buffer.h"

/*
 * What one lab of a class may use, and whether the kernel was really told.
 * Container engines drop a limit with a warning at most where control groups
 * are not theirs (rootless without delegation, cgroup v1), so it is read back
 * from inside.
 */
struct lab_limits {
	long memory_mib, processes;
	double cpus;
};

/*
 * A shell command that prints the three, a line each, as the kernel has them:
 * bytes; processes; quota and period, in microseconds.  "max" or none: none.
 */
extern const char lab_limits_command[];

/*
 * Append which of the three are not set, or looser than wanted: "memory,
 * processes, processor time".  How many.
 */
unsigned int lab_limits_missing(
    const struct lab_limits *wanted, const char *printed, struct buffer *out);

#endif
