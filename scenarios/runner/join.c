/* SPDX-License-Identifier: MIT */
/*
 * Entering a running lab: namespaces(7), in the order that keeps each step
 * allowed.
 */
#include "join.h"

#include "exit_code.h"
#include "ground/network.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The descriptors a shell needs, as this process opened them. */
struct doors {
	int user, ipc, pid, mount; /* the lab's */
	int net, uts;              /* the host's */
	int events;
};

int
join_publish(const struct stage *s)
{
	const struct manifest *m = &network_manifest;
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/join", s->folder);
	if ((file = fopen(path, "we")) == NULL) {
		warn("%s", path);
		return -1;
	}
	for (size_t h = 0; h < m->host_count; h++)
		fprintf(file, "%s %d %d %d\n", m->hosts[h].name,
		    s->ground.plant.net[h], s->ground.plant.uts[h],
		    s->events_in);
	return fclose(file) == EOF ? -1 : 0;
}

int
join_publish_pid(const char *folder, pid_t pid)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/lab.pid", folder);
	if ((file = fopen(path, "we")) == NULL) {
		warn("%s", path);
		return -1;
	}
	fprintf(file, "%d\n", (int)pid);
	return fclose(file) == EOF ? -1 : 0;
}

static pid_t
read_pid(const char *folder)
{
	char path[PATH_MAX];
	int pid = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/lab.pid", folder);
	if ((file = fopen(path, "re")) == NULL)
		return -1;
	if (fscanf(file, "%d", &pid) != 1 || kill(pid, 0) == -1)
		pid = -1;
	fclose(file);
	return pid;
}

int
join_find(const char *runs, char *folder, size_t size)
{
	struct dirent **entries;
	int count = scandir(runs, &entries, NULL, alphasort);
	bool found = false;

	for (int i = count - 1; i >= 0; i--) {
		if (!found && entries[i]->d_name[0] != '.') {
			snprintf(folder, size, "%s/%s/shell", runs,
			    entries[i]->d_name);
			found = read_pid(folder) != -1;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (found)
		return 0;
	warnx("no lab runs that was started from here; `replaylab shell` "
	      "starts one");
	return -1;
}

static int
open_door(pid_t pid, const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if ((fd = open(path, flags | O_CLOEXEC)) == -1)
		warn("%s", path);
	return fd;
}

static int
open_held(pid_t pid, int held, int flags)
{
	char name[32];

	snprintf(name, sizeof(name), "fd/%d", held);
	return open_door(pid, name, flags);
}

static int
open_doors(const char *folder, const char *host, struct doors *d)
{
	char path[PATH_MAX], name[64];
	pid_t pid = read_pid(folder);
	int net, uts, events;
	FILE *file;

	snprintf(path, sizeof(path), "%s/join", folder);
	if (pid == -1 || (file = fopen(path, "re")) == NULL) {
		warnx("%s: the lab has ended, or is not up yet", folder);
		return -1;
	}
	do
		if (fscanf(file, "%63s %d %d %d", name, &net, &uts, &events) !=
		    4) {
			warnx("%s: no host %s", path, host);
			fclose(file);
			return -1;
		}
	while (strcmp(name, host) != 0);
	fclose(file);
	d->user = open_door(pid, "ns/user", O_RDONLY);
	d->ipc = open_door(pid, "ns/ipc", O_RDONLY);
	d->pid = open_door(pid, "ns/pid", O_RDONLY);
	d->mount = open_door(pid, "ns/mnt", O_RDONLY);
	d->net = open_held(pid, net, O_RDONLY);
	d->uts = open_held(pid, uts, O_RDONLY);
	d->events = open_held(pid, events, O_WRONLY);
	return d->user == -1 || d->ipc == -1 || d->pid == -1 ||
		       d->mount == -1 || d->net == -1 || d->uts == -1 ||
		       d->events == -1
		   ? -1
		   : 0;
}

/* The user namespace first: it gives the right to enter the others. */
static int
enter(const struct doors *d)
{
	char here[PATH_MAX];

	if (getcwd(here, sizeof(here)) == NULL ||
	    setns(d->user, CLONE_NEWUSER) == -1 ||
	    setns(d->ipc, CLONE_NEWIPC) == -1 ||
	    setns(d->uts, CLONE_NEWUTS) == -1 ||
	    setns(d->net, CLONE_NEWNET) == -1 ||
	    setns(d->pid, CLONE_NEWPID) == -1 ||
	    setns(d->mount, CLONE_NEWNS) == -1 || chdir(here) == -1) {
		warn("entering the lab");
		return -1;
	}
	return 0;
}

static void
become(const char *folder, const char *programs, const char *host,
    const char *const words[], int events)
{
	static struct settings settings;

	settings_make(&settings, host, words[0], folder, programs);
	settings_use(&settings);
	/* A copy of itself would keep the mark that closes it. */
	if (events == SETTINGS_EVENTS_FD
		? fcntl(events, F_SETFD, 0) == -1
		: dup2(events, SETTINGS_EVENTS_FD) == -1)
		err(EXIT_INTERNAL, "event log");
	execvp(words[0], (char **)words);
	err(EXIT_INTERNAL, "%s", words[0]);
}

int
join_run(const char *folder, const char *programs, const char *host,
    const char *const words[])
{
	struct doors doors;
	char *absolute = realpath(folder, NULL);
	int status;
	pid_t pid;

	if (absolute == NULL || open_doors(absolute, host, &doors) == -1 ||
	    enter(&doors) == -1 || (pid = fork()) == -1)
		return EXIT_INTERNAL;
	if (pid == 0)
		become(absolute, programs, host, words, doors.events);
	signal(SIGINT, SIG_IGN);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	free(absolute);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
