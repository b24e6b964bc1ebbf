/* SPDX-License-Identifier: MIT */
#include "plain.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

void
plain_prepare(int fd)
{
	int on = 1;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int
plain_connected(int fd, enum conn_end *why)
{
	int cause = 0;
	socklen_t size = sizeof(cause);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &size) == -1)
		cause = errno;
	if (cause == EINPROGRESS)
		return 0;
	*why = cause == ECONNRESET ? CONN_RESET : CONN_ERROR;
	return cause == 0 ? 1 : -1;
}

/* What a call's outcome means that moved nothing. */
static int
settle(enum conn_end *why)
{
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	*why = conn_end_of(errno);
	return -1;
}

int
plain_read(int fd, uint8_t *into, size_t size, enum conn_end *why)
{
	int length;

	errno = 0;
	length = (int)recv(fd, into, size, 0);
	return length > 0 ? length : settle(why);
}

int
plain_write(int fd, const uint8_t *data, size_t length, enum conn_end *why)
{
	int sent;

	errno = 0;
	sent = (int)send(fd, data, length, MSG_NOSIGNAL);
	return sent >= 0 ? sent : settle(why);
}
