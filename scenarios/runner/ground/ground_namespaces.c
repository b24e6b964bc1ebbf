/* SPDX-License-Identifier: MIT */
/* Hosts that are namespaces: their programs are children of this process. */
#include "ground.h"

#include "exit_code.h"
#include "play/installed.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *
as_here(const char *path)
{
	return path;
}

static int
watch_children(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The hosts' names, for programs that look them up in the usual place. */
static int
name_hosts(const char *folder)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/hosts", folder);
	if (mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == 0 ||
	    errno == ENOENT)
		return 0;
	warn("/etc/hosts of the lab");
	return -1;
}

static int
build(struct ground *g, const char *folder, enum scenario_wiring wiring,
    const struct scenario *scenario)
{
	if ((g->children = watch_children()) == -1) {
		warn("stage");
		return -1;
	}
	if (name_hosts(folder) == -1)
		return -1;
	return plant_build(&g->plant, wiring, scenario);
}

/* The child's last moments as the runner. */
static void
become(const struct ground *g, const struct ground_order *order)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    plant_enter(&g->plant, order->host) == -1)
		_exit(EXIT_INTERNAL);
	/* A copy of itself would keep the mark that closes it. */
	for (int i = 0; i <= SETTINGS_EVENTS_FD; i++)
		if (order->descriptors[i] == i
			? fcntl(i, F_SETFD, 0) == -1
			: dup2(order->descriptors[i], i) == -1)
			err(EXIT_INTERNAL, "%s", order->words[0]);
	if (!order->terminal)
		setsid();
	settings_use(order->settings);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvp(order->words[0], (char **)(uintptr_t)order->words);
	err(EXIT_INTERNAL, "%s", order->words[0]);
}

static pid_t
spawn(struct ground *g, const struct ground_order *order)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0)
		become(g, order);
	if (pid == -1)
		warn("%s on %s", order->words[0], order->host);
	return pid;
}

static void
send_signal(struct ground *g, const char *host, pid_t pid, int number)
{
	(void)g;
	(void)host;
	kill(pid, number);
}

static bool
take_end(struct ground *g, struct ground_end *end)
{
	struct signalfd_siginfo news;
	int status;

	while (read(g->children, &news, sizeof(news)) > 0)
		;
	*end = (struct ground_end){.pid = waitpid(-1, &status, WNOHANG)};
	if (end->pid <= 0)
		return false;
	if (WIFSIGNALED(status))
		end->signal = WTERMSIG(status);
	else
		end->exit_code = WEXITSTATUS(status);
	return true;
}

static size_t
add_poll(const struct ground *g, struct pollfd *fds)
{
	fds[0] = (struct pollfd){g->children, POLLIN, 0};
	return 1;
}

static int
read_counters(struct ground *g, const char *host, struct tcp_counters *counters)
{
	int outcome;

	*counters = (struct tcp_counters){0};
	if (!plant_has(&g->plant, host))
		return 0; /* who is not there drops nothing */
	if (plant_enter(&g->plant, host) == -1)
		return -1;
	outcome = tcp_counters_read(counters, 0);
	return plant_leave(&g->plant) == -1 ? -1 : outcome;
}

static uint64_t
egress_dropped(struct ground *g)
{
	return plant_egress_dropped(&g->plant);
}

static bool
has(struct ground *g, const char *program)
{
	(void)g;
	return is_installed(program);
}

/* All of it ends with this process. */
static int
end(struct ground *g)
{
	(void)g;
	return 0;
}

const struct ground_kind ground_of_namespaces = {
    .folder = as_here,
    .programs = as_here,
    .open = build,
    .spawn = spawn,
    .signal = send_signal,
    .take_end = take_end,
    .poll = add_poll,
    .counters = read_counters,
    .egress_dropped = egress_dropped,
    .has = has,
    .close = end,
};
