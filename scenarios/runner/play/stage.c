/* SPDX-License-Identifier: MIT */
/* Processes on hosts, and one poll over everything they say. */
#include "stage.h"

#include "ground/egress.h"
#include "json.h"
#include "lab_clock.h"
#include "lab_folder.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
stage_warn(void)
{
	const char *missing = egress_missing();

	if (missing != NULL)
		warnx("the attacker's links get no egress filter, lock 5 of "
		      "his confinement (%s); the other locks hold",
		    missing);
	if (access("/etc/hosts", F_OK) == -1 && errno == ENOENT)
		warnx("/etc/hosts is missing, so the lab's hosts cannot find "
		      "each other by name; as root: touch /etc/hosts");
}

int
stage_open(struct stage *s, const struct engine *engine, const char *folder,
    const char *programs, enum scenario_wiring wiring,
    const struct scenario *scenario)
{
	char path[4096];
	int ends[2];

	*s = (struct stage){.folder = folder, .programs = programs};
	signal(SIGPIPE, SIG_IGN);
	if (pipe2(ends, O_CLOEXEC) == -1 ||
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) == -1) {
		warn("stage");
		return -1;
	}
	s->events = ends[0];
	s->events_in = ends[1];
	snprintf(path, sizeof(path), "%s/events.jsonl", folder);
	if (evidence_open(&s->evidence, path) == -1 ||
	    lab_folder_fill(folder) == -1 ||
	    ground_open(&s->ground, engine, folder, wiring, scenario) == -1 ||
	    (ground_fenced(&s->ground) &&
		lab_folder_write_manifest(folder, true) == -1))
		return -1;
	snprintf(path, sizeof(path), "%s/witness.pcapng", folder);
	return (s->witness = witness_open(path)) == NULL ? -1 : 0;
}

uint64_t
stage_note_egress(struct stage *s)
{
	uint64_t dropped = ground_egress_dropped(&s->ground);
	struct buffer *event;

	if (dropped > 0) {
		event = evidence_begin(&s->evidence, "egress_drop");
		json_member_text(event, "on", "attacker");
		json_member_number(event, "frames", (int64_t)dropped);
		if (evidence_end(&s->evidence, event) == -1)
			s->failed = true;
	}
	return dropped;
}

int
stage_end_hosts(struct stage *s)
{
	if (s->ground.kind == NULL)
		return 0;
	for (size_t i = 0; i < s->process_count; i++)
		if (!s->processes[i].ended)
			stage_signal(s, &s->processes[i], SIGKILL);
	if (witness_close(s->witness) == -1)
		s->failed = true;
	s->witness = NULL;
	return ground_close(&s->ground);
}

void
stage_close(struct stage *s)
{
	(void)stage_end_hosts(s);
	evidence_close(&s->evidence);
}

void
stage_signal(struct stage *s, const struct process *p, int number)
{
	ground_signal(&s->ground, p->host, p->pid, number);
}

/* What a process has for its output: its log. */
static int
open_log(const struct stage *s, const struct process *p)
{
	char path[4200];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", s->folder, p->log);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd == -1)
		warn("%s", path);
	return fd;
}

static int
start(struct stage *s, struct process *p, const char *const words[], int in,
    int out, int errors)
{
	static struct settings settings;
	const struct ground_kind *kind = s->ground.kind;

	settings_make(&settings, p->host, words[0], kind->folder(s->folder),
	    kind->programs(s->programs));
	p->pid = ground_spawn(
	    &s->ground, &(struct ground_order){
			    .host = p->host,
			    .words = words,
			    .settings = &settings,
			    .descriptors = {in, out, errors, s->events_in},
			    .terminal = out == STDOUT_FILENO,
			});
	return p->pid == -1 ? -1 : 0;
}

/* With an input that this process writes, and a log. */
static int
start_logged(struct stage *s, struct process *p, const char *const words[])
{
	int input[2], log, outcome = -1;

	if ((log = open_log(s, p)) == -1)
		return -1;
	if (pipe2(input, O_CLOEXEC) == -1) {
		warn("%s on %s", words[0], p->host);
		close(log);
		return -1;
	}
	outcome = start(s, p, words, input[0], log, log);
	close(input[0]);
	close(log);
	if (outcome == -1)
		close(input[1]);
	else
		p->input = input[1];
	return outcome;
}

struct process *
stage_spawn(
    struct stage *s, const char *host, const char *const words[], bool terminal)
{
	struct process *p = &s->processes[s->process_count];
	const char *slash = strrchr(words[0], '/');
	int outcome;

