/* SPDX-License-Identifier: MIT */
/* A packet socket over this host's links, see packet(7). */
#include "stock_watch.h"

#include "segment.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
stock_watch_open(struct stock_watch *w, unsigned int port)
{
	*w = (struct stock_watch){.port = port};
	w->socket = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    htons(ETH_P_ALL));
	if (w->socket == -1) {
		warn("cannot watch the connections of this host");
		return -1;
	}
	return 0;
}

static struct stock_flow
flow_of(const struct endpoint *client, const struct endpoint *server)
{
	struct stock_flow flow = {
	    .src_port = client->port, .dest_port = server->port};

	inet_ntop(AF_INET, client->address, flow.src_ip, sizeof(flow.src_ip));
	inet_ntop(AF_INET, server->address, flow.dest_ip, sizeof(flow.dest_ip));
	return flow;
}

/* Its index, or open_count. */
static size_t
find(const struct stock_watch *w, const struct stock_flow *flow)
{
	size_t i = 0;

	while (i < w->open_count &&
	       (w->open[i].flow.src_port != flow->src_port ||
		   strcmp(w->open[i].flow.src_ip, flow->src_ip) != 0))
		i++;
	return i;
}

static void
begin(struct stock_watch *w, const struct stock_flow *flow)
{
	if (w->open_count == STOCK_WATCH_MAX) {
		w->lost = true;
		return;
	}
	w->open[w->open_count++] = (struct stock_watched){.flow = *flow};
	w->begun++;
	w->last = *flow;
}

/* RFC 9293 section 3.6: by RST at once, else once both have sent FIN. */
static void
go_on(struct stock_watch *w, size_t at, uint8_t flags, bool outgoing)
{
	struct stock_watched *c = &w->open[at];

	if (flags & TCP_FLAG_FIN)
		*(outgoing ? &c->ended_here : &c->ended_there) = true;
	if ((c->ended_here && c->ended_there) || flags & TCP_FLAG_RST)
		*c = w->open[--w->open_count];
}

void
stock_watch_frame(struct stock_watch *w, struct bytes frame, bool outgoing)
{
	struct segment s;
	struct stock_flow flow;
	const struct endpoint *client, *server;
	size_t at;

	if (segment_read(DLT_EN10MB, frame, &s) != SEGMENT_TCP)
		return;
	client = outgoing ? &s.dest : &s.src;
	server = outgoing ? &s.src : &s.dest;
	if (server->family != AF_INET || server->port != w->port)
		return;
	flow = flow_of(client, server);
	at = find(w, &flow);
	if (at < w->open_count)
		go_on(w, at, s.flags, outgoing);
	else if (!outgoing && s.flags & TCP_FLAG_SYN)
		begin(w, &flow);
}

static void
count_lost(struct stock_watch *w)
{
	struct tpacket_stats counts = {0};
	socklen_t size = sizeof(counts);

	if (getsockopt(w->socket, SOL_PACKET, PACKET_STATISTICS, &counts,
		&size) == -1 ||
	    counts.tp_drops > 0)
		w->lost = true;
}

int
stock_watch_turn(struct stock_watch *w)
{
	uint8_t frame[65536];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	ssize_t length;

	while ((length = recvfrom(w->socket, frame, sizeof(frame), 0,
		    (struct sockaddr *)&from, &size)) >= 0) {
		if (from.sll_pkttype == PACKET_HOST ||
		    from.sll_pkttype == PACKET_OUTGOING)
			stock_watch_frame(w,
			    (struct bytes){frame, (size_t)length},
			    from.sll_pkttype == PACKET_OUTGOING);
		size = sizeof(from);
	}
	if (errno != EAGAIN && errno != EINTR) {
		warn("cannot watch the connections of this host");
		return -1;
	}
	count_lost(w);
	return 0;
}
