/* SPDX-License-Identifier: MIT */
#ifndef STOCK_FLOW_H
#define STOCK_FLOW_H

#include "bytes.h"

#include <netinet/in.h>

/*
 * The connections of a host as its kernel lists and counts them
 * (/proc/net/tcp, /proc/net/snmp): whose one it was, where a stock program's
 * log does not name its peer; and whether anybody listens yet.
 */
struct stock_flow {
	char src_ip[INET_ADDRSTRLEN], dest_ip[INET_ADDRSTRLEN];
	unsigned int src_port, dest_port;
};

enum stock_socket {
	STOCK_LISTENS,     /* on that port */
	STOCK_ACCEPTED,    /* open, and in a program's hands */
	STOCK_OPEN,        /* in whatever state before its end */
	STOCK_ENDED_BY_US, /* open, or ended by this side first */
};

/* Those that a table has, as many as there is room for; count has all. */
#define STOCK_FLOWS_MAX 64
struct stock_flows {
	size_t count;
	struct stock_flow flow[STOCK_FLOWS_MAX]; /* seen from its client */
};

/*
 * The sockets of that kind at a local port in a table, without those in
 * *known (NULL: none are).  A line that is none counts as none.  Pure.
 */
void stock_flow_list(struct bytes table, unsigned int port,
    enum stock_socket kind, const struct stock_flows *known,
    struct stock_flows *list);

/* The same over this host's own table, as it stands.  Returns the count. */
size_t stock_flow_now(unsigned int port, enum stock_socket kind,
    const struct stock_flows *known, struct stock_flows *list);

/*
 * How many connections this host has taken since it is up (PassiveOpens of
 * RFC 4022): whether there can have been another one.
 */
uint64_t stock_flow_taken(struct bytes snmp); /* of the text of that file */
uint64_t stock_flow_taken_now(void);

/* Put src_ip, src_port, dest_ip and dest_port into the open event. */
void stock_flow_put(const struct stock_flow *flow);

#endif
