/* SPDX-License-Identifier: MIT */
#ifndef STORE_SERVER_H
#define STORE_SERVER_H

#include "buffer.h"
#include "option.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A real database server on a host of the lab, until SIGTERM: its program is a
 * child, its data lies in memory below the run's folder, and what it prints
 * goes on to the log.
 *
 *	store_server_place -> store_server_run ... -> store_server_serve
 *
 * Enter makes it do what an outage does, and SIGTERM ends it, gently or as a
 * crash does.
 */
enum store_enter {
	ENTER_NOTHING,
	ENTER_HANG, /* and the next time go on again */
	ENTER_PROMOTE,
	ENTER_FILL,
	ENTER_CROWD,
};

struct store_server {
	const char *const *words; /* NULL-ended: the server's command line */
	const char *ready;        /* stands in the line that says it serves */
	enum store_enter enter;
	int (*act)(void *argument);  /* what else Enter does */
	int (*last)(void *argument); /* before it is ended, or NULL */
	void *argument;
	int end_signal; /* ends it gently */
	bool crash;     /* end it with SIGKILL instead */
};

/* Its data folder; *fresh: it is new and empty.  0, or -1 after a warning. */
int store_server_place(char *path, size_t size, bool *fresh);

/*
 * Another program to its end; what it prints is added to `out`, or is lost
 * (NULL), and its errors go to the log.  0, or -1 after a warning, also where
 * it exits with another status than 0.
 */
int store_server_run(const char *const words[], struct buffer *out);

/* Serve until SIGTERM, or until it ends by itself.  An exit status. */
int store_server_serve(const struct store_server *server);

/* The main of such a command: its options, and then `run`. */
int store_server_command(const struct option_usage *usage, int argc,
    char *argv[], int (*run)(void *argument), void *argument);

/* This host's address in the inner network. */
const char *store_server_address(void);

#endif
