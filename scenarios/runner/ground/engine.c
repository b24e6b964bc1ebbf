/* SPDX-License-Identifier: MIT */
/* The engines, and what a run needs of each. */
#include "engine.h"

#include "container.h"
#include "exit_code.h"
#include "play/installed.h"
#include "rtnetlink.h"
#include "sandbox.h"

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

const char *const engine_words[] = {"netns", "podman", "docker", NULL};

const char *
engine_name(const struct engine *e)
{
	return engine_words[e == NULL ? ENGINE_NETNS : e->kind];
}

bool
engine_has_containers(const struct engine *e)
{
	return e != NULL && e->kind != ENGINE_NETNS;
}

/*
 * Of a container with a user namespace the mounts are made in one mount
 * namespace and undone in another (mount_namespaces(7), "shared").
 */
static bool
is_shared(void)
{
	char line[4096], at[256];
	bool shared = false;
	FILE *mounts = fopen("/proc/self/mountinfo", "re");

	while (mounts != NULL && fgets(line, sizeof(line), mounts) != NULL)
		if (sscanf(line, "%*d %*d %*s %*s %255s", at) == 1 &&
		    strcmp(at, "/") == 0)
			shared = strstr(line, " shared:") != NULL;
	if (mounts != NULL)
		fclose(mounts);
	return shared;
}

const char *
engine_missing(const struct engine *e)
{
	static char line[256];
	const char *program;

	if (!engine_has_containers(e))
		return sandbox_missing();
	program = container_program(e);
	if (!is_installed(program))
		snprintf(line, sizeof(line), "%s is not installed", program);
	else if (container_version(e) == NULL)
		snprintf(line, sizeof(line),
		    "%s does not work; see `%s version`", program, program);
	else if (e->kind == ENGINE_PODMAN && geteuid() == 0 && !is_shared())
		snprintf(line, sizeof(line),
		    "podman's mounts would not be seen where it unmounts them; "
		    "mount --make-rshared /");
	else if (!container_is_confined(e))
		snprintf(line, sizeof(line),
		    "%s gives its containers the machine's own user namespace, "
		    "where the attacker refuses to work; use it without root, "
		    "or with userns-remap",
		    program);
	else if (!container_has_image(e))
		snprintf(line, sizeof(line),
		    "%s has no image %s; %s build -f containers/Containerfile "
		    "-t replaylab .",
		    program, container_image(e), program);
	else
		return NULL;
	return line;
}

/*
 * Root's podman makes its switches where it is called: so this process moves to
 * a network namespace of its own, where none is but the lab's, which has no
 * uplink, and which ends with the run.
 */
static int
move_away(void)
{
	struct rtnetlink *r;
	int outcome;

	if (unshare(CLONE_NEWNET) == -1) {
		warn("a network namespace for podman's switches");
		return -1;
	}
	if ((r = rtnetlink_open()) == NULL)
		return -1;
	outcome = rtnetlink_up(r, "lo");
	rtnetlink_close(r);
	return outcome;
}

int
engine_begin(struct engine *e, const char *folder)
{
	if (!engine_has_containers(e))
		return 0;
	if (strchr(folder, ':') != NULL) {
		warnx("%s: %s cannot share a folder with : in its path; --runs "
		      "names another",
		    folder, container_program(e));
		return -1;
	}
	snprintf(e->run, sizeof(e->run), "replaylab-%d", (int)getpid());
	snprintf(e->folder, sizeof(e->folder), "%s", folder);
	if (e->kind == ENGINE_PODMAN && geteuid() == 0 && move_away() == -1)
		return -1;
	container_remove_leftovers(e);
	e->begun = true;
	return container_make_networks(e);
}

static pid_t
fork_play(int (*inside)(void *argument), void *argument)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == -1)
		warn("a play");
	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		_exit(EXIT_INTERNAL);
	_exit(inside(argument));
}

pid_t
engine_spawn(
    const struct engine *e, int (*inside)(void *argument), void *argument)
{
	return engine_has_containers(e) ? fork_play(inside, argument)
					: sandbox_spawn(inside, argument);
}

void
engine_clean(const struct engine *e)
{
	if (engine_has_containers(e) && e->begun)
		(void)container_remove_all(e);
}

void
engine_end(struct engine *e)
{
	if (!engine_has_containers(e) || !e->begun)
		return;
	container_remove_networks(e);
	e->begun = false;
}
