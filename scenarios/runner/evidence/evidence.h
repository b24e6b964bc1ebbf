/* SPDX-License-Identifier: MIT */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "buffer.h"

#include <cjson/cJSON.h>

/*
 * The evidence of one run: the events of all programs, in the order they were
 * written, on disk (events.jsonl) and in memory.
 *
 *	evidence_open -> (evidence_take | evidence_begin -> evidence_end) ...
 *	    -> evidence_close
 */
struct evidence {
	int file;
	struct buffer partial; /* the begun line */
	cJSON **events;
	size_t count, capacity;
	size_t unreadable; /* lines that are no event */
	int64_t seq;       /* of the runner's own events */
};

/* Append to the file at path.  0, or -1 after a warning. */
int evidence_open(struct evidence *e, const char *path);
void evidence_close(struct evidence *e);

/* Bytes of event lines as they come.  0, or -1 after a warning (the disk). */
int evidence_take(struct evidence *e, struct bytes in);

/*
 * Events as they stand in an events.jsonl, to look at: nothing is written.
 * Closed with evidence_close, too.
 */
void evidence_read(struct evidence *e, struct bytes lines);

/*
 * An event of the runner's own: begin, put members with json_member_..., end,
 * which answers as evidence_take and frees the line.
 */
struct buffer *evidence_begin(struct evidence *e, const char *type);
int evidence_end(struct evidence *e, struct buffer *line);

/*
 * A member of an event: "" or 0 if it has none of that type, or a number that
 * no program of ours writes.
 */
const char *event_get_text(const cJSON *event, const char *name);
int64_t event_get_number(const cJSON *event, const char *name);

bool event_is(const cJSON *event, const char *type);
bool event_text_is(const cJSON *event, const char *name, const char *value);
/* Have both that member, and the same in it? */
bool event_same_text(const cJSON *a, const cJSON *b, const char *name);
/* Are two events about one TCP connection, or one association over UDP? */
bool event_same_flow(const cJSON *a, const cJSON *b);

#endif
