/* SPDX-License-Identifier: MIT */
#ifndef EVENT_H
#define EVENT_H

#include "bytes.h"

/*
 * The event log: one JSON object a line, the evidence every verdict rests on.
 * docs/formats.md lists the types and their fields.
 *
 *	event_log_open -> (event_begin -> event_text ... -> event_end) ...
 *
 * There is one log and one open event a process.  A line is written with one
 * write of at most EVENT_LINE_MAX bytes, so lines of several programs on one
 * pipe never mix, and it is written *before* what it announces is done: what
 * an event causes always stands after it.  No secret belongs in an event.
 */

/* PIPE_BUF of Linux, the largest write to a pipe that is atomic. */
#define EVENT_LINE_MAX 4096

/*
 * Where events go: REPLAYLAB_EVENTS in the environment, a descriptor's number
 * or a file's path to append to.  Without it events are dropped.  `program` is
 * borrowed for good.  0, or -1 after a warning if that place cannot be used.
 */
int event_log_open(const char *program);

/* Is anybody told?  For what is costly to find out and of no other use. */
bool event_log_is_open(void);

/*
 * One event.  All of these do nothing while the log is not open.  A text of
 * NULL is no member; one that is too long for the line is cut, and the event
 * has `truncated`.  A log that cannot be written ends the program (exit 70).
 */
void event_begin(const char *type);
void event_text(const char *name, const char *value);
void event_bytes(const char *name, struct bytes value);
void event_number(const char *name, int64_t value);
void event_bool(const char *name, bool value);
void event_end(void);

/* An event without fields of its own. */
void event_only(const char *type);

/* The program has done all it can until somebody else acts. */
#define event_ready() event_only("ready")

#endif
