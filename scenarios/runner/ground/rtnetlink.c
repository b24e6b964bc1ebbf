/* SPDX-License-Identifier: MIT */
/* Links and addresses by rtnetlink, over libmnl. */
#include "rtnetlink.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* As linux/if.h counts them; it cannot stand beside net/if.h. */
#define OPERSTATE_UP 6

struct rtnetlink {
	struct mnl_socket *socket;
	uint32_t seq;
	uint32_t port;
	char message[2048];
};

struct rtnetlink *
rtnetlink_open(void)
{
	struct rtnetlink *r;

	if ((r = calloc(1, sizeof(*r))) == NULL ||
	    (r->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)) ==
		NULL ||
	    mnl_socket_bind(r->socket, 0, MNL_SOCKET_AUTOPID) == -1) {
		warn("rtnetlink");
		rtnetlink_close(r);
		return NULL;
	}
	r->port = mnl_socket_get_portid(r->socket);
	return r;
}

void
rtnetlink_close(struct rtnetlink *r)
{
	if (r == NULL)
		return;
	if (r->socket != NULL)
		mnl_socket_close(r->socket);
	free(r);
}

static struct nlmsghdr *
begin(struct rtnetlink *r, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(r->message);

	message->nlmsg_type = type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	message->nlmsg_seq = ++r->seq;
	return message;
}

static int
ask(struct rtnetlink *r, struct nlmsghdr *message, const char *what,
    const char *name)
{
	char answer[4096];
	ssize_t length;

	if (mnl_socket_sendto(r->socket, message, message->nlmsg_len) == -1)
		goto fail;
	if ((length = mnl_socket_recvfrom(r->socket, answer, sizeof(answer))) ==
	    -1)
		goto fail;
	if (mnl_cb_run(answer, (size_t)length, r->seq, r->port, NULL, NULL) ==
	    -1)
		goto fail;
	return 0;

fail:
	warn("%s %s", what, name);
	return -1;
}

/*
 * No link-local address, so that no frame is sent that nobody asked for.  The
 * kernel takes this for a link that exists and is still down; one without IPv6
 * knows no such attribute.
 */
static int
no_ipv6(struct rtnetlink *r, const char *name)
{
	struct nlmsghdr *message = begin(r, RTM_NEWLINK, 0);
	struct ifinfomsg *link =
	    mnl_nlmsg_put_extra_header(message, sizeof(*link));
	struct nlattr *family, *inet6;

	if (access("/proc/self/net/if_inet6", F_OK) == -1)
		return 0;
	link->ifi_index = (int)if_nametoindex(name);
	family = mnl_attr_nest_start(message, IFLA_AF_SPEC);
	inet6 = mnl_attr_nest_start(message, AF_INET6);
	mnl_attr_put_u8(
	    message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(message, inet6);
	mnl_attr_nest_end(message, family);
	return ask(r, message, "no IPv6 on", name);
}

/*
 * A new network forwards IPv4 if the machine does, as one with containers does;
 * no host of the lab is a router.  By netlink, as /proc/sys may be read-only.
 */
static int
no_forwarding(struct rtnetlink *r, const char *name)
{
	struct nlmsghdr *message = begin(r, RTM_NEWLINK, 0);
	struct ifinfomsg *link =
	    mnl_nlmsg_put_extra_header(message, sizeof(*link));
	struct nlattr *family, *inet, *settings;

	link->ifi_index = (int)if_nametoindex(name);
	family = mnl_attr_nest_start(message, IFLA_AF_SPEC);
	inet = mnl_attr_nest_start(message, AF_INET);
	settings = mnl_attr_nest_start(message, IFLA_INET_CONF);
	mnl_attr_put_u32(message, IPV4_DEVCONF_FORWARDING, 0);
	mnl_attr_nest_end(message, settings);
	mnl_attr_nest_end(message, inet);
	mnl_attr_nest_end(message, family);
	return ask(r, message, "no forwarding on", name);
}

int
rtnetlink_up(struct rtnetlink *r, const char *name)
{
	struct nlmsghdr *message;
	struct ifinfomsg *link;

	if (strcmp(name, "lo") != 0 &&
	    (no_ipv6(r, name) == -1 || no_forwarding(r, name) == -1))
		return -1;
	message = begin(r, RTM_NEWLINK, 0);
	link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
	link->ifi_index = (int)if_nametoindex(name);
	link->ifi_flags = link->ifi_change = IFF_UP;
	return ask(r, message, "up", name);
}

int
rtnetlink_add_bridge(struct rtnetlink *r, const char *name, bool hub)
{
	struct nlmsghdr *message =
	    begin(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data;

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	mnl_attr_put_u8(message, IFLA_BR_MCAST_SNOOPING, 0);
	if (hub) /* nothing learnt is kept: every frame goes to every port */
		mnl_attr_put_u32(message, IFLA_BR_AGEING_TIME, 0);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	if (ask(r, message, "bridge", name) == -1)
		return -1;
	return rtnetlink_up(r, name);
}

static void
put_mac(struct nlmsghdr *message, const char *mac)
{
	unsigned int b[6];
	uint8_t wire[6];

	if (sscanf(mac, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4],
		&b[5]) != 6)
		return;
	for (size_t i = 0; i < sizeof(wire); i++)
		wire[i] = (uint8_t)b[i];
	mnl_attr_put(message, IFLA_ADDRESS, sizeof(wire), wire);
}

int
rtnetlink_add_cable(struct rtnetlink *r, const char *port, const char *bridge,
    const char *far, const char *mac, int far_namespace)
{
	struct nlmsghdr *message =
	    begin(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data, *peer;

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, port);
	mnl_attr_put_u32(message, IFLA_MASTER, if_nametoindex(bridge));
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, far);
	put_mac(message, mac);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)far_namespace);
	mnl_attr_nest_end(message, peer);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	if (ask(r, message, "cable", port) == -1)
		return -1;
	return rtnetlink_up(r, port);
}

