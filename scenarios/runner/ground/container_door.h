/* SPDX-License-Identifier: MIT */
#ifndef CONTAINER_DOOR_H
#define CONTAINER_DOOR_H

#include "manifest.h"

/*
 * Where the first processes of a play's containers call the runner: a socket in
 * the play's folder that is there only until all have called.
 *
 *	container_door_open -> container_door_answer ... -> container_door_shut
 */
struct container_door {
	const char *folder;              /* borrowed */
	int listener;                    /* -1: it is shut */
	bool called[MANIFEST_HOSTS_MAX]; /* in the manifest's order */
};

/* Who has called, by the kernel's word (unix(7), SO_PEERCRED). */
struct container_caller {
	size_t host; /* as the manifest counts them */
	int fd;      /* the connection with it */
	pid_t pid;
	int process; /* the same as a descriptor, pidfd_open(2) */
	uid_t owner; /* as we see them */
	gid_t group;
};

/* 0, or -1 after a warning; it may be shut either way. */
int container_door_open(struct container_door *d, const char *folder);

/*
 * The next who calls and says which host it is, by the deadline (true time, in
 * nanoseconds).  0, and both descriptors are the caller's to close; or -1 after
 * a warning.
 */
int container_door_answer(struct container_door *d, int64_t deadline,
    struct container_caller *caller);

/* Nobody calls any more.  May be called again. */
void container_door_shut(struct container_door *d);

#endif
