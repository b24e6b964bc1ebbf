/* SPDX-License-Identifier: MIT */
#ifndef EDITOR_H
#define EDITOR_H

#include "offset_map.h"
#include "rule.h"

/*
 * One direction of a connection as a stream of bytes that rules edit.
 *
 *	editor_init -> editor_feed ... editor_end
 *	            -> editor_output -> editor_acknowledged ... -> editor_clear
 *
 * Bytes go in, in order; what the receiver shall see is kept in `out` until he
 * has acknowledged it, and `map` knows which is which.  What no rule speaks of
 * passes at once.  The edited stream does not depend on the pieces the bytes
 * come in.  Pure.
 *
 *	unit for ...	on the way in		when it is whole
 *	no rule		passes
 *	duplicate	passes, noted		once more into out
 *	reflect		passes, noted		told; who listens reflects it
 *	drop		withheld		gone
 *	hold		withheld		all stands still till released
 *	swap		withheld, and the next	both into out, the other way
 *	cut		withheld		the end of out; the rest is gone
 */
struct editor;

/* A rule acts on a unit; told before the output changes. */
struct edit {
	const struct rule *rule;
	struct bytes unit; /* whole */
	uint64_t number;   /* of it within its side */
	bool arrives;      /* it goes into some output now; else withheld */
	uint32_t place;    /* where in this editor's output it would go */
};
typedef void edit_fn(void *user, struct editor *e, const struct edit *edit);

/* A unit passed, or was withheld: for those who count. */
typedef void unit_fn(
    void *user, struct editor *e, const struct unit_piece *last);

struct editor_calls {
	edit_fn *edit;
	unit_fn *unit; /* NULL: nobody counts */
	void *user;
};

struct editor {
	enum side side;
	size_t conversation;
	struct rules *rules;
	const struct editor_calls *calls;
	struct unit_reader reader;
	struct offset_map map;
	struct buffer out;        /* edited, not acknowledged yet */
	struct buffer noted;      /* the unit that will be copied */
	struct buffer withheld;   /* units that do not go on, so far */
	size_t first_length;      /* swap: of the first of them */
	const struct rule *rule;  /* for the present unit, or NULL */
	const struct rule *swap;  /* it waits for the second unit */
	uint64_t first_number;    /* swap: of the first unit */
	struct buffer insertions; /* to go in where a unit ends */
	uint32_t told;            /* what editor_acknowledged last said */
	bool holding;             /* stands still */
	bool was_cut;             /* nothing more arrives */
	bool ended;               /* out is complete: FIN follows */
	bool end_acknowledged;
};

/* `first` is the sequence number of the first byte, in and out. */
void editor_init(struct editor *e, enum side side, size_t conversation,
    struct rules *rules, const struct editor_calls *calls, uint32_t first);
void editor_clear(struct editor *e);

/* Takes from the front of *in what it can; nothing while it holds. */
void editor_feed(struct editor *e, struct bytes *in);

/* The original stream is over, and all of it was fed. */
void editor_end(struct editor *e);

/* The held unit goes on.  False if there is none. */
bool editor_release(struct editor *e);

/* Something of another stream goes in, at the next border between units. */
void editor_insert(struct editor *e, struct bytes unit);

/*
 * The output from `place` on, which must not be acknowledged yet; at most what
 * there is.  FIN is not in it.
 */
struct bytes editor_output(const struct editor *e, uint32_t place);
/* Behind its last byte; FIN stands there if the editor has ended. */
uint32_t editor_output_end(const struct editor *e);

/*
 * The receiver acknowledged the output up to `place`: what may the sender be
 * told that it has?  Also what the editor keeps for itself, and that is not
 * taken back when it goes on later.
 */
uint32_t editor_acknowledged(struct editor *e, uint32_t place);

#endif
