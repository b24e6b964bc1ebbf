/* SPDX-License-Identifier: MIT */
/* A child, its log, Enter and SIGTERM. */
#include "store_server.h"

#include "bytes.h"
#include "event.h"
#include "exit_code.h"
#include "ground/network.h"
#include "lab.h"
#include "printed.h"
#include "stock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/magic.h>

struct serving {
	const struct store_server *server;
	pid_t child;
	int signals;
	struct printed log;
	bool ready, hanging, ending, ended;
};

static const char *
host_name(void)
{
	static char name[64];

	gethostname(name, sizeof(name) - 1);
	return name;
}

const char *
store_server_address(void)
{
	const struct manifest_host *self =
	    manifest_host(&network_manifest, host_name());

	return self == NULL ? "127.0.0.1" : self->interfaces[0].address;
}

/*
 * In memory, so that it is gone with the lab and quick; what the kernel has
 * outlives a crash of the server, as a disk does.
 */
static int
mount_memory(const char *path)
{
	struct statfs status;

	if (mkdir(path, 0755) == -1 && errno != EEXIST) {
		warn("%s", path);
		return -1;
	}
	if (statfs(path, &status) == 0 && status.f_type == TMPFS_MAGIC)
		return 0;
	if (mount("store", path, "tmpfs", MS_NOSUID | MS_NODEV,
		"size=1g,mode=755") == 0)
		return 0;
	warn("memory for %s", path);
	return -1;
}

int
store_server_place(char *path, size_t size, bool *fresh)
{
	const char *all = lab_file("data");

	if (all == NULL) {
		warnx("there is no lab here; see replaylab shell");
		return -1;
	}
	if (mount_memory(all) == -1)
		return -1;
	snprintf(path, size, "%s/%s", all, host_name());
	*fresh = mkdir(path, 0700) == 0;
	if (*fresh || errno == EEXIST)
		return 0;
	warn("%s", path);
	return -1;
}

/* -1 after a warning; *out is the reading end of what it prints. */
static pid_t
start(const char *const words[], int *out, bool errors_too)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1) {
		warn("%s", words[0]);
		return -1;
	}
	pid = stock_child(words, -1, ends[1], errors_too ? ends[1] : -1);
	close(ends[1]);
	*out = ends[0];
	return pid;
}

int
store_server_run(const char *const words[], struct buffer *out)
{
	char chunk[4096];
	int status = -1, end;
	ssize_t length;
	pid_t pid = start(words, &end, false);

	if (pid == -1)
		return -1;
	while ((length = read(end, chunk, sizeof(chunk))) > 0)
		if (out != NULL)
			buffer_add(out, chunk, (size_t)length);
	close(end);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (status != 0)
		warnx("%s ended with status %d", words[0], status);
	return status == 0 ? 0 : -1;
}

/*
 * A process and its children: it stops first, so that it makes none behind our
 * back, and anything else comes to it last, while they are still its own.
 */
static void
signal_tree(pid_t pid, int number)
{
	char path[64];
	FILE *children;
	int child;

	if (number == SIGSTOP)
		kill(pid, number);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
	    (int)pid);
	if ((children = fopen(path, "re")) != NULL) {
		while (fscanf(children, "%d", &child) == 1)
			signal_tree(child, number);
		fclose(children);
	}
	if (number != SIGSTOP)
		kill(pid, number);
}

static void
tell(const char *action)
{
	event_begin("store");
	event_text("action", action);
	event_end();
}

static void
take_line(void *user, struct bytes line)
{
	struct serving *s = user;
	const char *text = (const char *)line.at;
	const char *wanted = s->server->ready;

	fprintf(stderr, "%.*s\n", (int)line.left, text);
	if (s->ready || memmem(text, line.left, wanted, strlen(wanted)) == NULL)
		return;
	s->ready = true;
	tell("started");
	event_ready();
}

static void
hang(struct serving *s, bool hanging)
{
	signal_tree(s->child, hanging ? SIGSTOP : SIGCONT);
	s->hanging = hanging;
}

static void
enter(struct serving *s)
{
	static const char *const actions[] = {
	    [ENTER_PROMOTE] = "promoted",
	    [ENTER_FILL] = "filled",
	    [ENTER_CROWD] = "crowded",
	};
	const struct store_server *server = s->server;

	switch (server->enter) {
	case ENTER_NOTHING:
		break;
	case ENTER_HANG:
		tell(s->hanging ? "continued" : "hung");
		hang(s, !s->hanging);
		break;
	case ENTER_PROMOTE:
	case ENTER_FILL:
	case ENTER_CROWD:
		tell(actions[server->enter]);
		if (server->act(server->argument) == -1)
			return; /* it has warned, and is not ready again */
		break;
	}
	event_ready();
}

static void
end(struct serving *s)
{
	const struct store_server *server = s->server;

	if (s->hanging && !server->crash)
		hang(s, false);
	if (server->last != NULL && s->ready) {
		if (s->hanging)
			hang(s, false);
		(void)server->last(server->argument); /* it has warned */
	}
	s->ending = true;
	tell(server->crash ? "crashed" : "ended");
	if (server->crash) {
		signal_tree(s->child, SIGSTOP); /* none notices another's end */
		signal_tree(s->child, SIGKILL);
	} else {
		kill(s->child, server->end_signal);
	}
}

/* Also the children of a server that was killed: nothing of it is left. */
static void
reap(struct serving *s)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		;
	s->ended = pid == -1 && errno == ECHILD;
}

static void
take_signals(struct serving *s)
{
	struct signalfd_siginfo news;

	while (read(s->signals, &news, sizeof(news)) == sizeof(news)) {
		if (news.ssi_signo != SIGCHLD && !s->ending)
			end(s);
	}
	reap(s);
}

static void
serve(struct serving *s)
{
	int input = STDIN_FILENO;
	char c;

	while (!s->ended) {
		struct pollfd fds[] = {{s->signals, POLLIN, 0},
		    {s->log.fd, POLLIN, 0}, {input, POLLIN, 0}};

		if (poll(fds, 3, -1) == -1 && errno != EINTR)
			err(EXIT_INTERNAL, "poll");
		printed_take(&s->log, take_line, s);
		if ((fds[1].revents & (POLLHUP | POLLERR)) != 0 &&
		    (fds[1].revents & POLLIN) == 0)
			s->log.fd = -1;
		if (fds[2].revents != 0 && read(input, &c, 1) != 1)
			input = -1; /* nobody will press Enter */
		else if (fds[2].revents != 0 && c == '\n')
			enter(s);
		if (fds[0].revents != 0)
			take_signals(s);
	}
	printed_take(&s->log, take_line, s);
}

int
store_server_serve(const struct store_server *server)
{
	struct serving s = {.server = server};

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1 ||
	    (s.signals = stock_signals()) == -1 ||
	    (s.child = start(server->words, &s.log.fd, true)) == -1 ||
	    fcntl(s.log.fd, F_SETFL, O_NONBLOCK) == -1)
		return EXIT_INTERNAL;
	serve(&s);
	printed_clear(&s.log);
	if (!s.ending)
		warnx("%s ended by itself", server->words[0]);
	return s.ending ? EXIT_AS_EXPECTED : EXIT_INTERNAL;
}

int
store_server_command(const struct option_usage *usage, int argc, char *argv[],
    int (*run)(void *argument), void *argument)
{
	int status = option_status(usage, argc, argv, NULL);

	return status != -1 ? status : run(argument);
}
