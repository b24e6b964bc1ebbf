/* SPDX-License-Identifier: MIT */
#ifndef OFFSET_MAP_H
#define OFFSET_MAP_H

#include "bytes.h"

/*
 * Which byte of an edited stream is which byte of the original one.
 *
 *	offset_map_start -> (pass | insert | remove | replace | forget) ...
 *	    -> offset_map_clear
 *
 *	original	| passed |         | removed | replaced |
 *	edited		| passed | inserted |        | replaced |
 *
 * Places are TCP sequence numbers and may wrap.  What was acknowledged is
 * forgotten, so the map is as long as what is in flight.  All pure.
 */
struct offset_extent {
	uint32_t original, edited; /* lengths; same in both if linear */
	bool linear;               /* byte for byte */
};

struct offset_map {
	uint32_t original, edited; /* where the first extent begins */
	uint32_t original_end, edited_end;
	struct offset_extent *extents;
	size_t count, capacity;
};

void offset_map_start(struct offset_map *m, uint32_t place);
void offset_map_clear(struct offset_map *m);

/* Append an extent: n bytes went by; were put in; were taken out. */
void offset_map_pass(struct offset_map *m, uint32_t n);
void offset_map_insert(struct offset_map *m, uint32_t n);
void offset_map_remove(struct offset_map *m, uint32_t n);
/* n bytes that stand in another order now, and count only together. */
void offset_map_shuffle(struct offset_map *m, uint32_t n);

/*
 * The receiver has all edited bytes before `edited`: up to where does it have
 * the sender's?  What was taken out counts as had, once all before it is.
 */
uint32_t offset_map_acknowledged(const struct offset_map *m, uint32_t edited);

/*
 * The same for what the receiver has beyond a gap, from *left to *right: the
 * original bytes that are wholly in there.  False if there are none.
 */
bool offset_map_selected(
    const struct offset_map *m, uint32_t *left, uint32_t *right);

/* Where an original byte is now, or the first thing after it. */
uint32_t offset_map_edited(const struct offset_map *m, uint32_t original);

/* The receiver has acknowledged up to here. */
void offset_map_forget(struct offset_map *m, uint32_t edited);

#endif
