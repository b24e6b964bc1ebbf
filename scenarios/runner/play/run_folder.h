/* SPDX-License-Identifier: MIT */
#ifndef RUN_FOLDER_H
#define RUN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The folder of one call of `replaylab run`: runs/DATE-TIME-PID.  While it is
 * in use it holds a locked file; a folder whose lock nobody holds belongs to a
 * call that was killed, and is removed by the next one.
 *
 *	run_folder_create -> run_folder_add ... -> run_folder_finish
 */
struct run_folder {
	char path[3072];
	int lock;
};

/* In the folder `runs` (made if need be).  0, or -1 after a warning. */
int run_folder_create(struct run_folder *f, const char *runs);

/*
 * A folder for one play, holding the run's certificates and keys, and the
 * scenario file, if any, as it is now.
 */
int run_folder_add(const struct run_folder *f, const char *name,
    const char *scenario, char *path, size_t size);

/* Does the call that made that folder still run? */
bool run_folder_is_held(const char *path);

/* Its path as seen from the working directory, if it lies below. */
const char *run_folder_shown(const struct run_folder *f);

/* Remove what one play left behind, or the whole folder (name NULL). */
void run_folder_remove(const struct run_folder *f, const char *name);

/* All is written: unlock, and let `latest` point here. */
void run_folder_finish(struct run_folder *f);

#endif
