/* SPDX-License-Identifier: MIT */
#ifndef GRADE_CAPTURE_H
#define GRADE_CAPTURE_H

#include "evidence/evidence.h"
#include "grade.h"
#include "lab_clock.h"
#include "segment.h"

/*
 * What a witness.pcapng is, as a whole: how many frames of which connections,
 * and of what time.
 *
 *	grade_capture_read -> grade_capture_... -> grade_capture_clear
 */
struct grade_flow {
	bool datagrams;
	struct endpoint src, dest;
};

struct grade_capture {
	uint64_t frames;
	/* Of its section's statistics, or of the frames where it has none. */
	char from[RFC3339_SIZE], until[RFC3339_SIZE];
	struct grade_flow *flows; /* each once, in each direction */
	size_t count, capacity;
};

/* 0, or -1 after a warning: it is not whole.  Clear it either way. */
int grade_capture_read(struct grade_capture *c, const char *path);
void grade_capture_clear(struct grade_capture *c);

/*
 * Has each connection of which an event tells a frame there, from who opened
 * it?  Pure.
 */
void grade_capture_compare(const struct grade_capture *c,
    const struct evidence *e, struct grade_notes *notes);

#endif
