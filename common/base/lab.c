/* SPDX-License-Identifier: MIT */
/* Where the files of the lab are. */
#include "lab.h"

#include "event.h"
#include "lab_clock.h"
#include "standard_streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *
lab_file(const char *name)
{
	static char paths[4][LAB_PATH_MAX];
	static unsigned int turn;
	const char *folder = getenv("REPLAYLAB_DIR");
	char *path = paths[turn++ % 4];

	if (folder == NULL ||
	    snprintf(path, LAB_PATH_MAX, "%s/%s", folder, name) >= LAB_PATH_MAX)
		return NULL;
	return path;
}

const char *
lab_place(const char *name)
{
	const char *path = strchr(name, '/') == NULL ? lab_file(name) : NULL;

	return path != NULL ? path : name;
}

int
lab_join(const char *program)
{
	char host[64] = "", clock[80];

	gethostname(host, sizeof(host) - 1);
	snprintf(clock, sizeof(clock), "clock/%s", host);
	if (standard_streams_open() == -1 || event_log_open(program) == -1 ||
	    lab_clock_open(lab_file(clock)) == -1)
		return -1;
	return 0;
}
