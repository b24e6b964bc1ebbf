/* SPDX-License-Identifier: MIT */
#include "remote.h"

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool
read_place(struct remote *r, const char *place, long port, char *host)
{
	const char *colon = strchr(place, ':');
	size_t length = strcspn(place, ":");
	char *end = NULL;

	if (colon != NULL)
		port = strtol(colon + 1, &end, 10);
	if (length == 0 || length >= sizeof(r->name) - sizeof(r->port) ||
	    (colon != NULL && (colon[1] == '\0' || *end != '\0')) || port < 1 ||
	    port > 65535)
		return false;
	memcpy(host, place, length);
	host[length] = '\0';
	snprintf(r->port, sizeof(r->port), "%u", (unsigned int)port % 65536);
	return true;
}

int
remote_find(struct remote *r, const char *place, long port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	char host[sizeof(r->name)];
	int cause;

	if (!read_place(r, place, port, host)) {
		warnx("store: %s is not HOST or HOST:PORT", place);
		return -1;
	}
	snprintf(r->name, sizeof(r->name), "%s", place);
	if ((cause = getaddrinfo(host, r->port, &hints, &found)) != 0) {
		warnx("store %s: %s", place, gai_strerror(cause));
		return -1;
	}
	cause = getnameinfo(found->ai_addr, found->ai_addrlen, r->address,
	    sizeof(r->address), NULL, 0, NI_NUMERICHOST);
	freeaddrinfo(found);
	if (cause != 0)
		warnx("store %s: %s", place, gai_strerror(cause));
	return cause == 0 ? 0 : -1;
}

static int64_t
milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
remote_deadline(int milliseconds)
{
	return milliseconds_now() + milliseconds;
}

bool
remote_has_passed(int64_t deadline)
{
	return milliseconds_now() >= deadline;
}

/* Once more at the end: a poll that came back early has not waited. */
bool
remote_wait(int fd, short events, int64_t deadline)
{
	struct pollfd one = {fd, events, 0};
	int64_t left;
	int ready;

	do {
		left = deadline - milliseconds_now();
		ready = poll(&one, 1, left > 0 ? (int)left : 0);
		if (ready == -1 && errno != EINTR)
			warn("poll");
	} while (ready < 1 && left > 0 && (ready == 0 || errno == EINTR));
	return ready == 1;
}
