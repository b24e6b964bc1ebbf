/* SPDX-License-Identifier: MIT */
#ifndef HOST_MESSAGE_H
#define HOST_MESSAGE_H

#include "buffer.h"

/*
 * What the runner and a host in a container say to each other, a message each
 * packet of a unix socket (SOCK_SEQPACKET):
 *
 *	host -> runner	hello		which host it is
 *	runner -> host	run		words and environment; with it come the
 *					descriptors, HOST_DESCRIPTORS of them
 *	host -> runner	started		the process, or why there is none
 *	runner -> host	signal		for a process
 *	host -> runner	ended		a process has
 *	runner -> host	find		is that program installed there?
 *	host -> runner	found		yes or no
 *
 * Integers are in network order; a text is a length of two bytes, then that
 * many bytes, of which the last is its only NUL.
 */
#define HOST_PROTOCOL 1 /* what hello says it speaks */
#define HOST_MESSAGE_MAX 65536
#define HOST_WORDS_MAX 128
#define HOST_SETTINGS_MAX 16
#define HOST_DESCRIPTORS 4 /* standard input, output, errors; events */

enum host_message_kind {
	HOST_HELLO = 1,
	HOST_RUN,
	HOST_STARTED,
	HOST_SIGNAL,
	HOST_ENDED,
	HOST_FIND,
	HOST_FOUND,
};

struct host_message {
	enum host_message_kind kind;
	/*
	 * hello: protocol; signal: its number; ended: the signal or 0; found: 1
	 * or 0
	 */
	uint8_t number;
	uint8_t exit_code; /* ended */
	uint32_t pid;      /* started (0: none), signal, ended */
	uint32_t why;      /* started: the errno if there is none */
	const char *name;  /* hello: the host; find: the program */
	const char *words[HOST_WORDS_MAX + 1];       /* run; NULL-ended */
	const char *settings[HOST_SETTINGS_MAX + 1]; /* run: NAME=VALUE */
};

/*
 * Read one whole message.  Texts are borrowed from it.  False if it is none:
 * unknown, short, with more behind it, or beyond a limit above.
 */
bool host_message_read(struct bytes in, struct host_message *message);

/* Append it.  False, and nothing useful, if it is beyond a limit. */
bool host_message_write(const struct host_message *message, struct buffer *out);

#endif
