/* SPDX-License-Identifier: MIT */
#ifndef STOCK_H
#define STOCK_H

#include "bytes.h"
#include "option.h"

#include <stdbool.h>

#include <sys/types.h>

/*
 * A stock program in a victim's place: nginx, HAProxy, lighttpd or `openssl
 * s_server` instead of victim-server's gateway, nginx or HAProxy instead of its
 * balancer, curl instead of victim-client.  What it does with a record is its
 * own code's doing, and none of ours; this writes its configuration, starts it,
 * and passes on what it says.
 *
 *	stock_serve (stock_server.c) or stock_pay (stock_curl.c)
 */
#define STOCK_WORDS_MAX 80
#define STOCK_PORT 443
#define STOCK_BALANCER_PORT 80

/* The lab's word for a suite, and what others call it. */
struct stock_suite {
	const char *word;
	const char *cipher; /* OpenSSL's name; NULL: TLS 1.3 */
	const char *gnutls; /* a priority string */
};

struct stock {
	char program[40]; /* "nginx", "lighttpd-gnutls", "curl" */
	const struct stock_suite *suite;
	const char *word; /* what --suite says */
	/* a server: a gateway over TLS, or a balancer with backends */
	const char *upstream;
	struct option_list backends;
	long timeout; /* ms; 0: the program's own */
	bool redispatch, retry_unsafe, default_host;
	/* a client */
	struct option_list ids;
	const char *from, *to, *connect;
	long amount;
	bool step, watch;
};

/* As the gateway or balancer of this host, until SIGTERM; an exit status. */
int stock_serve(const struct stock *s);

/* As a client: a transfer for each id; an exit status. */
int stock_pay(const struct stock *s);

/* Not there: say so, with the package that has it.  EXIT_SKIPPED. */
int stock_absent(const char *program, const char *package);

/*
 * Write the event `stock`: which program this is, as the words (NULL-ended)
 * print it first ("nginx version: nginx/1.22.1").  Returns that, in a static
 * buffer.
 */
const char *stock_announce(const char *const words[]);

/*
 * Begin the event of a fatal alert that a program says it sent ("bad record
 * mac"); the flow may follow.
 */
void stock_alert_begin(struct bytes words);

/*
 * A program as a child that ends with us; descriptors of -1 stay what they are.
 * -1 after a warning.
 */
pid_t stock_child(const char *const words[], int in, int out, int errors)
    __attribute__((warn_unused_result));

/* SIGTERM, SIGINT and SIGCHLD as a descriptor; -1 after a warning. */
int stock_signals(void);

#endif
