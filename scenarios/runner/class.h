/* SPDX-License-Identifier: MIT */
#ifndef CLASS_H
#define CLASS_H

#include "lab_limits.h"
#include "roster.h"

/*
 * Many labs side by side: one container of the lab's image for each student,
 * with limits, without a network, and with a folder of the class as its home.
 * What isolates them is the container engine; this starts it, asks whether the
 * limits hold, and reads what the labs left in their folders.
 */
struct class
{
	const char *engine; /* "podman" or "docker" */
	const char *image;
	const char *seccomp; /* a profile under which a lab can be made */
	struct lab_limits limits;
	bool unlimited;    /* go on where a limit is not set */
	char folder[3072]; /* absolute */
	struct roster roster;
};

/* The students whose labs run, or also those that have ended.  -1: a line. */
int class_running(const struct class *c, bool all, struct roster *r);

/* Start the roster's labs, but those that run.  The exit status. */
int class_start(const struct class *c);

/*
 * Become a command in a student's lab: the words (NULL-ended), or else what
 * sshd was asked for, or a login shell.  Returns an exit status if it cannot.
 */
int class_enter(const struct class *c, const char *name, char *const words[]);

/* Remove the roster's labs, or all if it is empty; the folders stay. */
int class_stop(const struct class *c);

#endif
