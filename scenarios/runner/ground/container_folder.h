/* SPDX-License-Identifier: MIT */
#ifndef CONTAINER_FOLDER_H
#define CONTAINER_FOLDER_H

#include <sys/types.h>

/*
 * The play's folder, which containers share with the runner:
 *
 *	container_folder_prepare -> they start -> container_folder_share ->
 *	    container_folder_take_back
 *
 * It belongs to their root while they play, and is of its group for the stores,
 * which are another user; then, when none of their processes is left, it is
 * ours again.
 */

/* Where the stores' memory is to be mounted.  0, or -1 after a warning. */
int container_folder_prepare(const char *folder);

/* With the root of the containers, as this process sees it. */
void container_folder_share(const char *folder, uid_t owner, gid_t group);
/* Of what is there, files and folders stay. */
void container_folder_take_back(const char *folder);

#endif
