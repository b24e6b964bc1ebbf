/* SPDX-License-Identifier: MIT */
#ifndef CURL_COMMAND_H
#define CURL_COMMAND_H

#include "buffer.h"
#include "stock.h"

/*
 * The words that curl is started with: a transfer for each id, over one
 * connection.
 *
 *	curl_command_init -> words -> curl_command_clear
 */

/* Few, as all their words go on one command line. */
#define CURL_TRANSFERS_MAX 2

struct curl_command {
	const char *words[STOCK_WORDS_MAX];     /* NULL-ended; point below */
	struct buffer body[CURL_TRANSFERS_MAX]; /* JSON */
	struct buffer connect_to;        /* whoever is to be the gateway */
	char gate[4096], gate_url[4200]; /* a FIFO; empty: none */
};

/*
 * For that many ids (1 to CURL_TRANSFERS_MAX), and the curl that calls itself
 * by that version ("curl 8.14.1 ...").  0, or -1 after a warning: the gate
 * cannot be made.
 */
int curl_command_init(
    struct curl_command *c, const struct stock *stock, const char *version);
void curl_command_clear(struct curl_command *c);

/* Is the second transfer an upload from standard input, until Enter comes? */
bool curl_command_uploads(const struct stock *stock);

#endif
