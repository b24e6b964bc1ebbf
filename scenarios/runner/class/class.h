/* SPDX-License-Identifier: MIT */
#ifndef CLASS_H
#define CLASS_H

#include "lab_limits.h"
#include "option.h"
#include "roster.h"

#include <stdint.h>

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
	uint32_t number; /* of that path: what classes of one name differ by */
	struct roster roster;
	struct option_list stories; /* which to collect; none: all */
	bool json, csv;
};

/* Each returns an exit status. */

/* Start the roster's labs, but those that run. */
int class_start(const struct class *c);

/* Remove the roster's labs, or all if it is empty; the folders stay. */
int class_stop(const struct class *c);

/* Who has a folder, whose lab runs, how often each has played. */
int class_list(const struct class *c);

/* What the roster has played, or all who have a folder if it is empty. */
int class_collect(const struct class *c);

#endif
