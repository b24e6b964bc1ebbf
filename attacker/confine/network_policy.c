/* SPDX-License-Identifier: MIT */
/*
 * The truth tables of lock 3.  Where the kernel could do something that no
 * line here speaks of, the answer is no.
 */
#include "network_policy.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

const char *
network_verdict_name(enum network_verdict verdict)
{
	switch (verdict) {
	case NETWORK_ALLOWED:
		return "allowed";
	case NETWORK_LINK_PHYSICAL:
		return "link-physical";
	case NETWORK_LINK_KIND:
		return "link-kind";
	case NETWORK_LINK_STACKED:
		return "link-stacked";
	case NETWORK_ADDRESS_FOREIGN:
		return "address-foreign";
	case NETWORK_ROUTE_DEFAULT:
		return "route-default";
	case NETWORK_ROUTE_FOREIGN:
		return "route-foreign";
	case NETWORK_ROUTE_UNUSUAL:
		return "route-unusual";
	case NETWORK_RULE_NOT_DEFAULT:
		return "rule-not-default";
	}
	return "unknown";
}

const char *
network_verdict_text(enum network_verdict verdict)
{
	switch (verdict) {
	case NETWORK_ALLOWED:
		return "is allowed";
	case NETWORK_LINK_PHYSICAL:
		return "hangs on a device of this machine";
	case NETWORK_LINK_KIND:
		return "is neither lo, veth, bridge nor dummy";
	case NETWORK_LINK_STACKED:
		return "sends through another link";
	case NETWORK_ADDRESS_FOREIGN:
		return "is no documentation, link-local or loopback address";
	case NETWORK_ROUTE_DEFAULT:
		return "is a default route: this network leads out";
	case NETWORK_ROUTE_FOREIGN:
		return "leads out of the documentation prefixes";
	case NETWORK_ROUTE_UNUSUAL:
		return "is of a kind no lab has";
	case NETWORK_RULE_NOT_DEFAULT:
		return "is none of the default rules";
	}
	return "is unknown";
}

/*
 * Tunnels the kernel puts into every new network when their module is loaded
 * (sysctl net.core.fb_tunnels_only_for_init_net).  They cannot be deleted; a
 * lab leaves them down, and a link that is down sends nothing.
 */
static bool
is_fallback_tunnel(const struct network_link *link)
{
	static const char *const tunnels[][2] = {
	    {"tunl0", "ipip"},
	    {"sit0", "sit"},
	    {"ip6tnl0", "ip6tnl"},
	    {"gre0", "gre"},
	    {"gretap0", "gretap"},
	    {"erspan0", "erspan"},
	    {"ip6gre0", "ip6gre"},
	    {"ip_vti0", "vti"},
	    {"ip6_vti0", "vti6"},
	};

	for (size_t i = 0; i < sizeof(tunnels) / sizeof(tunnels[0]); i++)
		if (strcmp(link->name, tunnels[i][0]) == 0 &&
		    strcmp(link->kind, tunnels[i][1]) == 0)
			return true;
	return false;
}

enum network_verdict
network_judge_link(const struct network_link *link)
{
	if (link->has_device)
		return NETWORK_LINK_PHYSICAL;
	/* Another namespace's veth end is the one thing a link may hang on. */
	if (strcmp(link->kind, "veth") == 0)
		return NETWORK_ALLOWED;
	if (link->lower != 0 && link->lower != link->index)
		return NETWORK_LINK_STACKED;
	if (strcmp(link->kind, "bridge") == 0 ||
	    strcmp(link->kind, "dummy") == 0)
		return NETWORK_ALLOWED;
	if (link->loopback && link->kind[0] == '\0' &&
	    strcmp(link->name, "lo") == 0)
		return NETWORK_ALLOWED;
	if (!link->up && is_fallback_tunnel(link))
		return NETWORK_ALLOWED;
	return NETWORK_LINK_KIND;
}

