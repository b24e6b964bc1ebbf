/* SPDX-License-Identifier: MIT */
#ifndef FLOW_H
#define FLOW_H

#include <stdbool.h>

#include <netinet/in.h>
#include <sys/socket.h>

/*
 * Who talks to whom over a TCP connection or by datagrams of UDP, as text for
 * the event log: always from the side that opened it to the other.
 *
 *	flow_to or nothing -> flow_read -> flow_put ...
 */
struct flow {
	bool we_opened, datagrams;
	char our_ip[INET6_ADDRSTRLEN], their_ip[INET6_ADDRSTRLEN];
	unsigned int our_port, their_port;
};

/* The other end, where we are about to connect. */
void flow_to(struct flow *f, const struct sockaddr *to, socklen_t length);

/* Both ends of a connected socket; what the kernel does not say stays. */
void flow_read(struct flow *f, int fd);

/*
 * Put src_ip, src_port, dest_ip and dest_port into the open event, and proto
 * where it is UDP.
 */
void flow_put(const struct flow *f);

#endif
