/* SPDX-License-Identifier: MIT */
/*
 * Lock 6, over the multicast groups of rtnetlink(7) and nf_tables.
 *
 * What a message says is not read: it may be one of many, or one too many was
 * lost (ENOBUFS).  That there was one is the news.
 */
#include "change_lock.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "egress_lock.h"
#include "network_lock.h"
#include "refusal.h"

#define GROUP(number) (1U << ((number)-1))
#define ROUTE_GROUPS                                                           \
	(GROUP(RTNLGRP_LINK) | GROUP(RTNLGRP_IPV4_IFADDR) |                    \
	    GROUP(RTNLGRP_IPV6_IFADDR) | GROUP(RTNLGRP_IPV4_ROUTE) |           \
	    GROUP(RTNLGRP_IPV6_ROUTE) | GROUP(RTNLGRP_IPV4_RULE) |             \
	    GROUP(RTNLGRP_IPV6_RULE))

static struct mnl_socket *network, *filter;

/* -1: errno says why not. */
static int
listen_to(int news, int family, unsigned int groups, struct mnl_socket **s)
{
	struct epoll_event event = {.events = EPOLLIN};

	*s = mnl_socket_open2(family, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (*s == NULL || mnl_socket_bind(*s, groups, MNL_SOCKET_AUTOPID) == -1)
		return -1;
	return epoll_ctl(news, EPOLL_CTL_ADD, mnl_socket_get_fd(*s), &event);
}

static int
deaf(const char *to)
{
	return confine_refuse(LOCK_CHANGE, "news-unheard",
	    "the kernel does not tell of changes to %s (%s)", to,
	    strerror(errno));
}

int
change_lock_listen(int news)
{
	return listen_to(news, NETLINK_ROUTE, ROUTE_GROUPS, &network) == -1
		   ? deaf("this network")
		   : 0;
}

int
change_lock_listen_egress(int news)
{
	return listen_to(news, NETLINK_NETFILTER, GROUP(NFNLGRP_NFTABLES),
		   &filter) == -1
		   ? deaf("the filter of our links")
		   : 0;
}

/* Was there any?  It is taken, all of it. */
static bool
heard(struct mnl_socket *s)
{
	char message[8192];
	bool any = false;

	if (s == NULL)
		return false;
	while (mnl_socket_recvfrom(s, message, sizeof(message)) != -1 ||
	       errno == ENOBUFS || errno == ENOSPC || errno == EINTR)
		any = true;
	return any;
}

int
change_lock_try(void)
{
	if (heard(filter))
		return confine_refuse(LOCK_CHANGE, "egress-changed",
		    "the filter at the egress of our links was changed");
	if (!heard(network))
		return 0;
	return network_lock_try(LOCK_CHANGE) == -1 ||
		       egress_lock_covers(LOCK_CHANGE) == -1
		   ? -1
		   : 0;
}
