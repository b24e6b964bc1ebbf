/* SPDX-License-Identifier: MIT */
/* Which plays a command has, and the sandboxes they run in. */
#include "batch.h"

#include "exit_code.h"
#include "progress.h"
#include "report/report.h"
#include "stage.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_USUAL 8 /* beyond it a play a core */

static volatile sig_atomic_t interrupted;

static void
interrupt(int signal)
{
	interrupted = signal;
}

static void
add_job(struct batch *b, size_t entry, const char *value, long turn)
{
	struct job *job;
	char repeated[24] = "";

	b->jobs = realloc(b->jobs, (b->count + 1) * sizeof(b->jobs[0]));
	if (b->jobs == NULL)
		err(EXIT_INTERNAL, "%zu runs", b->count + 1);
	job = &b->jobs[b->count++];
	*job = (struct job){0};
	job->play.scenario = b->library->entries[entry].scenario;
	job->play.file = b->library->entries[entry].path;
	job->play.value = value;
	job->play.programs = library_programs();
	if (b->repeat > 1) {
		job->play.turn = turn + 1;
		snprintf(repeated, sizeof(repeated), ".%03ld", turn + 1);
	}
	snprintf(job->name, sizeof(job->name), "%s%s%s%s",
	    job->play.scenario->id, value == NULL ? "" : ".",
	    value == NULL ? "" : value, repeated);
}

/* The word may narrow a scenario to one value: R1.tls13. */
static bool
wanted(const struct batch *b, size_t entry, const char *value, const char *word)
{
	const struct scenario *s = b->library->entries[entry].scenario;
	size_t length = strlen(s->id);

	if (library_matches(b->library, entry, word))
		return true;
	return value != NULL && strncmp(word, s->id, length) == 0 &&
	       word[length] == '.' && strcmp(word + length + 1, value) == 0;
}

/*
 * Who asks for a tag with an order gets that order; all else stays as it is in
 * the library.
 */
static void
put_in_order(struct batch *b)
{
	for (size_t i = 1; i < b->count; i++) {
		struct job job = b->jobs[i];
		size_t at = i;

		for (; at > 0 && b->jobs[at - 1].place > job.place; at--)
			b->jobs[at] = b->jobs[at - 1];
		b->jobs[at] = job;
	}
}

static void
add_wanted(struct batch *b, size_t entry, const char *value, int count,
    char *words[], bool *found)
{
	const struct scenario *s = b->library->entries[entry].scenario;
	bool chosen = count == 0;
	long place = 0;

	for (int w = 0; w < count; w++) {
		if (wanted(b, entry, value, words[w]))
			chosen = found[w] = true;
		if (scenario_tag_place(s, words[w]) > place)
			place = scenario_tag_place(s, words[w]);
	}
	for (long turn = 0; chosen && turn < b->repeat; turn++) {
		add_job(b, entry, value, turn);
		b->jobs[b->count - 1].place = place;
	}
}

long
batch_jobs_usual(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (cores >= JOBS_USUAL)
		return cores;
	return 3 * cores < JOBS_USUAL ? 3 * cores : JOBS_USUAL;
}

int
batch_choose(struct batch *b, int count, char *words[])
{
	bool found[64] = {false};

	if (count > 64) {
		warnx("more than 64 names");
		return -1;
	}
	for (size_t i = 0; i < b->library->count; i++) {
		const struct scenario *s = b->library->entries[i].scenario;

		if (s->value_count == 0)
			add_wanted(b, i, NULL, count, words, found);
		for (size_t v = 0; v < s->value_count; v++)
			add_wanted(b, i, s->values[v], count, words, found);
	}
	for (int w = 0; w < count; w++) {
		if (found[w])
			continue;
		warnx("no scenario is called %s; replaylab list names them",
		    words[w]);
		return -1;
	}
	put_in_order(b);
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
start_job(struct batch *b, struct job *job)
{
	if (run_folder_add(&b->folder, job->name, job->play.file, job->folder,
		sizeof(job->folder)) == -1)
		return -1;
	job->play.folder = job->folder;
	job->play.engine = &b->engine;
	job->pid = engine_spawn(&b->engine, inside, job);
	return job->pid == -1 ? -1 : 0;
}

static void
tell_finished(struct batch *b)
{
	progress_hide();
	while (b->told < b->count && b->jobs[b->told].ended)
		b->tell(&b->jobs[b->told++], b->argument);
}

static int
play_all(struct batch *b)
{
	size_t next = 0;
	long running = 0;
	int status;
	pid_t pid;

	while (!interrupted && (next < b->count || running > 0)) {
		if (next < b->count && running < b->parallel) {
			if (start_job(b, &b->jobs[next++]) == -1)
				return -1;
			running++;
			progress_show(b);
			continue;
		}
		if ((pid = waitpid(-1, &status, 0)) == -1)
			continue; /* a signal */
		for (size_t i = 0; i < next; i++) {
			if (b->jobs[i].pid != pid || b->jobs[i].ended)
				continue;
			b->jobs[i].ended = true;
			b->jobs[i].status = status;
			running--;
		}
		engine_clean(&b->engine);
		tell_finished(b);
		progress_show(b);
	}
	progress_hide();
	return interrupted ? -1 : 0;
}

/* Ending a sandbox's first process ends all that is in it. */
static void
end_all(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->jobs[i].pid <= 0 || b->jobs[i].ended)
			continue;
		kill(b->jobs[i].pid, SIGKILL);
		while (waitpid(b->jobs[i].pid, NULL, 0) == -1 && errno == EINTR)
			;
		engine_clean(&b->engine);
		run_folder_remove(&b->folder, b->jobs[i].name);
	}
}

int
batch_play(struct batch *b)
{
	int outcome = play_all(b);

	if (outcome == -1)
		end_all(b);
	return outcome;
}

int
batch_begin(struct batch *b, const char *runs)
{
	struct sigaction action = {.sa_handler = interrupt};
	const char *missing = engine_missing(&b->engine);

	if (missing != NULL) {
		warnx("the lab cannot run here: %s", missing);
		return EXIT_SKIPPED;
	}
	stage_warn();
	/* Before there is a folder that a signal would leave behind. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	if (run_folder_create(&b->folder, runs) == -1)
		return EXIT_INTERNAL;
	if (engine_begin(&b->engine, b->folder.path) == 0)
		return 0;
	engine_end(&b->engine);
	run_folder_remove(&b->folder, NULL);
	return EXIT_INTERNAL;
}

void
batch_end(struct batch *b, int outcome)
{
	engine_end(&b->engine);
	if (outcome == -1 && b->told == 0)
		run_folder_remove(&b->folder, NULL);
	else {
		(void)report_write(b->folder.path);
		run_folder_finish(&b->folder);
	}
}

int
batch_interrupted(void)
{
	return interrupted ? 128 + interrupted : 0;
}

void
batch_clear(struct batch *b)
{
	free(b->jobs);
	b->jobs = NULL;
}

void
batch_spell_out_jobs(int argc, char *argv[])
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
