/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include <inttypes.h>

static void
write_header(struct buffer *out, const char *name, const char *help)
{
	buffer_printf(out,
	    "# HELP replaylab_backend_%s %s\n"
	    "# TYPE replaylab_backend_%s counter\n",
	    name, help, name);
}

static void
write_counter(
    struct buffer *out, const char *name, const char *help, uint64_t value)
{
	write_header(out, name, help);
	buffer_printf(out, "replaylab_backend_%s %" PRIu64 "\n", name, value);
}

void
metrics_write(const struct metrics *m, struct buffer *out)
{
	write_header(out, "requests_total", "Requests answered, by verdict.");
	for (int v = 0; v < VERDICT_COUNT; v++)
		buffer_printf(out,
		    "replaylab_backend_requests_total{verdict=\"%s\"} %" PRIu64
		    "\n",
		    verdict_name((enum verdict)v), m->requests[v]);
	write_counter(
	    out, "commits_total", "Transactions on disk.", m->commits);
	write_counter(out, "commit_failures_total", "Transactions rolled back.",
	    m->commit_failures);
	write_counter(out, "committed_requests_total",
	    "Requests that shared those transactions.", m->committed_requests);
}
