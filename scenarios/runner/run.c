/* SPDX-License-Identifier: MIT */
/*
 * replaylab run: plays scenarios, several at once, each in a sandbox of its
 * own; prints the verdict table as the verdicts come in.
 */
#include "commands.h"

#include "exit_code.h"
#include "lab_clock.h"
#include "library.h"
#include "option.h"
#include "play.h"
#include "report.h"
#include "report_line.h"
#include "run_folder.h"
#include "sandbox.h"
#include "stage.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_JOBS_MAX 64

/* One line of the table: a play that waits, runs, or is over. */
struct job {
	struct play play;
	char name[96];
	long place; /* in the order of a tag, from 1; 0: none */
	char folder[4096];
	pid_t pid; /* 0: not started */
	bool ended;
	int status; /* as waitpid gives it */
};

struct run {
	struct library library;
	struct run_folder folder;
	struct job *jobs;
	size_t count, printed;
	long parallel, repeat;
	enum report_form form;
	struct report_counts counts;
	int64_t began;
};

static volatile sig_atomic_t interrupted;

static void
interrupt(int signal)
{
	interrupted = signal;
}

static void
add_job(struct run *r, size_t entry, const char *value, long turn)
{
	struct job *job;
	char repeated[24] = "";

	r->jobs = realloc(r->jobs, (r->count + 1) * sizeof(r->jobs[0]));
	if (r->jobs == NULL)
		err(EXIT_INTERNAL, "%zu runs", r->count + 1);
	job = &r->jobs[r->count++];
	*job = (struct job){0};
	job->play.scenario = r->library.entries[entry].scenario;
	job->play.file = r->library.entries[entry].path;
	job->play.value = value;
	if (value != NULL && (int)strlen(value) > r->counts.width)
		r->counts.width = (int)strlen(value);
	job->play.programs = library_programs();
	if (r->repeat > 1)
		snprintf(repeated, sizeof(repeated), ".%03ld", turn + 1);
	snprintf(job->name, sizeof(job->name), "%s%s%s%s",
	    job->play.scenario->id, value == NULL ? "" : ".",
	    value == NULL ? "" : value, repeated);
}

/* The word may narrow a scenario to one value: R1.tls13. */
static bool
wanted(const struct run *r, size_t entry, const char *value, const char *word)
{
	const struct scenario *s = r->library.entries[entry].scenario;
	size_t length = strlen(s->id);

	if (library_matches(&r->library, entry, word))
		return true;
	return value != NULL && strncmp(word, s->id, length) == 0 &&
	       word[length] == '.' && strcmp(word + length + 1, value) == 0;
}

/*
 * Who asks for a tag with an order gets that order; all else stays as it is in
 * the library.
 */
static void
put_in_order(struct run *r)
{
	for (size_t i = 1; i < r->count; i++) {
		struct job job = r->jobs[i];
		size_t at = i;

		for (; at > 0 && r->jobs[at - 1].place > job.place; at--)
			r->jobs[at] = r->jobs[at - 1];
		r->jobs[at] = job;
	}
}

static void
add_wanted(struct run *r, size_t entry, const char *value, int count,
    char *words[], bool *found)
{
	const struct scenario *s = r->library.entries[entry].scenario;
	bool chosen = count == 0;
	long place = 0;

	for (int w = 0; w < count; w++) {
		if (wanted(r, entry, value, words[w]))
			chosen = found[w] = true;
		if (scenario_tag_place(s, words[w]) > place)
			place = scenario_tag_place(s, words[w]);
	}
	for (long turn = 0; chosen && turn < r->repeat; turn++) {
		add_job(r, entry, value, turn);
		r->jobs[r->count - 1].place = place;
	}
}

/* The jobs the words ask for; -1 after a line if one asks for nothing. */
static int
choose(struct run *r, int count, char *words[])
{
	bool found[64] = {false};

	if (count > 64) {
		warnx("more than 64 names");
		return -1;
	}
	for (size_t i = 0; i < r->library.count; i++) {
		const struct scenario *s = r->library.entries[i].scenario;

		if (s->value_count == 0)
			add_wanted(r, i, NULL, count, words, found);
		for (size_t v = 0; v < s->value_count; v++)
			add_wanted(r, i, s->values[v], count, words, found);
	}
	for (int w = 0; w < count; w++) {
		if (found[w])
			continue;
		warnx("no scenario is called %s; replaylab list names them",
		    words[w]);
		return -1;
	}
	put_in_order(r);
	return 0;
}

static int
inside(void *argument)
{
	const struct job *job = argument;

	signal(SIGINT, SIG_IGN); /* the terminal's; the parent decides */
	signal(SIGTERM, SIG_DFL);
	return play(&job->play);
}

static int
start_job(struct run *r, struct job *job)
{
	if (run_folder_add(&r->folder, job->name, job->play.file, job->folder,
		sizeof(job->folder)) == -1)
		return -1;
	job->play.folder = job->folder;
	job->pid = sandbox_spawn(inside, job);
	return job->pid == -1 ? -1 : 0;
}

