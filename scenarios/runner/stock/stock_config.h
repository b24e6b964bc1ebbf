/* SPDX-License-Identifier: MIT */
#ifndef STOCK_CONFIG_H
#define STOCK_CONFIG_H

#include "buffer.h"
#include "stock.h"
#include "stock_words.h"

/* A stock server: how it is started, told, and read. */
struct stock_server {
	const char *word;    /* "nginx" */
	const char *package; /* of Debian */
	const char *module;  /* a file it needs besides, or NULL */
	const char *version[3];
	/* What is typed.  FILE: the configuration; FOLDER: where it lies. */
	const char *words[6];
	/* Its configuration, to the file; or further words. */
	void (*write)(
	    struct buffer *file, const struct stock *stock, const char *folder);
	struct stock_said (*read)(struct bytes line);
};

/* NULL after a warning that names those there are. */
const struct stock_server *stock_config_server(const char *word);

struct stock_config {
	const struct stock *stock;
	char folder[4096], file[4128];
	const char *words[STOCK_WORDS_MAX]; /* NULL-ended; may point above */
};

/*
 * Write what the server is to be told into the run's folder and fill in the
 * words that start it.  0, or -1 after a warning.
 */
int stock_config_write(
    struct stock_config *c, const struct stock_server *server);

#endif
