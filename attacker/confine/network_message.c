/* SPDX-License-Identifier: MIT */
/* From rtnetlink(7) messages to the structs of the policy.  All pure. */
#include "network_message.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>

static size_t
address_size(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

/* An address attribute as a prefix; false if it is not of that family. */
static bool
take_address(const struct nlattr *attribute, int family, uint8_t length,
    struct network_prefix *prefix)
{
	size_t size = address_size(family);

	if (size == 0 || mnl_attr_get_payload_len(attribute) != size ||
	    length > size * 8)
		return false;
	prefix->family = family;
	prefix->length = length;
	memcpy(prefix->address, mnl_attr_get_payload(attribute), size);
	return true;
}

static const char *
prefix_text(const struct network_prefix *prefix, char into[64])
{
	char address[INET6_ADDRSTRLEN] = "?";

	inet_ntop(prefix->family, prefix->address, address, sizeof(address));
	snprintf(into, 64, "%s/%u", address, prefix->length);
	return into;
}

static bool
take_text(const struct nlattr *attribute, const char **text)
{
	if (mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == -1)
		return false;
	*text = mnl_attr_get_str(attribute);
	return true;
}

static bool
take_u32(const struct nlattr *attribute, uint32_t *value)
{
	if (mnl_attr_validate(attribute, MNL_TYPE_U32) == -1)
		return false;
	*value = mnl_attr_get_u32(attribute);
	return true;
}

static bool
take_kind(const struct nlattr *info, const char **kind)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, info)
	{
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
			return take_text(attribute, kind);
	}
	return true;
}

/* One attribute of a link; false if it is not as the kernel writes it. */
static bool
take_link_attribute(const struct nlattr *attribute, struct network_link *link)
{
	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		return take_text(attribute, &link->name);
	case IFLA_LINKINFO:
		return take_kind(attribute, &link->kind);
	case IFLA_LINK:
		return take_u32(attribute, &link->lower);
	case IFLA_PARENT_DEV_NAME:
	case IFLA_PARENT_DEV_BUS_NAME:
		link->has_device = true;
		return true;
	default:
		return true;
	}
}

enum network_verdict
network_message_link(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE])
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct network_link link = {.name = "?", .kind = ""};
	const struct nlattr *attribute;
	bool good = true;

	link.index = (uint32_t)header->ifi_index;
	link.up = (header->ifi_flags & IFF_UP) != 0;
	link.loopback = header->ifi_type == ARPHRD_LOOPBACK &&
			(header->ifi_flags & IFF_LOOPBACK) != 0;
	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		good = take_link_attribute(attribute, &link) && good;
	}
	snprintf(what, NETWORK_WHAT_SIZE, "link %.16s%s%.32s%s", link.name,
	    link.kind[0] == '\0' ? "" : " (", link.kind,
	    link.kind[0] == '\0' ? "" : ")");
	return good ? network_judge_link(&link) : NETWORK_LINK_KIND;
}

enum network_verdict
network_message_address(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE])
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	/* Of no family, so a missing one is not allowed. */
	struct network_prefix own = {0}, peer = {0};
	uint8_t host = (uint8_t)(8 * address_size(header->ifa_family));
	const struct nlattr *attribute;
	char text[64];

	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		/* Without a peer IFA_ADDRESS is our own address. */
		if (mnl_attr_get_type(attribute) == IFA_LOCAL)
			take_address(attribute, header->ifa_family, host, &own);
		else if (mnl_attr_get_type(attribute) == IFA_ADDRESS)
			take_address(
			    attribute, header->ifa_family, host, &peer);
	}
	/* IPv6 gives IFA_LOCAL only where there is a peer. */
	if (own.family == 0)
		own = peer;
	snprintf(what, NETWORK_WHAT_SIZE, "address %s",
	    prefix_text(network_prefix_allowed(&own) ? &peer : &own, text));
	return network_judge_address(&own, &peer);
}

/* One attribute of a route; false if it makes the route more than plain. */
static bool
take_route_attribute(const struct nlattr *attribute, const struct rtmsg *header,
    struct network_route *route)
{
	uint8_t host = (uint8_t)(8 * address_size(header->rtm_family));

	switch (mnl_attr_get_type(attribute)) {
	case RTA_DST:
		return take_address(attribute, header->rtm_family,
		    header->rtm_dst_len, &route->to);
	case RTA_GATEWAY:
		route->has_gateway = true;
		return take_address(
		    attribute, header->rtm_family, host, &route->gateway);
	case RTA_TABLE:
		return take_u32(attribute, &route->table);
	case RTA_OIF:
	case RTA_PRIORITY:
	case RTA_PREFSRC:
	case RTA_METRICS:
	case RTA_CACHEINFO:
	case RTA_PREF:
		return true;
	default:
		return false;
	}
}

enum network_verdict
network_message_route(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE])
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	/* Without RTA_DST it is the prefix of length zero. */
	struct network_route route = {.to.family = header->rtm_family,
	    .table = header->rtm_table,
	    .type = header->rtm_type,
	    .plain = header->rtm_src_len == 0 && header->rtm_tos == 0};
	const struct nlattr *attribute;
	char text[64];

	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		route.plain = take_route_attribute(attribute, header, &route) &&
			      route.plain;
	}
	snprintf(what, NETWORK_WHAT_SIZE, "route %s of table %u",
	    prefix_text(&route.to, text), route.table);
	return network_judge_route(&route);
}

/* One attribute of a rule; false if it selects or does anything. */
static bool
take_rule_attribute(const struct nlattr *attribute, struct network_rule *rule)
{
	uint32_t none;

	switch (mnl_attr_get_type(attribute)) {
	case FRA_PRIORITY:
		return take_u32(attribute, &rule->priority);
	case FRA_TABLE:
		return take_u32(attribute, &rule->table);
	case FRA_SUPPRESS_PREFIXLEN:
		return take_u32(attribute, &none) && none == UINT32_MAX;
	case FRA_PROTOCOL: /* who made it */
		return true;
	default:
		return false;
	}
}

enum network_verdict
network_message_rule(
    const struct nlmsghdr *message, char what[NETWORK_WHAT_SIZE])
{
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	struct network_rule rule = {.family = header->family,
	    .table = header->table,
	    .plain = header->dst_len == 0 && header->src_len == 0 &&
		     header->tos == 0 && header->action == FR_ACT_TO_TBL &&
		     (header->flags & ~(uint32_t)FIB_RULE_PERMANENT) == 0};
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message, sizeof(*header))
	{
		rule.plain =
		    take_rule_attribute(attribute, &rule) && rule.plain;
	}
	snprintf(what, NETWORK_WHAT_SIZE, "rule %u to table %u (IPv%d)",
	    rule.priority, rule.table, rule.family == AF_INET ? 4 : 6);
	return network_judge_rule(&rule);
}
