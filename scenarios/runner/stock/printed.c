/* SPDX-License-Identifier: MIT */
/* From a pipe to lines. */
#include "printed.h"

#include <unistd.h>

#define LINE_BYTES_MAX 8192

static void
take_lines(
    struct printed *p, void (*take)(void *user, struct bytes line), void *user)
{
	struct bytes all = buffer_bytes(&p->partial), line;
	size_t held = all.left;

	while (bytes_take_until(&all, '\n', &line))
		take(user, line);
	if (all.left > LINE_BYTES_MAX)
		all.left = 0;
	buffer_drain(&p->partial, held - all.left);
}

void
printed_take(
    struct printed *p, void (*take)(void *user, struct bytes line), void *user)
{
	uint8_t chunk[4096];
	ssize_t length;

	while ((length = read(p->fd, chunk, sizeof(chunk))) > 0) {
		buffer_add(&p->partial, chunk, (size_t)length);
		take_lines(p, take, user);
	}
}

void
printed_clear(struct printed *p)
{
	buffer_clear(&p->partial);
}
