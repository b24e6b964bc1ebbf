/* SPDX-License-Identifier: MIT */
/* Limits, wanted and found. */
#include "lab_limits.h"

#include <stdbool.h>
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

unsigned int
lab_limits_missing(
    const struct lab_limits *wanted, const char *printed, struct buffer *out)
{
	const char *processes = next_line(printed), *cpu = next_line(processes);
	const char *rest;
	double memory_found = number(printed, &rest),
	       processes_found = number(processes, &rest),
	       quota = number(cpu, &rest), period = number(rest, &rest);
	const struct {
		bool is_set;
		const char *name;
	} limits[] = {
	    {memory_found >= 0 &&
		    memory_found <= (double)wanted->memory_mib * (1 << 20),
		"memory"},
	    {processes_found >= 0 &&
		    processes_found <= (double)wanted->processes,
		"processes"},
	    /* The quota is a whole number of microseconds. */
	    {quota >= 0 && period > 0 && quota <= wanted->cpus * period + 1,
		"processor time"},
	};
	unsigned int missing = 0;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (!limits[i].is_set)
			buffer_printf(out, "%s%s", missing++ == 0 ? "" : ", ",
			    limits[i].name);
	return missing;
}
