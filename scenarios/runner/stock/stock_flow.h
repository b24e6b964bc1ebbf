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
	STOCK_LISTENS,  /* on that port */
	STOCK_ACCEPTED, /* open, and in a program's hands */
};

/*
 * How many sockets of that kind a table has at a local port; the last of them
 * in *flow, seen from its client.  A line that is none counts as none.  Pure.
 */
size_t stock_flow_count(struct bytes table, unsigned int port,
    enum stock_socket kind, struct stock_flow *flow);

/* The same over this host's own table, as it stands. */
size_t stock_flow_now(
    unsigned int port, enum stock_socket kind, struct stock_flow *flow);

/*
 * How many connections this host has taken since it is up (PassiveOpens of
 * RFC 4022): whether there can have been another one.
 */
uint64_t stock_flow_taken(struct bytes snmp); /* of the text of that file */
uint64_t stock_flow_taken_now(void);

/* Put src_ip, src_port, dest_ip and dest_port into the open event. */
void stock_flow_put(const struct stock_flow *flow);

#endif