/* Print finished jobs in the table's order. */
static void
print_finished(struct run *r)
{
	while (r->printed < r->count && r->jobs[r->printed].ended) {
		struct job *job = &r->jobs[r->printed++];

		report_line(r->form, &job->play, job->name, job->status,
		    r->printed, &r->counts);
	}
}

static int
play_all(struct run *r)
{
	size_t next = 0;
	long running = 0;
	int status;
	pid_t pid;

	while (!interrupted && (next < r->count || running > 0)) {
		if (next < r->count && running < r->parallel) {
			if (start_job(r, &r->jobs[next++]) == -1)
				return -1;
			running++;
			continue;
		}
		if ((pid = waitpid(-1, &status, 0)) == -1)
			continue; /* a signal */
		for (size_t i = 0; i < next; i++) {
			if (r->jobs[i].pid != pid || r->jobs[i].ended)
				continue;
			r->jobs[i].ended = true;
			r->jobs[i].status = status;
			running--;
		}
		print_finished(r);
	}
	return interrupted ? -1 : 0;
}

/* Ending a sandbox's first process ends all that is in it. */
static void
end_all(struct run *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->jobs[i].pid <= 0 || r->jobs[i].ended)
			continue;
		kill(r->jobs[i].pid, SIGKILL);
		while (waitpid(r->jobs[i].pid, NULL, 0) == -1 && errno == EINTR)
			;
		run_folder_remove(&r->folder, r->jobs[i].name);
	}
}

static int
run_jobs(struct run *r, const char *runs)
{
	struct sigaction action = {.sa_handler = interrupt};
	const char *missing = sandbox_missing();
	int outcome;

	if (missing != NULL) {
		warnx("the lab cannot run here: %s", missing);
		return EXIT_SKIPPED;
	}
	stage_warn();
	/* Before there is a folder that a signal would leave behind. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	if (run_folder_create(&r->folder, runs) == -1)
		return EXIT_INTERNAL;
	r->began = true_now();
	report_begin(r->form, r->count, &r->counts);
	outcome = play_all(r);
	if (outcome == -1)
		end_all(r);
	if (outcome == -1 && r->printed == 0)
		run_folder_remove(&r->folder, NULL);
	else {
		(void)report_write(r->folder.path);
		run_folder_finish(&r->folder);
		report_end(r->form, &r->counts,
		    (true_now() - r->began) / 1000000,
		    run_folder_shown(&r->folder));
	}
	if (interrupted)
		return 128 + interrupted;
	if (outcome == -1 || r->counts.broken > 0)
		return EXIT_INTERNAL;
	if (r->counts.failed > 0)
		return EXIT_DIFFERS;
	return r->counts.passed == 0 && r->counts.skipped > 0
		   ? EXIT_SKIPPED
		   : EXIT_AS_EXPECTED;
}

/* -j N, which fingers know from make, is --jobs N. */
static void
spell_out_jobs(int argc, char *argv[])
{
	static char spelled[32];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-j") == 0)
			argv[i] = "--jobs";
		else if (strncmp(argv[i], "-j", 2) == 0) {
			snprintf(
			    spelled, sizeof(spelled), "--jobs=%s", argv[i] + 2);
			argv[i] = spelled;
		}
	}
}

int
run_main(int argc, char *argv[])
{
	const char *where = NULL, *runs = "runs";
	bool json = false, tap = false;
	int first, outcome;
	struct run r = {.parallel = sysconf(_SC_NPROCESSORS_ONLN), .repeat = 1};
	const struct option_usage usage = {
	    .command = "replaylab run",
	    .does = "Play scenarios, print a verdict for each and keep the "
		    "evidence.\nExits 0 if all came out as expected, 1 if "
		    "not, 4 if all were skipped.",
	    .operands = "[NAME|NAME.VALUE|TAG|all]...",
	    .rows =
		(const struct option_row[]){
		    OPTION_NUMBER("jobs", &r.parallel, 1, RUN_JOBS_MAX,
			"plays at once, also -j N (default: cores)"),
		    OPTION_NUMBER("repeat", &r.repeat, 1, 1000,
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

	spell_out_jobs(argc, argv);
	switch (option_read(&usage, argc, argv, &first)) {
	case OPTIONS_READ:
		break;
	case OPTIONS_HELPED:
		return EXIT_AS_EXPECTED;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	}
	r.form = json ? REPORT_JSON : tap ? REPORT_TAP : REPORT_TABLE;
	if (library_open(&r.library, where) == -1 ||
	    choose(&r, argc - first, argv + first) == -1)
		outcome = EXIT_USAGE;
	else
		outcome = run_jobs(&r, runs);
	free(r.jobs);
	library_close(&r.library);
	return outcome;
}
