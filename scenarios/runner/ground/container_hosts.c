/* SPDX-License-Identifier: MIT */
/* Asking the first process of each container. */
#include "container_hosts.h"

#include "class/terminal.h"
#include "container.h"
#include "container_door.h"
#include "container_folder.h"
#include "container_ports.h"
#include "container_switches.h"
#include "host_channel.h"
#include "lab_clock.h"
#include "network.h"
#include "story/scenario_command.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define CALLS_DEADLINE_MS 20000
#define ANSWER_DEADLINE_MS 10000
#define ENDS_MAX 256
#define END_DEADLINE_MS 20000

struct container_hosts {
	char folder[PATH_MAX];
	struct container_door door;
	uid_t owner; /* root of the containers, as we see it */
	gid_t group;
	/* In the manifest's order; -1 and pid 0 where there is none. */
	bool wanted[MANIFEST_HOSTS_MAX];
	struct host_channel channels[MANIFEST_HOSTS_MAX];
	pid_t pids[MANIFEST_HOSTS_MAX];
	int firsts[MANIFEST_HOSTS_MAX]; /* the same, as descriptors */
	pid_t carrier;                  /* of a terminal's bytes, or 0 */
	/* Heard, not yet taken; the last of each host has room in any case. */
	struct ground_end ends[ENDS_MAX + MANIFEST_HOSTS_MAX];
	size_t end_count;
};

static const char *
folder_inside(const char *folder)
{
	(void)folder;
	return CONTAINER_FOLDER;
}

/* The image's own, which are in its PATH. */
static const char *
programs_inside(const char *programs)
{
	(void)programs;
	return NULL;
}

static int
host_number(const char *name)
{
	const struct manifest_host *host =
	    manifest_host(&network_manifest, name);

	return host == NULL ? -1 : (int)(host - network_manifest.hosts);
}

/* The stores are another user than their container's root. */
static void
welcome(struct container_hosts *c, const struct container_caller *caller)
{
	size_t h = caller->host;

	c->channels[h].fd = caller->fd;
	c->pids[h] = caller->pid;
	c->firsts[h] = caller->process;
	if (container_is_store(&network_manifest.hosts[h]))
		return;
	c->owner = caller->owner;
	c->group = caller->group;
}

static int
await_calls(struct container_hosts *c)
{
	int64_t deadline = true_now() + (int64_t)CALLS_DEADLINE_MS * 1000000;
	struct container_caller caller;

	for (size_t h = 0; h < network_manifest.host_count; h++) {
		if (!c->wanted[h])
			continue;
		if (container_door_answer(&c->door, deadline, &caller) == -1)
			return -1;
		welcome(c, &caller);
	}
	return 0;
}

static struct container_hosts *
new_hosts(const char *folder, const struct scenario *scenario)
{
	struct container_hosts *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		warn("hosts");
		return NULL;
	}
	snprintf(c->folder, sizeof(c->folder), "%s", folder);
	c->door.listener = -1;
	c->owner = geteuid();
	for (size_t h = 0; h < MANIFEST_HOSTS_MAX; h++)
		c->channels[h].fd = c->firsts[h] = -1;
	/* Starting one takes a fifth of a second. */
	for (size_t h = 0; h < network_manifest.host_count; h++)
		c->wanted[h] =
		    scenario == NULL || scenario_names_host(scenario,
					    network_manifest.hosts[h].name);
	return c;
}

static int
start_hosts(struct ground *g, const char *folder, enum scenario_wiring wiring,
    const struct scenario *scenario)
{
	struct container_hosts *c = g->hosts = new_hosts(folder, scenario);

	if (c == NULL || container_folder_prepare(folder) == -1 ||
	    container_door_open(&c->door, c->folder) == -1 ||
	    container_start_all(g->engine, folder, c->wanted) == -1 ||
	    await_calls(c) == -1)
		return -1;
	container_door_shut(&c->door);
	container_folder_share(folder, c->owner, c->group);
	if (container_switches_enter(g->engine) == -1)
		return -1;
	return container_ports_prepare(c->pids, wiring);
}

static void
note_end(struct container_hosts *c, size_t h, const struct host_message *m)
{
	c->ends[c->end_count++] = (struct ground_end){
	    .host = network_manifest.hosts[h].name,
	    .pid = (pid_t)m->pid,
	    .signal = m->number,
	    .exit_code = m->exit_code,
	};
}

/* A host that is gone, or out of its mind, has nothing more to say. */
static void
lose(struct container_hosts *c, size_t h)
{
	warnx(
	    "host %s: its container has ended", network_manifest.hosts[h].name);
	close(c->channels[h].fd);
	c->channels[h].fd = -1;
	/* To every process there the same happened. */
	note_end(c, h, &(struct host_message){.pid = 0, .number = SIGKILL});
}

/*
 * The answer of that kind; what ends meanwhile is noted.  A host that says
 * anything else, or too much, is out of its mind.
 */
static bool
ask(struct container_hosts *c, size_t h, const struct host_message *question,
    const int *descriptors, enum host_message_kind kind,
    struct host_message *answer)
{
	struct host_channel *channel = &c->channels[h];
	int64_t deadline = true_now() + (int64_t)ANSWER_DEADLINE_MS * 1000000;

	if (channel->fd == -1 ||
	    host_channel_send(channel, question, descriptors) == -1)
		return false;
	while (host_channel_await(channel->fd, deadline) &&
	       host_channel_take(channel, answer) == 1) {
		if (answer->kind == kind)
			return true;
		if (answer->kind != HOST_ENDED || c->end_count >= ENDS_MAX)
			break;
		note_end(c, h, answer);
	}
	lose(c, h);
	return false;
}

