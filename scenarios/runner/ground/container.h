/* SPDX-License-Identifier: MIT */
#ifndef CONTAINER_H
#define CONTAINER_H

#include "engine.h"
#include "manifest.h"

#include <sys/types.h>

/*
 * The containers and networks of a run, by the command line of podman or
 * docker.  All are named after the run and labelled with its folder, whose lock
 * says whether the run still lives (run_folder.h).
 */

/* Where a host finds the run's folder, the runner's socket, its data. */
#define CONTAINER_FOLDER "/replaylab"
#define CONTAINER_SOCKET "hosts.sock"
#define CONTAINER_DATA "data"

/* "podman", "docker". */
const char *container_program(const struct engine *e);
const char *container_image(const struct engine *e);

/* The version in use, or NULL if it cannot be used. */
const char *container_version(const struct engine *e);
/*
 * Do its containers have a user namespace that is not the machine's own?  The
 * attacker does not work in another (attacker/confine).
 */
bool container_is_confined(const struct engine *e);
bool container_has_image(const struct engine *e);

/* A store runs as a user who is not root, of root's group. */
bool container_is_store(const struct manifest_host *host);

/* The two networks: internal, without names.  0, or -1 after a warning. */
int container_make_networks(const struct engine *e);
void container_remove_networks(const struct engine *e);

/*
 * A container for each host of the lab that is wanted (as the manifest counts
 * them), on the play's folder; returns once all have been started.  0, or -1
 * after a warning.
 */
int container_start_all(
    const struct engine *e, const char *folder, const bool wanted[]);
/* None is left when it returns.  -1 after a warning: some are. */
int container_remove_all(const struct engine *e);

/* What is left of runs whose process is gone. */
void container_remove_leftovers(const struct engine *e);

#endif
