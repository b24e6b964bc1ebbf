/* SPDX-License-Identifier: MIT */
/* Owners and modes. */
#include "container_folder.h"

#include "container.h"

#include <err.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
data_path(const char *folder, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/" CONTAINER_DATA, folder);
}

/* What is mounted there takes over the mode. */
int
container_folder_prepare(const char *folder)
{
	char path[PATH_MAX];

	data_path(folder, path);
	if ((mkdir(path, 0755) == 0 || errno == EEXIST) &&
	    chmod(path, 01777) == 0)
		return 0;
	warn("%s", path);
	return -1;
}

/*
 * Evidence is files and folders.  What else is there, such as a link, could
 * only lead astray who opens it by its name.  Each is looked at from the folder
 * it is in (fts without FTS_NOCHDIR), so that no other can take its place.
 */
static void
give(const char *folder, uid_t owner, gid_t group)
{
	char *roots[] = {(char *)(uintptr_t)folder, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL, NULL);
	FTSENT *entry;

	while (tree != NULL && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_DP)
			continue;
		if (entry->fts_info == FTS_SL ||
		    entry->fts_info == FTS_DEFAULT) {
			if (unlink(entry->fts_accpath) == -1)
				warn("%s", entry->fts_path);
		} else if (lchown(entry->fts_accpath, owner, group) == -1)
			warn("%s", entry->fts_path);
	}
	if (tree != NULL)
		fts_close(tree);
}

void
container_folder_share(const char *folder, uid_t owner, gid_t group)
{
	if (owner != geteuid())
		give(folder, owner, group);
	if (chmod(folder, 0775) == -1)
		warn("%s", folder);
}

void
container_folder_take_back(const char *folder)
{
	char data[PATH_MAX];

	give(folder, geteuid(), getegid());
	(void)chmod(folder, 0755);
	data_path(folder, data);
	(void)rmdir(data);
}
