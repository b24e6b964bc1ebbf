/* SPDX-License-Identifier: MIT */
#ifndef STOCK_WORDS_H
#define STOCK_WORDS_H

#include "bytes.h"

/*
 * What stock programs say in their logs, read as they say it and not
 * interpreted: whom a line is about, and the words in which TLS failed.  Pure.
 */

/* A connection by its client's end, as a log or the kernel names it. */
struct stock_peer {
	struct bytes ip; /* "198.51.100.10"; empty: not named */
	unsigned int port;
};

enum stock_kind {
	STOCK_SAYS_NOTHING,  /* no news of a connection */
	STOCK_SAYS_ACCEPTED, /* number and peer */
	STOCK_SAYS_TRIES,    /* to connect to peer */
	STOCK_SAYS_LOCAL,    /* the client's end of that: peer */
	STOCK_SAYS_FAILED,   /* words, and what it names of number and peer */
	STOCK_SAYS_ALERT,    /* words: the description of a fatal alert sent */
};

struct stock_said {
	enum stock_kind kind;
	uint64_t number; /* the log's own, of a connection; 0: none */
	struct stock_peer peer;
	struct bytes words; /* points into the line */
};

/*
 * One line of a log, without its newline.  What a program writes beside these
 * says nothing.
 */
struct stock_said stock_words_nginx(struct bytes line);
struct stock_said stock_words_haproxy(struct bytes line); /* our log-format */
struct stock_said stock_words_lighttpd(struct bytes line);
struct stock_said stock_words_openssl(struct bytes line); /* s_server -state */

/*
 * curl --verbose: a new connection, from 8.3 on also its own end
 * (--trace-config tcp), and the fatal alerts that it sends.
 */
struct stock_said stock_words_curl(struct bytes line);

/* What curl is told to write out about a transfer, and how that is read. */
#define STOCK_CURL_FORMAT                                                      \
	"%{stderr}result %{http_code} %{exitcode} %{local_ip}:%{local_port} "  \
	"%{remote_ip}:%{remote_port} %{errormsg}\n"

struct stock_result {
	uint64_t http_status, exit_status;
	struct stock_peer local, remote; /* no connection: without address */
	struct bytes words;              /* of an error */
};

/* One line of it.  False: it is none. */
bool stock_words_result(struct bytes line, struct stock_result *result);

/*
 * Do a program's words say that what it read does not fit: a MAC, an AEAD tag,
 * a Finished?  False also for words that could have another cause.
 */
bool stock_words_refuse(const char *words);

#endif
