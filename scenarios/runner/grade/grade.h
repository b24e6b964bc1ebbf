/* SPDX-License-Identifier: MIT */
#ifndef GRADE_H
#define GRADE_H

#include "fingerprint.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * One play that was handed in, judged anew: what its result.json claims, what
 * its evidence says, and what of that does not hang together.  Who handed it
 * in may have written any byte of it.
 *
 *	grade_folder	which plays there are			(grade_folder.h)
 *	grade_child	each in a process of its own, with limits
 *	grade_play	story, events, ledgers, witness -> verdict, notes, marks
 *	grade_same	whose marks are another's, too
 *	grade_table	rows
 */
#define GRADE_NOTES_SIZE 1400
#define GRADE_NOTES_MAX 6 /* of a play; then one knows */

/* What is not as it should be: a word and a line each. */
struct grade_notes {
	char text[GRADE_NOTES_SIZE];
	size_t count;
};

/*
 * "word: line".  Bytes that a terminal could obey become question marks, so
 * anything may be shown.
 */
void grade_note(struct grade_notes *n, const char *word, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* One more, however many there are: that it is another's, too. */
void grade_note_same(struct grade_notes *n, const char *student,
    const char *story, const char *what);

/* By what evidence is known again; the first is the surest. */
enum grade_mark_kind {
	GRADE_MARK_EVENT,  /* its time, host and type */
	GRADE_MARK_RANDOM, /* a client's random and its secret, of TLS */
	GRADE_MARK_CA,     /* each run has its own */
};
#define GRADE_MARK_KINDS 3
#define GRADE_MARKS_MAX 24 /* of a kind */

struct grade_marks {
	char names[GRADE_MARK_KINDS][GRADE_MARKS_MAX][FINGERPRINT_SIZE];
	size_t count[GRADE_MARK_KINDS];
};

/*
 * Keep the name if it is among the lowest so far, in order and once: whoever
 * shares most of the bytes shares most of the lowest.  Pure.
 */
void grade_mark(struct grade_marks *m, enum grade_mark_kind kind,
    const char name[FINGERPRINT_SIZE]);

#define GRADE_WORD_SIZE 16
#define GRADE_STORY_SIZE 64

struct grade {
	char story[GRADE_STORY_SIZE];  /* "R1.tls13" */
	char claimed[GRADE_WORD_SIZE]; /* "PASS"; "?" no such word, "-" none */
	char judged[GRADE_WORD_SIZE];  /* the same; "DOUBT": see the notes */
	struct grade_notes notes;
	struct grade_marks marks;
};

/*
 * The last word: who claims a failure claims nothing, so nothing is held
 * against it; and a verdict on evidence that does not hang together is a doubt.
 */
void grade_conclude(struct grade *g);

/* Is all that was claimed judged so? */
bool grade_agrees(const struct grade *g);

struct library;

/*
 * Judge the play in that folder, an open one, by the library's story.  `name`
 * is the folder's, for a play that does not say which it is.  It reads only.
 */
void grade_play(
    struct grade *g, int folder, const char *name, const struct library *l);

/*
 * The same in a child with limits of time and memory, that writes nothing:
 * evidence can be made to last, or to exhaust.  grade_child_begin returns
 * 0, or -1 after a warning; grade_child_end waits for what it has to say.
 */
struct grade_child {
	int pid, from;
};
int grade_child_begin(struct grade_child *c, int folder, const char *name,
    const struct library *l);
void grade_child_end(struct grade_child *c, const char *name, struct grade *g);

#endif
