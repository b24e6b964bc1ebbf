/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ERASE_LINE "\r\033[K"

static bool
is_seen(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDERR_FILENO) &&
	       (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* A longer line would wrap, and could not be erased. */
static int
width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1
		   ? size.ws_col - 1
		   : 79;
}

void
progress_show(const struct batch *b)
{
	struct buffer line = {0};
	const char *between = ": ";
	size_t ended = 0;

	if (!is_seen())
		return;
	for (size_t i = 0; i < b->count; i++)
		ended += b->jobs[i].ended;
	buffer_printf(&line, "%zu of %zu played", ended, b->count);
	for (size_t i = 0; i < b->count; i++) {
		if (b->jobs[i].pid == 0 || b->jobs[i].ended)
			continue;
		buffer_printf(&line, "%s%s", between, b->jobs[i].name);
		between = ", ";
	}
	fprintf(stderr, ERASE_LINE "%.*s", width(), buffer_text(&line));
	buffer_clear(&line);
}

void
progress_hide(void)
{
	if (is_seen())
		fputs(ERASE_LINE, stderr);
}
