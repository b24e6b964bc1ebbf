/* SPDX-License-Identifier: MIT */
/* Messages and descriptors over a unix socket (unix(7), SCM_RIGHTS). */
#include "host_channel.h"

#include "lab_clock.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS_SIZE (HOST_DESCRIPTORS * sizeof(int))

union control {
	char space[CMSG_SPACE(DESCRIPTORS_SIZE)];
	struct cmsghdr align;
};

static void
attach(struct msghdr *message, union control *control, const int *descriptors)
{
	struct cmsghdr *c;

	message->msg_control = control->space;
	message->msg_controllen = sizeof(control->space);
	c = CMSG_FIRSTHDR(message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(DESCRIPTORS_SIZE);
	memcpy(CMSG_DATA(c), descriptors, DESCRIPTORS_SIZE);
}

int
host_channel_send(struct host_channel *c, const struct host_message *m,
    const int *descriptors)
{
	struct buffer out = {0};
	union control control = {0};
	struct iovec part;
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t sent;

	if (!host_message_write(m, &out)) {
		buffer_clear(&out);
		warnx("a command is too long for a host");
		return -1;
	}
	part.iov_len = buffer_bytes(&out).left;
	part.iov_base = (void *)(uintptr_t)buffer_bytes(&out).at;
	if (descriptors != NULL)
		attach(&message, &control, descriptors);
	while ((sent = sendmsg(c->fd, &message, MSG_NOSIGNAL)) == -1 &&
	       errno == EINTR)
		;
	buffer_clear(&out);
	if (sent == -1)
		warn("a host");
	return sent == -1 ? -1 : 0;
}

/* All or none; what else came is closed. */
static void
take_descriptors(struct host_channel *c, struct msghdr *message)
{
	struct cmsghdr *m = CMSG_FIRSTHDR(message);
	size_t size;
	int fd;

	memset(c->descriptors, 0xff, sizeof(c->descriptors));
	if (m == NULL || m->cmsg_level != SOL_SOCKET ||
	    m->cmsg_type != SCM_RIGHTS)
		return;
	size = m->cmsg_len - CMSG_LEN(0);
	if (size == DESCRIPTORS_SIZE) {
		memcpy(c->descriptors, CMSG_DATA(m), size);
		return;
	}
	for (size_t i = 0; i + sizeof(fd) <= size; i += sizeof(fd)) {
		memcpy(&fd, &CMSG_DATA(m)[i], sizeof(fd));
		close(fd);
	}
}

int
host_channel_take(struct host_channel *c, struct host_message *m)
{
	union control control = {0};
	struct iovec into = {c->storage, sizeof(c->storage)};
	struct msghdr message = {
	    .msg_iov = &into,
	    .msg_iovlen = 1,
	};
	ssize_t length;

	if (c->takes_descriptors) {
		message.msg_control = control.space;
		message.msg_controllen = sizeof(control.space);
	}
	while ((length = recvmsg(c->fd, &message, MSG_CMSG_CLOEXEC)) == -1 &&
	       errno == EINTR)
		;
	if (length == -1)
		return errno == EAGAIN ? 0 : -1;
	if (length == 0)
		return -1;
	take_descriptors(c, &message);
	if ((message.msg_flags & MSG_TRUNC) == 0 &&
	    host_message_read((struct bytes){c->storage, (size_t)length}, m))
		return 1;
	warnx("a host or the runner said what is no message");
	return -1;
}

bool
host_channel_await(int fd, int64_t deadline)
{
	struct pollfd poll_fd = {fd, POLLIN, 0};
	int64_t left;

	while ((left = (deadline - true_now()) / 1000000) > 0)
		if (poll(&poll_fd, 1, (int)left) == 1)
			return true;
	return false;
}
