/* SPDX-License-Identifier: MIT */
#ifndef WITNESS_H
#define WITNESS_H

#include <stdint.h>

/*
 * The witness: a capture of every frame as it enters a switch, one pcapng
 * interface a switch port, named after network and host.  A frame with the
 * client's address that entered at the attacker's port shows itself.
 *
 *	witness_open -> witness_take ... -> witness_close
 */
struct witness;

/*
 * Watch the ports of the calling process's network namespace and write to path.
 * NULL after a warning.
 */
struct witness *witness_open(const char *path);

/* The descriptor to poll for frames. */
int witness_fd(const struct witness *w);

/* Write down all frames there are.  0, or -1 after a warning (the disk). */
int witness_take(struct witness *w);

/* How many frames it has seen, and how many the kernel could not keep. */
uint64_t witness_frames(const struct witness *w);
uint64_t witness_dropped(struct witness *w);

/* Take what is left, finish the file.  0, or -1 after a warning; NULL is 0. */
int witness_close(struct witness *w);

#endif
