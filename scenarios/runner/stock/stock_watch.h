/* SPDX-License-Identifier: MIT */
#ifndef STOCK_WATCH_H
#define STOCK_WATCH_H

#include "stock_flow.h"

/*
 * The connections to a port of this host, by their segments: whose one it was,
 * where a stock program's log names nobody.  Unlike the kernel's tables, which
 * show what is there when one looks, no connection is too short to be seen.
 *
 *	stock_watch_open -> poll on socket, stock_watch_turn ...
 *
 * It ends with its process.
 */

#define STOCK_WATCH_MAX 64

struct stock_watched {
	struct stock_flow flow;
	bool ended_here, ended_there; /* FIN was sent, was received */
};

struct stock_watch {
	int socket;
	unsigned int port;
	struct stock_watched open[STOCK_WATCH_MAX];
	size_t open_count;
	uint64_t begun;         /* connections that ever were */
	struct stock_flow last; /* the one that began last, if any did */
	bool lost; /* a segment, or more are open than it has room for */
};

/* 0, or -1 after a warning. */
int stock_watch_open(struct stock_watch *w, unsigned int port);

/* Take what has come since.  0, or -1 after a warning. */
int stock_watch_turn(struct stock_watch *w);

/*
 * One Ethernet frame that came in to this host, or went out.  What is no
 * segment of that port is nothing.  Pure.
 */
void stock_watch_frame(
    struct stock_watch *w, struct bytes frame, bool outgoing);

#endif
