/* SPDX-License-Identifier: MIT */
/*
 * Lock 3: strict netlink dumps, each of them whole.
 *
 * Strict (NETLINK_GET_STRICT_CHK) makes the kernel refuse a request that it
 * would otherwise half understand.  A dump that the kernel marks as
 * interrupted may have missed something, so it is made again and, if that
 * does not help, counts against us.
 */
#include "network_lock.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network_message.h"
#include "refusal.h"

#define ATTEMPTS 10

typedef enum network_verdict judge_fn(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE]);

/* One dump: what to ask for, and how its messages are judged. */
struct dump {
	const char *name;
	uint16_t request, answer; /* message types */
	size_t header_size;
	judge_fn *judge;
	enum network_verdict verdict; /* of the first that is not allowed */
	char what[NETWORK_WHAT_SIZE];
};

static int
judge_message(const struct nlmsghdr *message, void *user)
{
	struct dump *dump = user;

	if (message->nlmsg_type != dump->answer ||
	    mnl_nlmsg_get_payload_len(message) < dump->header_size) {
		errno = EPROTO;
		return MNL_CB_ERROR;
	}
	dump->verdict = dump->judge(message, dump->what);
	return dump->verdict == NETWORK_ALLOWED ? MNL_CB_OK : MNL_CB_STOP;
}

static struct mnl_socket *
open_strict(void)
{
	struct mnl_socket *socket =
	    mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int on = 1;

	if (socket == NULL)
		return NULL;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == -1 ||
	    setsockopt(mnl_socket_get_fd(socket), SOL_NETLINK,
		NETLINK_GET_STRICT_CHK, &on, sizeof(on)) == -1) {
		mnl_socket_close(socket);
		return NULL;
	}
	return socket;
}

/* 0: all judged, or one was not allowed.  -1: errno says what went wrong. */
static int
exchange(struct mnl_socket *socket, struct dump *dump, uint8_t family)
{
	/* Messages of a dump are at most this large (rtnetlink(7)). */
	static char buffer[32768];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	unsigned int port = mnl_socket_get_portid(socket);
	uint8_t *header;
	ssize_t length;
	int more;

	request->nlmsg_type = dump->request;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = 1;
	/* All of these headers begin with the family; the rest is zero. */
	header = mnl_nlmsg_put_extra_header(request, dump->header_size);
	*header = family;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) == -1)
		return -1;
	do {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length == -1)
			return -1;
		more = mnl_cb_run(
		    buffer, (size_t)length, 1, port, judge_message, dump);
	} while (more > MNL_CB_STOP);
	return more;
}

/* Each attempt has a socket of its own, so no old answer is in its way. */
static int
ask(struct dump *dump, uint8_t family)
{
	struct mnl_socket *socket;
	int result, why;

	for (int i = 0; i < ATTEMPTS; i++) {
		if ((socket = open_strict()) == NULL)
			return -1;
		result = exchange(socket, dump, family);
		why = errno;
		mnl_socket_close(socket);
		errno = why;
		/* libmnl's word for an interrupted dump is EINTR. */
		if (result == 0 || errno != EINTR)
			return result;
	}
	errno = EINTR;
	return -1;
}

static int
try_dump(enum confine_lock lock, struct dump *dump, uint8_t family)
{
	dump->verdict = NETWORK_ALLOWED;
	if (ask(dump, family) == -1)
		return confine_refuse(lock,
		    errno == EINTR ? "dump-interrupted" : "dump-failed",
		    "the kernel's list of %s cannot be read (%s)", dump->name,
		    errno == EINTR ? "it keeps changing" : strerror(errno));
	if (dump->verdict != NETWORK_ALLOWED)
		return confine_refuse(lock, network_verdict_name(dump->verdict),
		    "%s %s", dump->what, network_verdict_text(dump->verdict));
	return 0;
}

/* A kernel without IPv6 has no lists of it either. */
static bool
has_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return errno != EAFNOSUPPORT;
	close(fd);
	return true;
}

int
network_lock_try(enum confine_lock lock)
{
	struct dump links = {"links", RTM_GETLINK, RTM_NEWLINK,
	    sizeof(struct ifinfomsg), network_message_link, 0, ""};
	struct dump addresses = {"addresses", RTM_GETADDR, RTM_NEWADDR,
	    sizeof(struct ifaddrmsg), network_message_address, 0, ""};
	struct dump routes = {"routes", RTM_GETROUTE, RTM_NEWROUTE,
	    sizeof(struct rtmsg), network_message_route, 0, ""};
	struct dump rules = {"rules", RTM_GETRULE, RTM_NEWRULE,
	    sizeof(struct fib_rule_hdr), network_message_rule, 0, ""};

	if (try_dump(lock, &links, AF_UNSPEC) == -1 ||
	    try_dump(lock, &addresses, AF_INET) == -1 ||
	    try_dump(lock, &routes, AF_INET) == -1 ||
	    try_dump(lock, &rules, AF_INET) == -1)
		return -1;
	if (!has_ipv6())
		return 0;
	if (try_dump(lock, &addresses, AF_INET6) == -1 ||
	    try_dump(lock, &routes, AF_INET6) == -1 ||
	    try_dump(lock, &rules, AF_INET6) == -1)
		return -1;
	return 0;
}
