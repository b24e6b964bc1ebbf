/* SPDX-License-Identifier: MIT */
#ifndef METRICS_H
#define METRICS_H

#include "backend/verdict.h"
#include "buffer.h"

/* What a backend has done since it started, as counters. */
struct metrics {
	uint64_t requests[VERDICT_COUNT];
	uint64_t commits;
	uint64_t commit_failures;
	uint64_t committed_requests; /* over commits: the size of a group */
};

#define METRICS_MEDIA_TYPE "text/plain; version=0.0.4"

/* In Prometheus' text format. */
void metrics_write(const struct metrics *m, struct buffer *out);

#endif
