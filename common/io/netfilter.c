/* SPDX-License-Identifier: MIT */
/* One question to netfilter and its answer, over libmnl. */
#include "netfilter.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

static int
exchange(struct mnl_socket *s, const void *messages, size_t size, uint32_t seq,
    mnl_cb_t heard, void *user)
{
	char answer[16384];
	ssize_t length;

	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) == -1 ||
	    mnl_socket_sendto(s, messages, size) == -1 ||
	    (length = mnl_socket_recvfrom(s, answer, sizeof(answer))) == -1)
		return -1;
	return mnl_cb_run(answer, (size_t)length, seq, mnl_socket_get_portid(s),
		   heard, user) == -1
		   ? -1
		   : 0;
}

int
netfilter_ask(
    const void *messages, size_t size, uint32_t seq, mnl_cb_t heard, void *user)
{
	struct mnl_socket *s =
	    mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int result, why;

	if (s == NULL)
		return -1;
	result = exchange(s, messages, size, seq, heard, user);
	why = errno;
	mnl_socket_close(s);
	errno = why;
	return result;
}
