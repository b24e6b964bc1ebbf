/* SPDX-License-Identifier: MIT */
/* Finding a process that is there already, and following it. */
#include "container_switches.h"

#include "container.h"
#include "stock/stock.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int
open_namespace(pid_t pid, const char *kind)
{
	char path[48];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		warn("%s", path);
	return fd;
}

static int
follow(pid_t pid)
{
	int user = open_namespace(pid, "user");
	int net = open_namespace(pid, "net");
	int outcome = -1;

	if (user != -1 && net != -1) {
		if (setns(user, CLONE_NEWUSER) == 0 &&
		    setns(net, CLONE_NEWNET) == 0)
			outcome = 0;
		else
			warn("the namespaces of the switches");
	}
	if (user != -1)
		close(user);
	if (net != -1)
		close(net);
	return outcome;
}

static int
read_pid(int fd)
{
	char text[16] = "";
	int pid = -1;

	if (read(fd, text, sizeof(text) - 1) > 0)
		sscanf(text, "%d", &pid);
	return pid;
}

/* A shell of podman's there says who it is, and waits for us to be done. */
static int
follow_podman(void)
{
	static const char *const words[] = {"podman", "unshare",
	    "--rootless-netns", "sh", "-c", "echo $$; exec cat", NULL};
	int in[2] = {-1, -1}, out[2] = {-1, -1}, outcome = -1, pid = -1;
	pid_t child = -1;

	if (pipe2(in, O_CLOEXEC) == -1 || pipe2(out, O_CLOEXEC) == -1)
		warn("podman unshare");
	else
		child = stock_child(words, in[0], out[1], -1);
	close(in[0]);
	close(out[1]);
	if (child != -1 && (pid = read_pid(out[0])) != -1)
		outcome = follow(pid);
	if (pid == -1)
		warnx("podman unshare --rootless-netns does not answer");
	close(in[1]);
	close(out[0]);
	while (child != -1 && waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
	return outcome;
}

/* Docker without root writes down which process has them. */
static int
follow_docker(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MAX];
	int fd, pid;

	snprintf(path, sizeof(path), "%s/dockerd-rootless/child_pid",
	    runtime == NULL ? "/run" : runtime);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		warn("docker without root: %s", path);
		return -1;
	}
	pid = read_pid(fd);
	close(fd);
	return follow(pid);
}

int
container_switches_enter(const struct engine *e)
{
	if (geteuid() == 0)
		return 0;
	return e->kind == ENGINE_PODMAN ? follow_podman() : follow_docker();
}