static pid_t
start(struct container_hosts *c, const struct ground_order *order,
    const int *descriptors)
{
	struct host_message run = {.kind = HOST_RUN}, answer;
	int h = host_number(order->host);

	for (size_t i = 0; i < HOST_WORDS_MAX && order->words[i] != NULL; i++)
		run.words[i] = order->words[i];
	for (size_t i = 0; order->settings->list[i] != NULL; i++)
		run.settings[i] = order->settings->list[i];
	if (h == -1 ||
	    !ask(c, (size_t)h, &run, descriptors, HOST_STARTED, &answer))
		return -1;
	if (answer.pid != 0)
		return (pid_t)answer.pid;
	errno = (int)answer.why;
	warn("%s on %s", order->words[0], order->host);
	return -1;
}

static pid_t
spawn(struct ground *g, const struct ground_order *order)
{
	const int *own = order->descriptors;
	pid_t pid;
	int far;

	if (!order->terminal || !terminal_is_there())
		return start(g->hosts, order, own);
	if ((far = terminal_open(&g->hosts->carrier)) == -1)
		return -1;
	pid = start(g->hosts, order, (const int[]){far, far, far, own[3]});
	close(far);
	return pid;
}

static void
send_signal(struct ground *g, const char *host, pid_t pid, int number)
{
	int h = host_number(host);

	if (h == -1 || g->hosts == NULL || g->hosts->channels[h].fd == -1)
		return;
	(void)host_channel_send(&g->hosts->channels[h],
	    &(struct host_message){.kind = HOST_SIGNAL,
		.pid = (uint32_t)pid,
		.number = (uint8_t)number},
	    NULL);
}

/* What the hosts have said by themselves. */
static void
hear(struct container_hosts *c, size_t h)
{
	struct pollfd fd = {c->channels[h].fd, POLLIN, 0};
	struct host_message m;

	while (fd.fd != -1 && c->end_count < ENDS_MAX && poll(&fd, 1, 0) == 1) {
		if (host_channel_take(&c->channels[h], &m) != 1) {
			lose(c, h);
			return;
		}
		if (m.kind == HOST_ENDED)
			note_end(c, h, &m);
	}
}

static bool
take_end(struct ground *g, struct ground_end *end)
{
	struct container_hosts *c = g->hosts;

	for (size_t h = 0; h < network_manifest.host_count; h++)
		hear(c, h);
	if (c->end_count == 0)
		return false;
	*end = c->ends[0];
	memmove(&c->ends[0], &c->ends[1], --c->end_count * sizeof(c->ends[0]));
	return true;
}

static size_t
add_poll(const struct ground *g, struct pollfd *fds)
{
	for (size_t h = 0; h < network_manifest.host_count; h++)
		fds[h] = (struct pollfd){g->hosts->channels[h].fd, POLLIN, 0};
	return network_manifest.host_count;
}

static int
read_counters(struct ground *g, const char *host, struct tcp_counters *counters)
{
	int h = host_number(host);

	*counters = (struct tcp_counters){0};
	if (h == -1 || g->hosts->pids[h] == 0)
		return 0; /* who is not there drops nothing */
	return tcp_counters_read(counters, g->hosts->pids[h]);
}

/* Every host has the same image. */
static bool
has(struct ground *g, const char *program)
{
	struct container_hosts *c = g->hosts;
	struct host_message answer;
	size_t h = 0;

	while (h + 1 < network_manifest.host_count && !c->wanted[h])
		h++;
	return ask(c, h,
		   &(struct host_message){.kind = HOST_FIND, .name = program},
		   NULL, HOST_FOUND, &answer) &&
	       answer.number == 1;
}

/*
 * A container's first process is gone when all others there are
 * (pid_namespaces(7)), those of `podman exec` too.
 */
static int
end_host(struct container_hosts *c, size_t h, int64_t deadline)
{
	int outcome = 0;

	if (c->channels[h].fd != -1)
		close(c->channels[h].fd);
	if (c->firsts[h] == -1)
		return 0;
	(void)pidfd_send_signal(c->firsts[h], SIGKILL, NULL, 0);
	if (!host_channel_await(c->firsts[h], deadline)) {
		warnx("host %s: its container does not end",
		    network_manifest.hosts[h].name);
		outcome = -1;
	}
	close(c->firsts[h]);
	return outcome;
}

static int
end(struct ground *g)
{
	int64_t deadline = true_now() + (int64_t)END_DEADLINE_MS * 1000000;
	struct container_hosts *c = g->hosts;
	int outcome = 0;

	if (c == NULL)
		return 0;
	container_door_shut(&c->door);
	for (size_t h = 0; h < MANIFEST_HOSTS_MAX; h++)
		if (end_host(c, h, deadline) == -1)
			outcome = -1;
	if (c->carrier > 0)
		terminal_wait(c->carrier);
	if (outcome == 0)
		container_folder_take_back(c->folder);
	free(c);
	g->hosts = NULL;
	return outcome;
}

const struct ground_kind ground_of_containers = {
    .folder = folder_inside,
    .programs = programs_inside,
    .open = start_hosts,
    .spawn = spawn,
    .signal = send_signal,
    .take_end = take_end,
    .poll = add_poll,
    .counters = read_counters,
    .has = has,
    .close = end,
};
