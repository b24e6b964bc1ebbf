/* SPDX-License-Identifier: MIT */
/* The attacker's own connection: blocking, each wait with a limit. */
#include "dial.h"

#include "confine/confine.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A server that has begun to answer finishes its flight within this (ms). */
#define PAUSE_MS 20

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static const struct manifest_interface *
reachable(const struct manifest *targets, const struct manifest_host *host,
    const char *near)
{
	const struct manifest_host *other = manifest_host_at(targets, near);
	const struct manifest_interface *found = NULL;

	for (size_t i = 0; other != NULL && i < other->interface_count; i++)
		if (strcmp(other->interfaces[i].address, near) == 0)
			found = manifest_interface(
			    host, other->interfaces[i].network);
	return found != NULL ? found
			     : &host->interfaces[host->interface_count - 1];
}

int
dial_address(const struct manifest *targets, const struct manifest_host *host,
    const char *near, struct endpoint *address)
{
	const char *text = reachable(targets, host, near)->address;

	*address = (struct endpoint){.port = host->port};
	address->family = strchr(text, ':') == NULL ? AF_INET : AF_INET6;
	if (inet_pton(address->family, text, address->address) == 1)
		return 0;
	warnx("manifest: %s is no address", text);
	return -1;
}

static socklen_t
to_socket(const struct endpoint *e, union socket_address *into)
{
	memset(into, 0, sizeof(*into));
	into->any.sa_family = (sa_family_t)e->family;
	if (e->family == AF_INET) {
		into->v4.sin_port = htons(e->port);
		memcpy(&into->v4.sin_addr, e->address, 4);
		return sizeof(into->v4);
	}
	into->v6.sin6_port = htons(e->port);
	memcpy(&into->v6.sin6_addr, e->address, 16);
	return sizeof(into->v6);
}

static void
from_socket(const union socket_address *address, int family, struct endpoint *e)
{
	*e = (struct endpoint){.family = family};
	if (family == AF_INET) {
		e->port = ntohs(address->v4.sin_port);
		memcpy(e->address, &address->v4.sin_addr, 4);
	} else {
		e->port = ntohs(address->v6.sin6_port);
		memcpy(e->address, &address->v6.sin6_addr, 16);
	}
}

static void
own_end(int fd, int family, struct endpoint *self)
{
	union socket_address address = {0};
	socklen_t size = sizeof(address);

	getsockname(fd, &address.any, &size);
	from_socket(&address, family, self);
}

static int
limit_waits(int fd, int timeout_ms)
{
	const struct timeval limit = {
	    timeout_ms / 1000, timeout_ms % 1000 * 1000};

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/* Connecting is a wait like any other.  -1: errno says why not. */
static int
connect_within(
    int fd, const union socket_address *to, socklen_t size, int timeout_ms)
{
	int flags = fcntl(fd, F_GETFL), why = 0;
	socklen_t length = sizeof(why);

	confine_spend();
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return -1;
	if (connect(fd, &to->any, size) == -1 && errno != EINPROGRESS)
		return -1;
	if (confine_poll(fd, POLLOUT, timeout_ms) != 1)
		why = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &length) == -1)
		return -1;
	errno = why;
	return why == 0 ? fcntl(fd, F_SETFL, flags) : -1;
}

int
dial_open(const struct endpoint *target, struct endpoint *self, int timeout_ms)
{
	union socket_address address;
	socklen_t size = to_socket(target, &address);
	char text[ENDPOINT_SIZE];
	int fd = socket(target->family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || limit_waits(fd, timeout_ms) == -1 ||
	    connect_within(fd, &address, size, timeout_ms) == -1) {
		warn("connect to %s", endpoint_text(target, text));
		if (fd != -1)
			close(fd);
		return -1;
	}
	own_end(fd, target->family, self);
	return fd;
}

int
dial_listen(const struct endpoint *self)
{
	union socket_address address;
	socklen_t size = to_socket(self, &address);
	char text[ENDPOINT_SIZE];
	int fd = socket(self->family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd != -1 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, &address.any, size) == 0 && listen(fd, 1) == 0)
		return fd;
	warn("listen at %s", endpoint_text(self, text));
	if (fd != -1)
		close(fd);
	return -1;
}

int
dial_accept(int listener, struct endpoint *peer)
{
	union socket_address address = {0};
	socklen_t size = sizeof(address);
	int fd = -1;

	if (confine_poll(listener, POLLIN, -1) == 1)
		fd = accept4(listener, &address.any, &size, SOCK_CLOEXEC);
	if (fd == -1)
		warn("accept");
	else
		from_socket(&address, address.any.sa_family, peer);
	return fd;
}

int
dial_send(int fd, struct bytes data)
{
	while (data.left > 0) {
		ssize_t sent;

		confine_check();
		sent = send(fd, data.at, data.left, MSG_NOSIGNAL);
		if (sent == -1 && errno == EINTR)
			continue;
		if (sent == -1)
			return -1;
		bytes_skip(&data, (size_t)sent);
	}
	return 0;
}

static int64_t
monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait for one piece and feed it. */
static const char *
take_piece(int fd, struct answer *answer, int64_t wait_ms)
{
	uint8_t piece[16384];
	ssize_t length;

	if (confine_poll(fd, POLLIN, wait_ms < 0 ? 0 : (int)wait_ms) < 1)
		return "timeout";
	length = recv(fd, piece, sizeof(piece), 0);
	if (length > 0) {
		answer_feed(answer, (struct bytes){piece, (size_t)length});
		return "data";
	}
	answer_end(answer);
	return length == 0 ? "eof" : "reset";
}

const char *
dial_turn(int fd, struct answer *answer, int timeout_ms)
{
	const char *ended = take_piece(fd, answer, timeout_ms);
	const char *first = ended;

	while (strcmp(ended, "data") == 0)
		ended = take_piece(fd, answer, PAUSE_MS);
	return strcmp(ended, "timeout") == 0 ? first : ended;
}

const char *
dial_receive(int fd, struct answer *answer, int timeout_ms)
{
	int64_t deadline = monotonic_ms() + timeout_ms;
	const char *ended = "data";

	while (answer->outcome == ANSWER_PENDING && strcmp(ended, "data") == 0)
		ended = take_piece(fd, answer, deadline - monotonic_ms());
	return ended;
}
