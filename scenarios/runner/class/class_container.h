/* SPDX-License-Identifier: MIT */
#ifndef CLASS_CONTAINER_H
#define CLASS_CONTAINER_H

#include "buffer.h"
#include "class.h"

#include <sys/types.h>

/*
 * A student's lab as a container, called class-NUMBER-NAME after the number of
 * the class, by podman or docker.
 */

/* The students whose labs run, or also those that have ended.  -1: a line. */
int class_container_list(const struct class *c, bool all, struct roster *r);

/*
 * Begin to start one, as a user of that id: a process that ends with status 0
 * once it runs.  -1 after a warning.
 */
pid_t class_container_start(
    const struct class *c, const char *name, unsigned int id);

/* Take back a home in which there is nothing. */
void class_container_drop_home(const struct class *c, const char *name);

/* Run a shell's line in it and append what it prints.  As child_run. */
int class_container_run(const struct class *c, const char *name,
    const char *line, struct buffer *out);

/* Remove all of these.  0, or -1 after a line. */
int class_container_remove(const struct class *c, const struct roster *those);

/*
 * Become a command in it: the words (NULL-ended), or else what sshd was asked
 * for, or a login shell.  Returns an exit status if it cannot, EXIT_USAGE if
 * that lab of this class does not run.
 */
int class_container_enter(
    const struct class *c, const char *name, char *const words[]);

#endif
