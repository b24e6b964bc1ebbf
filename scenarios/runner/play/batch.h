/* SPDX-License-Identifier: MIT */
#ifndef BATCH_H
#define BATCH_H

#include "play.h"
#include "run_folder.h"
#include "story/library.h"

#include <sys/types.h>

/*
 * The plays of one command: several at once, each in a sandbox of its own
 * (with containers: one after the other), told in their order as they end.
 *
 *	batch_choose -> batch_begin -> batch_play -> batch_end -> batch_clear
 */
#define BATCH_JOBS_MAX 64

/* A play that waits, runs, or is over. */
struct job {
	struct play play;
	char name[96]; /* of its folder: M1.none */
	long place;    /* in the order of a tag, from 1; 0: none */
	char folder[4096];
	pid_t pid; /* 0: not started */
	bool ended;
	int status; /* as waitpid gives it */
};

struct batch {
	const struct library *library; /* borrowed */
	long parallel, repeat;
	/* Called for each job that is over, in the order of jobs. */
	void (*tell)(const struct job *job, void *argument);
	void *argument;
	struct engine engine;
	struct run_folder folder;
	struct job *jobs;
	size_t count, told;
};

/*
 * How many plays at once, unless told: on few cores more than there are, as a
 * play waits for more than half of its time.
 */
long batch_jobs_usual(void);

/*
 * Add what the words ask for: ID, ID.VALUE, a tag, or all; without words all.
 * -1 after a line if one asks for nothing.
 */
int batch_choose(struct batch *b, int count, char *words[]);

/*
 * Make the folder.  0, or the exit status after a warning: this machine cannot
 * run the lab, or the folder cannot be made.
 */
int batch_begin(struct batch *b, const char *runs);

/* 0, or -1: a signal, or a warning was given.  No play is left running. */
int batch_play(struct batch *b);

/* Write the report and close the folder; if nothing was told, remove it. */
void batch_end(struct batch *b, int outcome);

/* The exit status of a batch that a signal ended, or 0. */
int batch_interrupted(void);

void batch_clear(struct batch *b);

/* -j N, which fingers know from make, becomes --jobs N. */
void batch_spell_out_jobs(int argc, char *argv[]);

#endif