int
rtnetlink_add_address(
    struct rtnetlink *r, const char *name, const char *address, int prefix)
{
	struct nlmsghdr *message =
	    begin(r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *added =
	    mnl_nlmsg_put_extra_header(message, sizeof(*added));
	struct in_addr wire;

	if (inet_pton(AF_INET, address, &wire) != 1) {
		warnx("%s is no IPv4 address", address);
		return -1;
	}
	added->ifa_family = AF_INET;
	added->ifa_prefixlen = (uint8_t)prefix;
	added->ifa_index = if_nametoindex(name);
	mnl_attr_put(message, IFA_LOCAL, sizeof(wire), &wire);
	mnl_attr_put(message, IFA_ADDRESS, sizeof(wire), &wire);
	return ask(r, message, "address", address);
}

int
rtnetlink_no_offload(const char *name)
{
	static const uint32_t switches[] = {
	    ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO};
	struct ethtool_value off = {0};
	struct ifreq request = {0};
	int fd, outcome = 0;

	if ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1) {
		warn("offload of %s", name);
		return -1;
	}
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	request.ifr_data = (void *)&off;
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		off.cmd = switches[i];
		if (ioctl(fd, SIOCETHTOOL, &request) == -1) {
			warn("offload of %s", name);
			outcome = -1;
			break;
		}
	}
	close(fd);
	return outcome;
}

struct link {
	uint8_t operstate;
	bool is_port;
	uint32_t other_end;
};

