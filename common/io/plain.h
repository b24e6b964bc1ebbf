/* SPDX-License-Identifier: MIT */
#ifndef PLAIN_H
#define PLAIN_H

#include <stddef.h>
#include <stdint.h>

#include "conn_end.h"

/*
 * A socket, and bytes over it without TLS.  Each returns how many (connected:
 * 1), 0 to be called again when the socket allows, or -1 with *why set.  For
 * conn.c and conn_channel.c only.
 */
int plain_connected(int fd, enum conn_end *why);
int plain_read(int fd, uint8_t *into, size_t size, enum conn_end *why);
int plain_write(int fd, const uint8_t *data, size_t length, enum conn_end *why);

/* It never blocks, and what is written leaves at once, in one segment. */
void plain_prepare(int fd);

#endif
