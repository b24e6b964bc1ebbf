/* SPDX-License-Identifier: MIT */
#ifndef SETTINGS_H
#define SETTINGS_H

/*
 * What a program on a host of the lab finds in its environment: NAME=VALUE
 * words, or a NAME that it must not find.  As putenv(3) takes them.
 */
#define SETTINGS_EVENTS_FD 3 /* where every program finds the event log */
#define SETTINGS_MAX 5

struct settings {
	char text[SETTINGS_MAX][4400];
	const char *list[SETTINGS_MAX + 1]; /* NULL-ended */
};

/*
 * For a program (its name or path) on a host.  `folder` is the lab's as that
 * program sees it; `programs` is where the lab's own are, or NULL if its PATH
 * has them.
 */
void settings_make(struct settings *s, const char *host, const char *program,
    const char *folder, const char *programs);

/* For this process, which is about to become the program. */
void settings_use(const struct settings *s);

#endif