static int
note_attribute(const struct nlattr *attribute, void *user)
{
	struct link *link = user;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_OPERSTATE:
		link->operstate = mnl_attr_get_u8(attribute);
		break;
	case IFLA_MASTER:
		link->is_port = true;
		break;
	case IFLA_LINK:
		link->other_end = mnl_attr_get_u32(attribute);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

/* One link of a dump. */
static int
note_port(const struct nlmsghdr *message, void *user)
{
	bool *all_up = user;
	struct link link = {0};

	mnl_attr_parse(
	    message, sizeof(struct ifinfomsg), note_attribute, &link);
	if (link.is_port && link.operstate != OPERSTATE_UP)
		*all_up = false;
	return MNL_CB_OK;
}

/* 1: all ports are up; 0: not yet; -1 after a warning. */
static int
all_ports_up(struct rtnetlink *r)
{
	struct nlmsghdr *message = begin(r, RTM_GETLINK, NLM_F_DUMP);
	char answer[16384];
	bool all_up = true;
	ssize_t length;
	int more = MNL_CB_OK;

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	if (mnl_socket_sendto(r->socket, message, message->nlmsg_len) == -1)
		more = -1;
	while (more > MNL_CB_STOP) {
		length = mnl_socket_recvfrom(r->socket, answer, sizeof(answer));
		more = length == -1 ? -1
				    : mnl_cb_run(answer, (size_t)length, r->seq,
					  r->port, note_port, &all_up);
	}
	if (more == -1)
		warn("the state of the ports");
	return more == -1 ? -1 : all_up;
}

int
rtnetlink_await_ports(int deadline_ms)
{
	struct rtnetlink *r = rtnetlink_open();
	struct mnl_socket *news =
	    mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	char ignored[16384];
	struct pollfd fd = {.events = POLLIN};
	int up = -1;

	if (r == NULL || news == NULL ||
	    mnl_socket_bind(news, RTMGRP_LINK, MNL_SOCKET_AUTOPID) == -1)
		goto out;
	fd.fd = mnl_socket_get_fd(news);
	/* Listen first: whatever changes after a look is then heard. */
	while ((up = all_ports_up(r)) == 0 && poll(&fd, 1, deadline_ms) > 0)
		while (mnl_socket_recvfrom(news, ignored, sizeof(ignored)) > 0)
			;
	if (up == 0)
		warnx("a port of the lab's switches does not come up");
out:
	if (news != NULL)
		mnl_socket_close(news);
	rtnetlink_close(r);
	return up == 1 ? 0 : -1;
}

static int
note_answer(const struct nlmsghdr *message, void *user)
{
	return mnl_attr_parse(
	    message, sizeof(struct ifinfomsg), note_attribute, user);
}

int
rtnetlink_other_end(const char *name)
{
	struct rtnetlink *r = rtnetlink_open();
	struct link link = {0};
	struct nlmsghdr *message;
	struct ifinfomsg *head;
	char answer[16384];
	ssize_t length;

	if (r == NULL)
		return -1;
	message = begin(r, RTM_GETLINK, 0);
	message->nlmsg_flags = NLM_F_REQUEST;
	head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
	head->ifi_index = (int)if_nametoindex(name);
	if (mnl_socket_sendto(r->socket, message, message->nlmsg_len) == -1 ||
	    (length = mnl_socket_recvfrom(r->socket, answer, sizeof(answer))) ==
		-1 ||
	    mnl_cb_run(answer, (size_t)length, r->seq, r->port, note_answer,
		&link) == -1 ||
	    link.other_end == 0) {
		warn("the other end of %s", name);
		link.other_end = (uint32_t)-1;
	}
	rtnetlink_close(r);
	return (int)link.other_end;
}

int
rtnetlink_add_name(struct rtnetlink *r, int number, const char *name)
{
	struct nlmsghdr *message =
	    begin(r, RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *link =
	    mnl_nlmsg_put_extra_header(message, sizeof(*link));
	struct nlattr *names;

	link->ifi_index = number;
	names = mnl_attr_nest_start(message, IFLA_PROP_LIST);
	mnl_attr_put_strz(message, IFLA_ALT_IFNAME, name);
	mnl_attr_nest_end(message, names);
	return ask(r, message, "the name", name);
}

int
rtnetlink_unlearn(struct rtnetlink *r, int number, const char *name)
{
	struct nlmsghdr *message = begin(r, RTM_NEWLINK, 0);
	struct ifinfomsg *link =
	    mnl_nlmsg_put_extra_header(message, sizeof(*link));
	struct nlattr *info, *data;

	link->ifi_index = number;
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_SLAVE_KIND, "bridge");
	data = mnl_attr_nest_start(message, IFLA_INFO_SLAVE_DATA);
	mnl_attr_put_u8(message, IFLA_BRPORT_LEARNING, 0);
	mnl_attr_put(message, IFLA_BRPORT_FLUSH, 0, NULL);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	return ask(r, message, "no learning at", name);
}
