/* SPDX-License-Identifier: MIT */
#ifndef STOCK_BRIDGE_H
#define STOCK_BRIDGE_H

#include "bytes.h"

/*
 * `openssl s_server` ends TLS and forwards nothing: what it decrypted comes to
 * its standard output, and its standard input goes to the client.  The bridge
 * carries both to and from an upstream, a new connection for each of a client.
 *
 * Where one connection's bytes end and another's begin, s_server says on its
 * standard error.  So both streams are Unix datagram sockets that end in one
 * queue: each write is a message, in the order written, and its sender's
 * address tells which stream it was.
 *
 *	stock_bridge_open -> (stock_bridge_take, stock_bridge_return) ...
 *
 * It ends with its process.
 */
struct stock_bridge {
	const char *upstream; /* host; borrowed */
	int queue;            /* to be polled, then stock_bridge_take */
	int output, errors;   /* for the child */
	int input, child_input;
	int fd; /* to the upstream, or -1: to be polled */
};

/* 0, or -1 after a warning. */
int stock_bridge_open(struct stock_bridge *b, const char *upstream);

/*
 * The next message: what was decrypted is sent on; a line of standard error is
 * in *line, which points into `into`.  False: there is none now.
 */
#define STOCK_BRIDGE_MESSAGE 65536
bool stock_bridge_take(struct stock_bridge *b,
    uint8_t into[STOCK_BRIDGE_MESSAGE], struct bytes *line);

/* Another client: what was under way for the one before is over. */
void stock_bridge_turn(struct stock_bridge *b);

/* What the upstream says goes to the client. */
void stock_bridge_return(struct stock_bridge *b);

#endif
