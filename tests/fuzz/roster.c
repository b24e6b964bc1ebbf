/* SPDX-License-Identifier: MIT */
/* A roster's names are safe to use as folders, each once; and it is stable. */
#include "class/roster.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct roster r, again;
	unsigned int line;

	r = again = (struct roster){0};
	if (roster_parse(&r, (struct bytes){data, size}, &line) !=
		ROSTER_ADDED &&
	    line == 0)
		abort();
	for (size_t i = 0; i < r.count; i++) {
		const char *name = r.names[i];

		if (*name == '\0' || *name == '.' || *name == '-' ||
		    strlen(name) >= ROSTER_NAME_SIZE ||
		    strpbrk(name, "/ \n\\\"'$") != NULL ||
		    memmem(data, size, name, strlen(name)) == NULL ||
		    roster_add(&again, name) != ROSTER_ADDED)
			abort();
	}
	return 0;
}
