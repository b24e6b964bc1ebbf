/* SPDX-License-Identifier: MIT */
#ifndef STAGE_H
#define STAGE_H

#include "evidence/evidence.h"
#include "ground/ground.h"
#include "witness.h"

#include <sys/types.h>

/*
 * The stage of one run, inside the sandbox: the network, the processes on its
 * hosts, and all that is heard of them.  Nothing here sleeps: it waits for
 * facts, with a deadline.
 *
 *	stage_open -> stage_spawn, stage_await ... -> stage_end_hosts -> the
 *	    folder is read and written -> stage_close
 */

#define STAGE_PROCESSES_MAX 64
#define STAGE_DEADLINE_MS 30000 /* for whatever is awaited */

struct process {
	char host[32];
	char name[48]; /* "victim-server backend": program and first word */
	char log[64];  /* its output, relative to the folder */
	pid_t pid;
	int input; /* write end of its standard input, or -1 */
	bool ended;
	int signal;    /* that ended it, or 0 */
	int exit_code; /* once ended; 128 + signal if one ended it */
	size_t ready;  /* how often it said so */
	bool may_end;  /* its end is no accident */
};

struct stage {
	const char *folder;   /* REPLAYLAB_DIR */
	const char *programs; /* folder of the lab's programs */
	struct ground ground;
	struct witness *witness; /* NULL: none */
	struct evidence evidence;
	int events, events_in; /* the pipe all programs write to */
	size_t scanned;        /* events looked at for `ready` */
	struct process processes[STAGE_PROCESSES_MAX];
	size_t process_count;
	bool failed; /* disk or kernel refused; already said */
};

/*
 * What this machine lacks that a stage can do without: a line for each.  For
 * who opens several stages to call once.
 */
void stage_warn(void);

/*
 * Build the network as the engine does, open witness and event log.  Hosts that
 * the scenario does not name may be missing; NULL means all.  0, or -1 after a
 * warning; stage_close is due either way.
 */
int stage_open(struct stage *s, const struct engine *engine, const char *folder,
    const char *programs, enum scenario_wiring wiring,
    const struct scenario *scenario);
/*
 * At the end: note in the evidence what the attacker's links dropped as no
 * lab's (egress.h).  Returns how many frames that were.
 */
uint64_t stage_note_egress(struct stage *s);
/*
 * All hosts end, and then nobody else writes in the folder: before that, what
 * a host has put there under some name may be a link to what is ours.  The
 * capture is whole.  0, or -1 after a warning: leave the folder alone.
 */
int stage_end_hosts(struct stage *s);
void stage_close(struct stage *s);

/*
 * Run words (NULL-ended, words[0] is a program's name or path) on a host.  With
 * `terminal` it keeps the caller's terminal, else its output goes to a log.
 * NULL after a warning.
 */
struct process *stage_spawn(struct stage *s, const char *host,
    const char *const words[], bool terminal);

/*
 * Turn until condition(stage, argument) is true.  False if the deadline passes,
 * or something fails.
 */
bool stage_await(struct stage *s,
    bool (*condition)(struct stage *s, void *argument), void *argument,
    int deadline_ms);

void stage_signal(struct stage *s, const struct process *p, int number);

/* The newest process of a host that has not ended, or NULL. */
struct process *stage_process_on(struct stage *s, const char *host);

/* "ended with status 3", "was killed by signal 9". */
const char *process_ending(const struct process *p, char *into, size_t size);

/* The last line of a process's log, for an error message. */
const char *stage_last_words(
    const struct stage *s, const struct process *p, char *into, size_t size);

#endif
