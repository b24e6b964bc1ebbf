/* SPDX-License-Identifier: MIT */
/* Looking for programs as execvp(3) does. */
#include "installed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	       access(path, X_OK) == 0;
}

bool
is_installed(const char *program)
{
	const char *folders = getenv("PATH");
	char path[PATH_MAX];

	if (folders == NULL)
		folders = "/usr/sbin:/usr/bin:/sbin:/bin";
	for (;;) {
		int length = (int)strcspn(folders, ":");

		/* An empty folder is the working directory. */
		if (snprintf(path, sizeof(path), "%.*s%s%s", length, folders,
			length == 0 ? "./" : "/",
			program) < (int)sizeof(path) &&
		    is_program(path))
			return true;
		if (folders[length] == '\0')
			return false;
		folders += length + 1;
	}
}
