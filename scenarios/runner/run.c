/* SPDX-License-Identifier: MIT */
/*
 * replaylab run: plays scenarios, several at once, each in a sandbox of its
 * own; prints the verdict table as the verdicts come in.
 */
#include "commands.h"

#include "exit_code.h"
#include "lab_clock.h"
#include "option.h"
#include "play/batch.h"
#include "report/report_line.h"

#include <string.h>
#include <unistd.h>

struct run {
	enum report_form form;
	struct report_counts counts;
};

static void
print_job(const struct job *job, void *argument)
{
	struct run *r = argument;
	size_t number =
	    r->counts.passed + r->counts.failed + r->counts.skipped + 1;

	report_line(
	    r->form, &job->play, job->name, job->status, number, &r->counts);
}

/* The column of variants is as wide as the widest of them. */
static void
measure(const struct batch *b, struct report_counts *counts)
{
	for (size_t i = 0; i < b->count; i++) {
		const char *value = b->jobs[i].play.value;

		if (value != NULL && (int)strlen(value) > counts->width)
			counts->width = (int)strlen(value);
	}
}

static int
run_jobs(struct run *r, struct batch *b, const char *runs)
{
	int64_t began = true_now();
	int outcome = batch_begin(b, runs);

	if (outcome != 0)
		return outcome;
	measure(b, &r->counts);
	report_begin(r->form, b->count, &r->counts);
	outcome = batch_play(b);
	batch_end(b, outcome);
	if (outcome == 0 || b->told > 0)
		report_end(r->form, &r->counts, (true_now() - began) / 1000000,
		    run_folder_shown(&b->folder));
	if (batch_interrupted() != 0)
		return batch_interrupted();
	if (outcome == -1 || r->counts.broken > 0)
		return EXIT_INTERNAL;
	if (r->counts.failed > 0)
		return EXIT_DIFFERS;
	return r->counts.passed == 0 && r->counts.skipped > 0
		   ? EXIT_SKIPPED
		   : EXIT_AS_EXPECTED;
}

int
run_main(int argc, char *argv[])
{
	const char *where = NULL, *runs = "runs";
	bool json = false, tap = false;
	int first, outcome;
	struct library library;
	struct run r = {0};
	struct batch b = {.library = &library,
	    .parallel = batch_jobs_usual(),
	    .repeat = 1,
	    .tell = print_job,
	    .argument = &r};
	const struct option_usage usage = {
	    .command = "replaylab run",
	    .does = "Play scenarios, print a verdict for each and keep the "
		    "evidence.\nExits 0 if all came out as expected, 1 if "
		    "not, 4 if all were skipped.",
	    .operands = "[NAME|NAME.VALUE|TAG|all]...",
	    .rows =
		(const struct option_row[]){
		    OPTION_WORD("engine", &b.engine.kind, "ENGINE",
			engine_words,
			"hosts are netns (the default), podman or docker"),
		    OPTION_TEXT("image", &b.engine.image, "NAME",
			"the containers' (default: replaylab)"),
		    OPTION_NUMBER("jobs", &b.parallel, 1, BATCH_JOBS_MAX,
			"plays at once, also -j N (default: 2 a core)"),
		    OPTION_NUMBER("repeat", &b.repeat, 1, 1000,
			"play each so many times"),
		    OPTION_FLAG("json", &json, "results as JSON, one a line"),
		    OPTION_FLAG("tap", &tap, "results as KTAP"),
		    OPTION_TEXT("runs", &runs, "DIR",
			"keep evidence here (default: runs)"),
		    OPTION_TEXT("scenarios", &where, "DIR|FILE",
			"read scenarios from here"),
		    OPTION_END,
		},
	    .example = "replaylab run R1 H1.tls13 -j 2",
	};

	batch_spell_out_jobs(argc, argv);
	if ((outcome = option_status(&usage, argc, argv, &first)) != -1)
		return outcome;
	if (engine_has_containers(&b.engine))
		b.parallel = 1; /* the networks are there once */
	r.form = json ? REPORT_JSON : tap ? REPORT_TAP : REPORT_TABLE;
	if (library_open(&library, where) == -1 ||
	    batch_choose(&b, argc - first, argv + first) == -1)
		outcome = EXIT_USAGE;
	else
		outcome = run_jobs(&r, &b, runs);
	batch_clear(&b);
	library_close(&library);
	return outcome;
}
