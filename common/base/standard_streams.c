/* SPDX-License-Identifier: MIT */
/* Closed streams, and output that gets lost. */
#include "standard_streams.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
standard_streams_open(void)
{
	int fd;

	/* open gives the lowest number that is free. */
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= STDIN_FILENO && fd <= STDERR_FILENO);
	if (fd == -1) {
		warn("/dev/null");
		return -1;
	}
	return close(fd);
}

int
standard_streams_finish(void)
{
	if (fflush(stdout) == EOF) {
		warn("standard output");
		return -1;
	}
	if (ferror(stdout)) {
		warnx("standard output: not all could be written");
		return -1;
	}
	return 0;
}