/* The first `length` bits are the same. */
static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned int length)
{
	unsigned int whole = length / 8, rest = length % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool
is_inside(const struct network_prefix *prefix, const struct network_prefix *of)
{
	return prefix->family == of->family && prefix->length >= of->length &&
	       same_bits(prefix->address, of->address, of->length);
}

bool
network_prefix_allowed(const struct network_prefix *prefix)
{
	static const struct network_prefix allowed[] = {
	    {AF_INET, {192, 0, 2}, 24},               /* RFC 5737 section 3 */
	    {AF_INET, {198, 51, 100}, 24},            /* RFC 5737 section 3 */
	    {AF_INET, {203, 0, 113}, 24},             /* RFC 5737 section 3 */
	    {AF_INET, {127}, 8},                      /* RFC 1122 3.2.1.3 */
	    {AF_INET, {169, 254}, 16},                /* RFC 3927 section 1 */
	    {AF_INET6, {0x20, 0x01, 0x0d, 0xb8}, 32}, /* RFC 3849 */
	    {AF_INET6, {0xfe, 0x80}, 10},             /* RFC 4291 2.5.6 */
	    {AF_INET6, {[15] = 1}, 128},              /* RFC 4291 2.5.3 */
	};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (is_inside(prefix, &allowed[i]))
			return true;
	return false;
}

bool
network_address_allowed(const char *text)
{
	struct network_prefix prefix = {0};

	if (inet_pton(AF_INET, text, prefix.address) == 1) {
		prefix.family = AF_INET;
		prefix.length = 32;
	} else if (inet_pton(AF_INET6, text, prefix.address) == 1) {
		prefix.family = AF_INET6;
		prefix.length = 128;
	} else {
		return false;
	}
	return network_prefix_allowed(&prefix);
}

enum network_verdict
network_judge_address(
    const struct network_prefix *own, const struct network_prefix *peer)
{
	if (network_prefix_allowed(own) && network_prefix_allowed(peer))
		return NETWORK_ALLOWED;
	return NETWORK_ADDRESS_FOREIGN;
}

/* ff00::/8 stands in the local table of every IPv6 link (RFC 4291 2.7). */
static bool
is_link_multicast(const struct network_route *route)
{
	return route->type == RTN_MULTICAST && route->table == RT_TABLE_LOCAL &&
	       route->to.family == AF_INET6 && route->to.length >= 8 &&
	       route->to.address[0] == 0xff;
}

enum network_verdict
network_judge_route(const struct network_route *route)
{
	switch (route->type) {
	case RTN_UNREACHABLE:
	case RTN_BLACKHOLE:
	case RTN_PROHIBIT:
		return NETWORK_ALLOWED; /* nothing leaves by it */
	case RTN_UNICAST:
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_MULTICAST:
		break;
	default:
		return NETWORK_ROUTE_UNUSUAL;
	}
	if (route->to.length == 0)
		return NETWORK_ROUTE_DEFAULT;
	if (!route->plain)
		return NETWORK_ROUTE_UNUSUAL;
	if (route->has_gateway && !network_prefix_allowed(&route->gateway))
		return NETWORK_ROUTE_FOREIGN;
	if (network_prefix_allowed(&route->to) || is_link_multicast(route))
		return NETWORK_ALLOWED;
	return NETWORK_ROUTE_FOREIGN;
}

enum network_verdict
network_judge_rule(const struct network_rule *rule)
{
	static const struct network_rule defaults[] = {
	    {AF_INET, 0, RT_TABLE_LOCAL, true},
	    {AF_INET, 32766, RT_TABLE_MAIN, true},
	    {AF_INET, 32767, RT_TABLE_DEFAULT, true},
	    {AF_INET6, 0, RT_TABLE_LOCAL, true},
	    {AF_INET6, 32766, RT_TABLE_MAIN, true},
	};

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		if (rule->plain && rule->family == defaults[i].family &&
		    rule->priority == defaults[i].priority &&
		    rule->table == defaults[i].table)
			return NETWORK_ALLOWED;
	return NETWORK_RULE_NOT_DEFAULT;
}
