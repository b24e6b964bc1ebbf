/* SPDX-License-Identifier: MIT */
/* Processes on hosts, and one poll over everything they say. */
#include "stage.h"

#include "egress.h"
#include "exit_code.h"
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
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVENTS_FD 3 /* in every program of the lab */

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

/* The hosts' names, where programs look them up. */
static int
name_hosts(const char *folder)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/hosts", folder);
	if (mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == -1 &&
	    errno != ENOENT) {
		warn("/etc/hosts of the lab");
		return -1;
	}
	return 0;
}

static int
watch_children(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
stage_open(struct stage *s, const char *folder, const char *programs,
    enum scenario_wiring wiring)
{
	char path[4096];
	int ends[2];

	*s = (struct stage){.folder = folder, .programs = programs};
	if (pipe2(ends, O_CLOEXEC) == -1 ||
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) == -1 ||
	    (s->children = watch_children()) == -1) {
		warn("stage");
		return -1;
	}
	s->events = ends[0];
	s->events_in = ends[1];
	snprintf(path, sizeof(path), "%s/events.jsonl", folder);
	if (evidence_open(&s->evidence, path) == -1 ||
	    plant_build(&s->plant, wiring) == -1 ||
	    lab_folder_fill(folder, s->plant.egress) == -1 ||
	    name_hosts(folder) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/witness.pcapng", folder);
	return (s->witness = witness_open(path)) == NULL ? -1 : 0;
}

uint64_t
stage_note_egress(struct stage *s)
{
	uint64_t dropped = plant_egress_dropped(&s->plant);
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

void
stage_end_witness(struct stage *s)
{
	if (witness_close(s->witness) == -1)
		s->failed = true;
	s->witness = NULL;
}

void
stage_close(struct stage *s)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (!s->processes[i].ended)
			kill(s->processes[i].pid, SIGKILL);
	stage_end_witness(s);
	evidence_close(&s->evidence);
}

void
stage_environment(
    const struct stage *s, const char *host, const char *program, int events)
{
	char value[4096];
	const char *path = getenv("PATH");

	/* A copy of itself would keep the mark that closes it. */
	if (events == EVENTS_FD ? fcntl(events, F_SETFD, 0) == -1
				: dup2(events, EVENTS_FD) == -1)
		err(EXIT_INTERNAL, "event log");
	snprintf(value, sizeof(value), "%s:%s", s->programs,
	    path == NULL ? "/usr/sbin:/usr/bin:/sbin:/bin" : path);
	setenv("PATH", value, 1);
	setenv("REPLAYLAB_DIR", s->folder, 1);
	snprintf(value, sizeof(value), "%d", EVENTS_FD);
	setenv("REPLAYLAB_EVENTS", value, 1);
	/* A replayed ClientHello has a random that the log of its first
	 * sender has, too: servers keep logs of their own. */
	if (strncmp(host, "client", 6) == 0)
		snprintf(value, sizeof(value), "%s/keys.log", s->folder);
	else
		snprintf(
		    value, sizeof(value), "%s/keys-%s.log", s->folder, host);
	/* The victims tell their TLS secrets to the evidence, not to him. */
	if (strcmp(host, "attacker") == 0 || strcmp(program, "attacker") == 0)
		unsetenv("SSLKEYLOGFILE");
	else
		setenv("SSLKEYLOGFILE", value, 1);
}

/* The child's last moments as the runner. */
static void
become(const struct stage *s, const struct process *p, const char *host,
    const char *const words[], bool terminal, int input)
{
	char path[4096];
	sigset_t none;
	int out;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    plant_enter(&s->plant, host) == -1)
		_exit(EXIT_INTERNAL);
	if (!terminal) {
		snprintf(path, sizeof(path), "%s/%s", s->folder, p->log);
		out = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
		if (out == -1 || dup2(out, STDOUT_FILENO) == -1 ||
		    dup2(out, STDERR_FILENO) == -1 ||
		    dup2(input, STDIN_FILENO) == -1)
			err(EXIT_INTERNAL, "%s", path);
		setsid();
	}
	stage_environment(s, host, words[0], s->events_in);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvp(words[0], (char **)words);
	err(EXIT_INTERNAL, "%s", words[0]);
}

struct process *
stage_spawn(
    struct stage *s, const char *host, const char *const words[], bool terminal)
{
	struct process *p = &s->processes[s->process_count];
	const char *slash = strrchr(words[0], '/');
	int input[2] = {-1, -1};

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
	if (!terminal && pipe2(input, O_CLOEXEC) == -1) {
		warn("%s on %s", words[0], host);
		return NULL;
	}
	fflush(NULL);
	if ((p->pid = fork()) == -1) {
		warn("%s on %s", words[0], host);
		return NULL;
	}
	if (p->pid == 0)
		become(s, p, host, words, terminal, input[0]);
	if (input[0] != -1)
		close(input[0]);
	p->input = input[1];
	s->process_count++;
	return p;
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
			if (s->processes[i].pid ==
			    (pid_t)event_get_number(event, "pid"))
				s->processes[i].ready++;
	}
}

static void
take_ends(struct stage *s)
{
	struct signalfd_siginfo news;
	int status;
	pid_t pid;

	while (read(s->children, &news, sizeof(news)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < s->process_count; i++) {
			struct process *p = &s->processes[i];

			if (p->pid != pid || p->ended)
				continue;
			p->ended = true;
			p->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
			p->exit_code = p->signal != 0 ? 128 + p->signal
						      : WEXITSTATUS(status);
			if (p->input != -1)
				close(p->input);
			p->input = -1;
		}
	}
}

void
stage_turn(struct stage *s, int wait_ms)
{
	struct pollfd fds[] = {
	    {s->events, POLLIN, 0},
	    {s->children, POLLIN, 0},
	    {s->witness == NULL ? -1 : witness_fd(s->witness), POLLIN, 0},
	};

	if (poll(fds, 3, wait_ms) == -1 && errno != EINTR) {
		warn("stage");
		s->failed = true;
	}
	if (s->witness != NULL && witness_take(s->witness) == -1)
		s->failed = true;
	/* Ends before events: what a program wrote before it ended is then
	 * in hand by the time its end is known. */
	take_ends(s);
	take_events(s);
}

bool
stage_await(struct stage *s, bool (*condition)(struct stage *s, void *argument),
    void *argument, int deadline_ms)
{
	int64_t deadline = true_now() + (int64_t)deadline_ms * 1000000;

	stage_turn(s, 0);
	while (!condition(s, argument)) {
		if (s->failed || true_now() >= deadline)
			return false;
		stage_turn(s, 10);
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
