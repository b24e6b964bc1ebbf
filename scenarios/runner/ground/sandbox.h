/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <sys/types.h>

/*
 * The lab's own user, network, mount, process, IPC and UTS namespaces: the
 * first lock.  They are always a child user namespace, also for root, and no
 * uplink is ever made.  All that runs inside ends with its first process, which
 * ends with the program that called sandbox_spawn.
 */

/*
 * Run inside(argument) as the first process of new namespaces, as uid 0 there,
 * and exit with what it returns.  An ordinary user is the only id mapped; for
 * root all are, so that it may write where it may outside.  Returns its process
 * id, or -1 after a line that says which feature of the machine is missing.
 */
pid_t sandbox_spawn(int (*inside)(void *argument), void *argument);

/* Can this machine make them?  NULL, or what is missing and its remedy. */
const char *sandbox_missing(void);

#endif
