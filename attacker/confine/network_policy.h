/* SPDX-License-Identifier: MIT */
#ifndef NETWORK_POLICY_H
#define NETWORK_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a lab's network may consist of: the judging half of lock 3.  All pure.
 *
 * Each kind of thing netlink tells about (link, address, route, rule) has a
 * struct with what matters of it, and a verdict.
 */

enum network_verdict {
	NETWORK_ALLOWED,
	NETWORK_LINK_PHYSICAL,    /* it hangs on a device of the machine */
	NETWORK_LINK_KIND,        /* neither lo, veth, bridge nor dummy */
	NETWORK_LINK_STACKED,     /* it sends through another link */
	NETWORK_ADDRESS_FOREIGN,  /* outside the lab's prefixes */
	NETWORK_ROUTE_DEFAULT,    /* it leads to everywhere */
	NETWORK_ROUTE_FOREIGN,    /* it leads, or goes, outside the prefixes */
	NETWORK_ROUTE_UNUSUAL,    /* tunnels, nexthop groups, odd types */
	NETWORK_RULE_NOT_DEFAULT, /* not one of local, main, default */
};

/* The word of the event log, such as "link-kind". */
const char *network_verdict_name(enum network_verdict verdict);

/* The same for a person, as the end of a sentence about the thing. */
const char *network_verdict_text(enum network_verdict verdict);

struct network_link {
	const char *name;
	const char *kind; /* "" if the kernel gives none */
	bool loopback;    /* of hardware type loopback */
	bool up;          /* it may send */
	bool has_device;  /* a device of the machine is its parent */
	uint32_t index;
	uint32_t lower; /* the link it sends through or its peer; 0: none */
};
enum network_verdict network_judge_link(const struct network_link *link);

struct network_prefix {
	int family;          /* AF_INET or AF_INET6 */
	uint8_t address[16]; /* network order, 4 bytes for AF_INET */
	uint8_t length;      /* bits */
};

/*
 * Every address of the prefix is a documentation (RFC 5737, RFC 3849),
 * link-local (RFC 3927, RFC 4291) or loopback address.
 */
bool network_prefix_allowed(const struct network_prefix *prefix);

/* An address in text; false also if it is none. */
bool network_address_allowed(const char *text);

enum network_verdict network_judge_address(
    const struct network_prefix *own, const struct network_prefix *peer);

struct network_route {
	struct network_prefix to;
	uint32_t table;
	uint8_t type; /* RTN_UNICAST and so on */
	bool has_gateway;
	struct network_prefix gateway;
	bool plain; /* no tunnel, no nexthop group, no foreign family */
};
enum network_verdict network_judge_route(const struct network_route *route);

struct network_rule {
	int family;
	uint32_t priority;
	uint32_t table;
	bool plain; /* looks a table up for every packet, nothing else */
};
enum network_verdict network_judge_rule(const struct network_rule *rule);

#endif
