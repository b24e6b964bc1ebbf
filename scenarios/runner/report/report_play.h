/* SPDX-License-Identifier: MIT */
#ifndef REPORT_PLAY_H
#define REPORT_PLAY_H

#include "evidence/evidence.h"
#include "evidence/frame_list.h"
#include "manifest.h"
#include "story/scenario.h"

/*
 * One play, as its folder tells of it afterwards.
 *
 *	report_play_open -> report_play_read -> report_play_close
 */
struct report_play {
	const char *name; /* of its folder: "R1.tls13"; borrowed */
	char path[3584];  /* of its folder */
	cJSON *result;    /* result.json; an empty object if there is none */
	struct scenario *scenario; /* as it was played; NULL: not known */
	struct evidence evidence;
	struct manifest manifest;
	struct frame_list frames;
};

/*
 * Read the result and the scenario of the folder `run`/`name`.  0, or -1 if it
 * is no folder of a play.
 */
int report_play_open(struct report_play *p, const char *run, const char *name);

/* Read the rest of its evidence; what is not there stays empty. */
void report_play_read(struct report_play *p);
void report_play_close(struct report_play *p);

/* What follows the id in the name: the value of `over`, a turn; or "". */
const char *report_play_variant(const struct report_play *p);

/* Is that file among its evidence? */
bool report_play_has(const struct report_play *p, const char *file);

#endif
