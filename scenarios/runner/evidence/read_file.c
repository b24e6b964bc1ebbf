/* SPDX-License-Identifier: MIT */
/* A file as a whole. */
#include "read_file.h"

#include <err.h>
#include <stdio.h>

int
read_file(const char *path, size_t most, struct buffer *into)
{
	char chunk[16384];
	size_t length, before = buffer_bytes(into).left;
	FILE *file = fopen(path, "re");
	bool failed;

	if (file == NULL) {
		warn("%s", path);
		return -1;
	}
	while (buffer_bytes(into).left - before <= most &&
	       (length = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(into, chunk, length);
	failed = ferror(file) != 0;
	if (failed)
		warn("%s", path);
	fclose(file);
	if (buffer_bytes(into).left - before > most) {
		warnx("%s: longer than %zu bytes", path, most);
		return -1;
	}
	return failed ? -1 : 0;
}
