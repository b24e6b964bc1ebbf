/* SPDX-License-Identifier: MIT */
/*
 * replaylab prepare: the folder that a lab's programs share, for hosts that
 * something else starts, such as containers/compose.yaml.
 */
#include "commands.h"

#include "exit_code.h"
#include "option.h"
#include "play/lab_folder.h"
#include "play/pki.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_prepared(const char *folder)
{
	char path[PATH_MAX];

	/* It is written last. */
	return snprintf(path, sizeof(path), "%s/manifest.json", folder) <
		   (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

static int
prepare(const char *folder)
{
	if (is_prepared(folder))
		return 0;
	if (mkdir(folder, 0755) == -1 && errno != EEXIST) {
		warn("%s", folder);
		return -1;
	}
	return pki_create(folder) == -1 || lab_folder_fill(folder) == -1 ? -1
									 : 0;
}

int
prepare_main(int argc, char *argv[])
{
	const char *folder = "lab";
	const struct option_usage usage = {
	    .command = "replaylab prepare",
	    .does = "Make a lab's folder: its keys and certificates, clocks "
		    "and manifest.  One that is made\nalready stays as it is.",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT(
			"folder", &folder, "DIR", "that one (default: lab)"),
		    OPTION_END,
		},
	    .example = "replaylab prepare --folder /lab",
	};
	int status;

	if ((status = option_status(&usage, argc, argv, NULL)) != -1)
		return status;
	return prepare(folder) == -1 ? EXIT_INTERNAL : EXIT_AS_EXPECTED;
}
