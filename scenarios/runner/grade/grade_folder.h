/* SPDX-License-Identifier: MIT */
#ifndef GRADE_FOLDER_H
#define GRADE_FOLDER_H

#include "class/below.h"

/*
 * What one student handed in: a folder, and the plays somewhere below it.  A
 * play is a folder with a result.json or a scenario.scn in it.
 *
 *	grade_folder_open -> grade_folder_play ... -> grade_folder_close
 */
#define GRADE_PLAYS_MAX 10000 /* of a folder; FOLDER/runs/DATE/PLAY */
#define GRADE_DEPTH_MAX 6
#define GRADE_VISITS_MAX 100000 /* of folders in it */

struct grade_folder {
	int fd;
	char path[BELOW_PATH_MAX * 4]; /* as it was named */
	char student[BELOW_NAME_MAX];  /* by that: "bob" of class/bob/runs */
	size_t visits;
	char (*plays)[BELOW_PATH_MAX]; /* below it, by name; "." is itself */
	size_t count;
};

/* 0, or -1 after a warning.  A link may lead on only within its own folder. */
int grade_folder_open(struct grade_folder *f, const char *path);
void grade_folder_close(struct grade_folder *f);

/* A play's folder, opened, or -1: it is gone. */
int grade_folder_play(const struct grade_folder *f, size_t i);

/*
 * Who handed in what lies at that path: its last part that is no name of the
 * lab's own, such as runs, latest, or a run's date.  Pure.
 */
void grade_folder_student(const char *path, char into[BELOW_NAME_MAX]);

/* A play's own name, and that of the run it lies in; "" if there is none. */
void grade_folder_names(const struct grade_folder *f, size_t i,
    char play[BELOW_NAME_MAX], char run[BELOW_NAME_MAX]);

#endif