	if (s->process_count == STAGE_PROCESSES_MAX) {
		warnx("more than %d processes in one run", STAGE_PROCESSES_MAX);
		return NULL;
	}
	*p = (struct process){.input = -1};
	snprintf(p->host, sizeof(p->host), "%s", host);
	snprintf(p->name, sizeof(p->name), "%s%s%s",
	    slash == NULL ? words[0] : slash + 1, words[1] == NULL ? "" : " ",
	    words[1] == NULL ? "" : words[1]);
	snprintf(p->log, sizeof(p->log), "logs/%02zu-%s.log", s->process_count,
	    host);
	outcome = terminal ? start(s, p, words, STDIN_FILENO, STDOUT_FILENO,
				 STDERR_FILENO)
			   : start_logged(s, p, words);
	if (outcome == -1)
		return NULL;
	s->process_count++;
	return p;
}

/* Hosts may count their processes from 1, each for itself. */
static bool
is_of(const cJSON *event, const struct process *p)
{
	return p->pid == (pid_t)event_get_number(event, "pid") &&
	       strcmp(p->host, event_get_text(event, "host")) == 0;
}

static void
take_events(struct stage *s)
{
	uint8_t chunk[65536];
	ssize_t length;

	while ((length = read(s->events, chunk, sizeof(chunk))) > 0)
		if (evidence_take(&s->evidence,
			(struct bytes){chunk, (size_t)length}) == -1)
			s->failed = true;
	for (; s->scanned < s->evidence.count; s->scanned++) {
		const cJSON *event = s->evidence.events[s->scanned];

		if (!event_is(event, "ready"))
			continue;
		for (size_t i = 0; i < s->process_count; i++)
			if (is_of(event, &s->processes[i]))
				s->processes[i].ready++;
	}
}

static void
note_end(struct process *p, const struct ground_end *end)
{
	p->ended = true;
	p->signal = end->signal;
	p->exit_code = end->signal != 0 ? 128 + end->signal : end->exit_code;
	if (p->input != -1)
		close(p->input);
	p->input = -1;
}

static void
take_ends(struct stage *s)
{
	struct ground_end end;

	while (ground_take_end(&s->ground, &end))
		for (size_t i = 0; i < s->process_count; i++) {
			struct process *p = &s->processes[i];

			if (!p->ended && (end.pid == 0 || p->pid == end.pid) &&
			    (end.host == NULL ||
				strcmp(end.host, p->host) == 0))
				note_end(p, &end);
		}
}

/* Wait at most that long for news and take it in. */
static void
turn(struct stage *s, int wait_ms)
{
	struct pollfd fds[2 + GROUND_POLL_MAX] = {
	    {s->events, POLLIN, 0},
	    {s->witness == NULL ? -1 : witness_fd(s->witness), POLLIN, 0},
	};
	nfds_t count = 2 + ground_poll(&s->ground, &fds[2]);

	if (poll(fds, count, wait_ms) == -1 && errno != EINTR) {
		warn("stage");
		s->failed = true;
	}
	if (s->witness != NULL && witness_take(s->witness) == -1)
		s->failed = true;
	/*
	 * Ends before events: what a program wrote before it ended is then in
	 * hand by the time its end is known.
	 */
	take_ends(s);
	take_events(s);
}

bool
stage_await(struct stage *s, bool (*condition)(struct stage *s, void *argument),
    void *argument, int deadline_ms)
{
	int64_t deadline = true_now() + (int64_t)deadline_ms * 1000000;

	turn(s, 0);
	while (!condition(s, argument)) {
		if (s->failed || true_now() >= deadline)
			return false;
		turn(s, 10);
	}
	return true;
}

struct process *
stage_process_on(struct stage *s, const char *host)
{
	for (size_t i = s->process_count; i-- > 0;)
		if (!s->processes[i].ended &&
		    strcmp(s->processes[i].host, host) == 0)
			return &s->processes[i];
	return NULL;
}

const char *
process_ending(const struct process *p, char *into, size_t size)
{
	if (p->signal != 0)
		snprintf(into, size, "was killed by signal %d", p->signal);
	else
		snprintf(into, size, "ended with status %d", p->exit_code);
	return into;
}

const char *
stage_last_words(
    const struct stage *s, const struct process *p, char *into, size_t size)
{
	char path[4096], line[512];
	FILE *log;

	snprintf(into, size, "it said nothing");
	snprintf(path, sizeof(path), "%s/%s", s->folder, p->log);
	if ((log = fopen(path, "re")) == NULL)
		return into;
	while (fgets(line, sizeof(line), log) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (*line != '\0')
			snprintf(into, size, "%s", line);
	}
	fclose(log);
	return into;
}
