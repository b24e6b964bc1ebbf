/* SPDX-License-Identifier: MIT */
#ifndef JOIN_H
#define JOIN_H

#include "play/stage.h"

/*
 * A second terminal in a lab that runs already: its namespaces are entered by
 * way of its first process, which holds those of the hosts open.
 *
 *	join_publish	 (inside the lab, once its stage is open)
 *	join_publish_pid (outside, by who started it)
 *	join_find -> join_run
 */

/* Write the file `join` of the folder: which descriptor is which host's. */
int join_publish(const struct stage *s);

/* Write the file `lab.pid`: its first process as this process sees it. */
int join_publish_pid(const char *folder, pid_t pid);

/* The newest lab's folder below `runs` that still runs.  -1 after a line. */
int join_find(const char *runs, char *folder, size_t size);

/* Run the words (NULL-ended) on that lab's host; their exit status. */
int join_run(const char *folder, const char *programs, const char *host,
    const char *const words[]);

#endif
