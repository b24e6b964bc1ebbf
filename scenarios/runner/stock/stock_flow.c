/* SPDX-License-Identifier: MIT */
/* /proc/net/tcp, see proc(5). */
#include "stock_flow.h"

#include "buffer.h"
#include "event.h"
#include "evidence/read_file.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX (16 << 20) /* more than 100,000 connections */

/* As the kernel numbers them (include/net/tcp_states.h). */
enum state {
	ESTABLISHED = 1,
	LISTEN = 10,
};

struct row {
	uint32_t local, remote; /* network order */
	unsigned int local_port, remote_port, state;
	unsigned long inode; /* 0: in nobody's hands */
};

static bool
is_of(const struct row *r, enum stock_socket kind)
{
	switch (kind) {
	case STOCK_LISTENS:
		return r->state == LISTEN;
	case STOCK_ACCEPTED:
		return r->state == ESTABLISHED && r->inode != 0;
	}
	return false;
}

static bool
read_row(struct bytes line, struct row *r)
{
	char text[256];

	if (line.left >= sizeof(text))
		return false;
	memcpy(text, line.at, line.left);
	text[line.left] = '\0';
	return sscanf(text,
		   "%*u: %8x:%4x %8x:%4x %2x %*8x:%*8x %*2x:%*8x %*8x %*u %*d "
		   "%lu",
		   &r->local, &r->local_port, &r->remote, &r->remote_port,
		   &r->state, &r->inode) == 6;
}

size_t
stock_flow_count(struct bytes table, unsigned int port, enum stock_socket kind,
    struct stock_flow *flow)
{
	struct bytes line;
	struct row r;
	size_t count = 0;

	while (bytes_take_until(&table, '\n', &line)) {
		if (!read_row(line, &r) || r.local_port != port ||
		    !is_of(&r, kind))
			continue;
		count++;
		inet_ntop(
		    AF_INET, &r.remote, flow->src_ip, sizeof(flow->src_ip));
		inet_ntop(
		    AF_INET, &r.local, flow->dest_ip, sizeof(flow->dest_ip));
		flow->src_port = r.remote_port;
		flow->dest_port = r.local_port;
	}
	return count;
}

size_t
stock_flow_now(
    unsigned int port, enum stock_socket kind, struct stock_flow *flow)
{
	struct buffer table = {0};
	size_t count;

	(void)read_file("/proc/net/tcp", TABLE_MAX, &table);
	count = stock_flow_count(buffer_bytes(&table), port, kind, flow);
	buffer_clear(&table);
	return count;
}

/* Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens ... */
uint64_t
stock_flow_taken(struct bytes snmp)
{
	struct bytes line;
	char text[512];
	unsigned long taken = 0;

	while (bytes_take_until(&snmp, '\n', &line)) {
		if (line.left >= sizeof(text))
			continue;
		memcpy(text, line.at, line.left);
		text[line.left] = '\0';
		if (sscanf(text, "Tcp: %*u %*u %*u %*d %*u %lu", &taken) == 1)
			return taken;
	}
	return 0;
}

uint64_t
stock_flow_taken_now(void)
{
	struct buffer text = {0};
	uint64_t taken;

	(void)read_file("/proc/net/snmp", TABLE_MAX, &text);
	taken = stock_flow_taken(buffer_bytes(&text));
	buffer_clear(&text);
	return taken;
}

void
stock_flow_put(const struct stock_flow *flow)
{
	event_text("src_ip", flow->src_ip);
	event_number("src_port", flow->src_port);
	event_text("dest_ip", flow->dest_ip);
	event_number("dest_port", flow->dest_port);
}
