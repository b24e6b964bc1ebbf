/* SPDX-License-Identifier: MIT */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "scenario.h"

/*
 * The scenarios of a checkout, or of an installed copy: every *.scn file below
 * its scenarios folder.
 *
 *	library_open -> library_matches ... -> library_close
 */
#define LIBRARY_MAX 256

struct library {
	struct {
		char *path;
		struct scenario *scenario;
	} entries[LIBRARY_MAX]; /* by path */
	size_t count;
};

/*
 * Read all scenarios; where is a folder or a single file, or NULL for those
 * of the checkout this program was built in, or was installed with.  0, or -1
 * after one line for each file that is no scenario, or one that says there is
 * none.
 */
int library_open(struct library *l, const char *where);
void library_close(struct library *l);

/* Is the entry what the word asks for: its id, one of its tags, or "all"? */
bool library_matches(const struct library *l, size_t entry, const char *word);

/* Is it the play a word asks for?  R1 asks for R1 and for R1.tls13. */
bool library_asks_for(const char *word, const char *play);

/* Where `scenarios` and `containers` are that belong to this program. */
const char *library_home(void);

/* The folder the lab's programs are in: the one this program runs from. */
const char *library_programs(void);

#endif
