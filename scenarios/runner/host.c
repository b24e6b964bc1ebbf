/* SPDX-License-Identifier: MIT */
/*
 * replaylab host: the first process of a container that is a host of the lab.
 * The runner tells it what to run, with descriptors of its own, so that all
 * programs write to the runner's one pipe; it tells the runner what ended.  All
 * of the host ends with the connection.
 */
#include "commands.h"

#include "exit_code.h"
#include "ground/host_channel.h"
#include "option.h"
#include "play/installed.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct attendant {
	struct host_channel runner;
	int signals;
	bool over;
};

static int
call_runner(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s", path) >=
	    (int)sizeof(at.sun_path))
		errx(EXIT_USAGE, "%s: too long for a socket", path);
	if (fd == -1 ||
	    connect(fd, (const struct sockaddr *)&at, sizeof(at)) == -1)
		err(EXIT_INTERNAL, "%s", path);
	return fd;
}

static int
watch_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGINT, SIG_IGN);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
say(struct attendant *a, const struct host_message *m)
{
	if (host_channel_send(&a->runner, m, NULL) == -1)
		a->over = true;
}

/* In the child.  Descriptor 3 is the event log's, in every program. */
static void
become(const struct host_message *order, const int *descriptors)
{
	const char *home = getenv("REPLAYLAB_DIR");
	sigset_t none;

	/* A copy of itself would keep the mark that closes it. */
	for (int i = 0; i < HOST_DESCRIPTORS; i++)
		if (descriptors[i] == i ? fcntl(i, F_SETFD, 0) == -1
					: dup2(descriptors[i], i) == -1)
			_exit(EXIT_INTERNAL);
	for (size_t i = 0; order->settings[i] != NULL; i++)
		putenv((char *)order->settings[i]);
	setsid();
	(void)ioctl(STDIN_FILENO, TIOCSCTTY, 0); /* if it is a terminal */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	if (home != NULL && chdir(home) == -1)
		err(EXIT_INTERNAL, "%s", home);
	execvp(order->words[0], (char **)order->words);
	err(EXIT_INTERNAL, "%s", order->words[0]);
}

static void
drop_descriptors(struct attendant *a)
{
	for (size_t i = 0; i < HOST_DESCRIPTORS; i++)
		if (a->runner.descriptors[i] != -1)
			close(a->runner.descriptors[i]);
}

/* Its end can only be told after its start: this process does both. */
static void
run(struct attendant *a, const struct host_message *order)
{
	struct host_message answer = {.kind = HOST_STARTED};
	pid_t pid = -1;

	errno = EBADF;
	if (a->runner.descriptors[0] != -1)
		pid = fork();
	if (pid == 0)
		become(order, a->runner.descriptors);
	if (pid == -1)
		answer.why = (uint32_t)errno;
	else
		answer.pid = (uint32_t)pid;
	say(a, &answer);
}

static void
take_order(struct attendant *a)
{
	struct host_message order;

	if (host_channel_take(&a->runner, &order) != 1) {
		a->over = true;
		return;
	}
	switch (order.kind) {
	case HOST_RUN:
		run(a, &order);
		break;
	case HOST_SIGNAL:
		kill((pid_t)order.pid, order.number);
		break;
	case HOST_FIND:
		say(a, &(struct host_message){.kind = HOST_FOUND,
			   .number = is_installed(order.name)});
		break;
	case HOST_HELLO:
	case HOST_STARTED:
	case HOST_ENDED:
	case HOST_FOUND:
		a->over = true; /* not for us to hear */
		break;
	}
	drop_descriptors(a);
}

/* Also those whose parents are gone: the first process gets them. */
static void
tell_ends(struct attendant *a)
{
	struct host_message end = {.kind = HOST_ENDED};
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		end.pid = (uint32_t)pid;
		end.number =
		    WIFSIGNALED(status) ? (uint8_t)WTERMSIG(status) : 0;
		end.exit_code =
		    WIFEXITED(status) ? (uint8_t)WEXITSTATUS(status) : 0;
		say(a, &end);
	}
}

static void
take_signals(struct attendant *a)
{
	struct signalfd_siginfo news;

	while (read(a->signals, &news, sizeof(news)) == sizeof(news))
		if (news.ssi_signo == SIGTERM)
			a->over = true;
	tell_ends(a);
}

static int
attend(struct attendant *a, const char *name)
{
	struct pollfd fds[] = {
	    {a->runner.fd, POLLIN, 0}, {a->signals, POLLIN, 0}};

	say(a, &(struct host_message){
		   .kind = HOST_HELLO, .number = HOST_PROTOCOL, .name = name});
	while (!a->over) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			err(EXIT_INTERNAL, "poll");
		if (fds[1].revents != 0)
			take_signals(a);
		if (fds[0].revents != 0)
			take_order(a);
	}
	return EXIT_AS_EXPECTED;
}

int
host_main(int argc, char *argv[])
{
	static struct attendant a;
	const char *path = NULL;
	int first, status;
	const struct option_usage usage = {
	    .command = "replaylab host",
	    .does = "Be a host of the lab: run what the runner at the other "
		    "end of a socket asks for.\n`replaylab run --engine "
		    "podman` starts it as the first process of each container.",
	    .operands = "HOST",
	    .rows =
		(const struct option_row[]){
		    OPTION_TEXT("runner", &path, "SOCKET", "where it listens"),
		    OPTION_END,
		},
	    .example = "replaylab host client --runner /replaylab/hosts.sock",
	};

	if ((status = option_status(&usage, argc, argv, &first)) != -1)
		return status;
	if (path == NULL || argc - first != 1) {
		warnx("replaylab host: which host, and which --runner?");
		return EXIT_USAGE;
	}
	a.runner = (struct host_channel){
	    .fd = call_runner(path), .takes_descriptors = true};
	/* Nobody whom it runs is to trace it and speak in its place. */
	if (prctl(PR_SET_DUMPABLE, 0) == -1)
		err(EXIT_INTERNAL, "prctl");
	if ((a.signals = watch_signals()) == -1)
		err(EXIT_INTERNAL, "signals");
	return attend(&a, argv[first]);
}
