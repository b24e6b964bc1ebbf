/* SPDX-License-Identifier: MIT */
/* Standard streams of s_server to a TCP connection and back. */
#include "stock_bridge.h"

#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* An abstract name (unix(7)), which vanishes with the socket. */
static socklen_t
name(struct sockaddr_un *address, const char *stream)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1,
	    "replaylab-%d-%s", (int)getpid(), stream);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   strlen(address->sun_path + 1));
}

static int
open_end(const char *stream, bool sends)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = name(&address, stream);

	if (fd == -1 || bind(fd, (struct sockaddr *)&address, length) == -1)
		goto fail;
	length = name(&address, "queue");
	if (sends && connect(fd, (struct sockaddr *)&address, length) == -1)
		goto fail;
	return fd;

fail:
	warn("the bridge to s_server");
	if (fd != -1)
		close(fd);
	return -1;
}

static void
close_all(struct stock_bridge *b)
{
	int fds[] = {
	    b->queue, b->output, b->errors, b->input, b->child_input, b->fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			close(fds[i]);
}

int
stock_bridge_open(struct stock_bridge *b, const char *upstream)
{
	int ends[2];

	*b = (struct stock_bridge){upstream, -1, -1, -1, -1, -1, -1};
	if (pipe2(ends, O_CLOEXEC) == -1) {
		warn("the bridge to s_server");
		return -1;
	}
	b->child_input = ends[0];
	b->input = ends[1];
	if ((b->queue = open_end("queue", false)) == -1 ||
	    (b->output = open_end("output", true)) == -1 ||
	    (b->errors = open_end("errors", true)) == -1) {
		close_all(b);
		return -1;
	}
	return 0;
}

static int
connect_upstream(const char *host)
{
	static const struct addrinfo hints = {
	    .ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	int fd, wrong = getaddrinfo(host, "80", &hints, &found);

	if (wrong != 0) {
		warnx("%s: %s", host, gai_strerror(wrong));
		return -1;
	}
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, found->ai_addr, found->ai_addrlen) == -1) {
		warn("%s", host);
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* Blocking is right: s_server serves one client at a time, too. */
static void
write_all(int fd, struct bytes data)
{
	struct bytes sent;
	ssize_t length;

	while (data.left > 0) {
		if ((length = write(fd, data.at, data.left)) <= 0) {
			warn("the bridge to s_server");
			return;
		}
		if (!bytes_take(&data, (size_t)length, &sent))
			return;
	}
}

bool
stock_bridge_take(struct stock_bridge *b, uint8_t into[STOCK_BRIDGE_MESSAGE],
    struct bytes *line)
{
	struct sockaddr_un from, output;
	socklen_t size = sizeof(from), output_size = name(&output, "output");
	ssize_t length = recvfrom(b->queue, into, STOCK_BRIDGE_MESSAGE,
	    MSG_DONTWAIT, (struct sockaddr *)&from, &size);

	if (length <= 0)
		return false;
	*line = (struct bytes){into, (size_t)length};
	if (size != output_size || memcmp(&from, &output, size) != 0)
		return true;
	if (b->fd == -1)
		b->fd = connect_upstream(b->upstream);
	if (b->fd != -1)
		write_all(b->fd, *line);
	line->left = 0;
	return true;
}

void
stock_bridge_turn(struct stock_bridge *b)
{
	if (b->fd != -1)
		close(b->fd);
	b->fd = -1;
}

void
stock_bridge_return(struct stock_bridge *b)
{
	uint8_t chunk[16384];
	ssize_t length = read(b->fd, chunk, sizeof(chunk));

	if (length > 0)
		write_all(b->input, (struct bytes){chunk, (size_t)length});
	else
		stock_bridge_turn(b);
}
