/* SPDX-License-Identifier: MIT */
#ifndef CALL_H
#define CALL_H

#include "buffer.h"

#include <sys/types.h>

/*
 * A command line that is put together word by word, and run.
 *
 *	struct call c = {0};
 *	call_add ... -> call_run, or call_start -> call_end
 *
 * Memory that runs out, or more than CALL_WORDS_MAX words, ends the program.
 */
#define CALL_WORDS_MAX 96

struct call {
	char *words[CALL_WORDS_MAX + 1]; /* NULL-ended; owned */
	size_t count;
	int deadline_ms; /* for its end; 0: two minutes */
	pid_t pid;
	int out, errors; /* what it prints */
	char said[512];  /* after its end: the last line of its errors */
};

/* Add a word as printf(3) makes it; or NULL-ended words, one after another. */
void call_add(struct call *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void call_add_words(struct call *c, const char *const words[]);

/* Start it; its input is empty.  0, or -1 after a warning. */
int call_start(struct call *c);

/*
 * Wait for its end, and free the words.  What it printed is added to *out,
 * unless that is NULL.  Its exit status; 127 if it could not be run, 128 and
 * more if a signal ended it, as ours does at the deadline.
 */
int call_end(struct call *c, struct buffer *out);
int call_run(struct call *c, struct buffer *out);

/* Free the words of one that was not started. */
void call_clear(struct call *c);

#endif
