/* SPDX-License-Identifier: MIT */
#ifndef CLASS_RESULTS_H
#define CLASS_RESULTS_H

#include <stddef.h>

/*
 * What a student's plays came to: of each story the newest result.json below
 * FOLDER/NAME/runs, and how often it was played.
 *
 * The student writes that folder, so nothing there is believed further than
 * shown: no link is followed out of it, files have a size, and words are those
 * of a result or marks.  A student can write any verdict there.
 */
#define CLASS_RESULTS_MAX 512

struct class_result {
	char story[64]; /* R1.tls13 */
	char verdict[16];
	char stopped_by[64];
	char run[64]; /* DATE-TIME-PID */
	long plays;
};

struct class_results {
	struct class_result rows[CLASS_RESULTS_MAX]; /* by story */
	size_t count;
	long plays;
};

/* 0, or -1 after a warning: the folder is not there, or cannot be read. */
int class_results_read(
    struct class_results *r, const char *folder, const char *name);

#endif
