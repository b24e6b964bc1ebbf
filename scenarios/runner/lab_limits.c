/* SPDX-License-Identifier: MIT */
/* Limits, wanted and found. */
#include "lab_limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cgroup v2 has the first name of each, v1 the others. */
const char lab_limits_command[] =
    "cd /sys/fs/cgroup && exec 2>/dev/null\n"
    "echo $(cat memory.max || cat memory/memory.limit_in_bytes)\n"
    "echo $(cat pids.max || cat pids/pids.max)\n"
    "echo $(cat cpu.max || "
    "cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us)\n";

/* The number that is next on this line; negative: none ("max", -1). */
static double
number(const char *line, const char **rest)
{
	char *end;
	double n;

	line += strspn(line, " ");
	*rest = line;
	if (strspn(line, "0123456789") == 0)
		return -1;
	n = (double)strtoull(line, &end, 10);
	*rest = end;
	return n;
}

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end == NULL ? "" : end + 1;
}

const char *
lab_limits_missing(const struct lab_limits *wanted, const char *printed)
{
	const char *rest;
	double found = number(printed, &rest), period;

	if (found < 0 || found > (double)wanted->memory_mib * (1 << 20))
		return "memory";
	printed = next_line(printed);
	found = number(printed, &rest);
	if (found < 0 || found > (double)wanted->processes)
		return "processes";
	printed = next_line(printed);
	found = number(printed, &rest);
	period = number(rest, &rest);
	/* The quota is a whole number of microseconds. */
	if (found < 0 || period <= 0 || found > wanted->cpus * period + 1)
		return "processor time";
	return NULL;
}
