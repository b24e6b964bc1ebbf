/* SPDX-License-Identifier: MIT */
#ifndef RESULT_H
#define RESULT_H

#include "observation.h"
#include "play/play.h"
#include "story/expectation.h"
#include "testimony.h"

/* What one run came to: written by the play, read by whoever shows it. */

struct judged {
	unsigned int line;
	char *const *words; /* the expectation as it stands in the file */
	struct expectation expectation;
	bool met;
};

struct result {
	enum play_outcome outcome;
	char reason[320]; /* why it is no PASS, or "" */
	struct observation observation;
	struct executions executions;
	struct testimony *testimony; /* NULL: the witness could not be read */
	struct judged expected[SCENARIO_STEPS_MAX];
	size_t expected_count;
	int64_t milliseconds;
	uint64_t frames, dropped; /* the witness's */
	bool egress; /* the attacker's links had their filter (egress.h) */
};

/* Add it as JSON. */
void result_put(
    struct buffer *out, const struct result *r, const struct play *p);

/* Write result.json into the play's folder.  0, or -1 after a warning. */
int result_write(const struct result *r, const struct play *p);

/* That file again; NULL if it is not there.  The caller's: cJSON_Delete. */
cJSON *result_read(const char *folder);

#endif
