/* SPDX-License-Identifier: MIT */
#ifndef SELECTION_H
#define SELECTION_H

#include "reassemble/conversation.h"

/*
 * A selection names one thing on a tape, as `attacker show` numbers it:
 *
 *	client:3  server:last	a segment or record of that side
 *	2  last			a request, counted over the whole tape
 *	client			the whole stream of that side
 *
 * Segments count those with data.  Where several conversations have what the
 * words say, the latest on the tape is meant.
 */
enum selection_kind {
	SELECT_SEGMENT,
	SELECT_RECORD,
	SELECT_REQUEST,
	SELECT_STREAM,
};
const char *selection_kind_name(enum selection_kind kind);

struct selection {
	enum selection_kind kind;
	enum side side;
	uint64_t number;     /* 0: the last */
	size_t conversation; /* 0: any */
};

/* False if the words do not name such a thing. */
bool selection_parse(
    enum selection_kind kind, const char *words, struct selection *selection);

/* A stream longer than this is not selected whole (bytes). */
#define SELECTED_STREAM_MAX (64 << 20)

/* What a selection found: a copy of it, and where it was. */
struct selected {
	bool found;
	struct buffer bytes; /* frame, record, request or stream */
	size_t conversation;
	enum side side;
	uint64_t number;
	int64_t at;
	int link_type;
};
void selected_clear(struct selected *s);

/*
 * Read a tape to its end and find what is selected.  -1 after a warning if the
 * tape cannot be read or has no such thing; a tape that ends in the middle of
 * a frame (it may still be being written) is read up to there.
 *
 * If `set` is not NULL it gets the conversations as they stand at the end of
 * the tape, to go on feeding with live frames (conversations_listen to hear
 * what is found in those); the caller frees them.
 */
int selection_find(const char *path, const struct selection *selection,
    struct selected *selected, struct conversations **set)
    __attribute__((warn_unused_result));

#endif
