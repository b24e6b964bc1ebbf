/* SPDX-License-Identifier: MIT */
/* A socket, and who comes. */
#include "container_door.h"

#include "container.h"
#include "host_channel.h"
#include "network.h"

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Whatever the length of the folder's path (unix(7)). */
static int
bind_in(const char *folder, int fd)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int outcome;

	snprintf(at.sun_path, sizeof(at.sun_path),
	    "/proc/self/fd/%d/" CONTAINER_SOCKET, place);
	outcome = place == -1
		      ? -1
		      : bind(fd, (const struct sockaddr *)&at, sizeof(at));
	if (outcome == 0)
		outcome = chmod(at.sun_path, 0666);
	if (place != -1)
		close(place);
	return outcome;
}

int
container_door_open(struct container_door *d, const char *folder)
{
	*d = (struct container_door){.folder = folder};
	d->listener =
	    socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->listener != -1 && bind_in(folder, d->listener) == 0 &&
	    listen(d->listener, MANIFEST_HOSTS_MAX) == 0)
		return 0;
	warn("%s/" CONTAINER_SOCKET, folder);
	return -1;
}

void
container_door_shut(struct container_door *d)
{
	char path[PATH_MAX + 16];

	if (d->listener == -1)
		return;
	snprintf(path, sizeof(path), "%s/" CONTAINER_SOCKET, d->folder);
	unlink(path);
	close(d->listener);
	d->listener = -1;
}

static int
note_peer(struct container_caller *caller)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(caller->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) ==
		-1 ||
	    (caller->process = pidfd_open(peer.pid, 0)) == -1) {
		warn("host %s", network_manifest.hosts[caller->host].name);
		return -1;
	}
	caller->pid = peer.pid;
	caller->owner = peer.uid;
	caller->group = peer.gid;
	return 0;
}

/* Which host is it? */
static int
greet(struct container_door *d, struct container_caller *caller)
{
	struct host_channel channel = {.fd = caller->fd};
	const struct manifest_host *host = NULL;
	struct host_message hello;

	if (host_channel_take(&channel, &hello) == 1 &&
	    hello.kind == HOST_HELLO && hello.number == HOST_PROTOCOL)
		host = manifest_host(&network_manifest, hello.name);
	if (host != NULL)
		caller->host = (size_t)(host - network_manifest.hosts);
	if (host == NULL || d->called[caller->host]) {
		warnx("a container speaks another version of replaylab; build "
		      "the image anew");
		return -1;
	}
	d->called[caller->host] = true;
	return note_peer(caller);
}

int
container_door_answer(
    struct container_door *d, int64_t deadline, struct container_caller *caller)
{
	caller->fd = -1;
	if (host_channel_await(d->listener, deadline))
		caller->fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);
	if (caller->fd == -1 || !host_channel_await(caller->fd, deadline))
		warnx("the containers run, and their first processes do not "
		      "call; is replaylab in the image?");
	else if (greet(d, caller) == 0)
		return 0;
	if (caller->fd != -1)
		close(caller->fd);
	return -1;
}
