/* SPDX-License-Identifier: MIT */
#ifndef TAPE_H
#define TAPE_H

#include "frame.h"

/*
 * A tape is a capture file.  The ones we make are pcapng; what tcpdump and
 * Wireshark make, pcapng or pcap, is read as well.
 *
 *	tape_create -> tape_append ... tape_flush ... -> tape_close	record
 *	tape_open   -> tape_next ...                  -> tape_close	the rest
 *
 * A tape may be read while it is being recorded: what was flushed is there.
 */
struct tape;

/*
 * An empty tape in place of what stood at path.  `interface` and `filter` are
 * noted on it (NULL: not said).  NULL: the reason was warned.
 */
struct tape *tape_create(const char *path, const char *interface,
    const char *filter, int link_type) __attribute__((warn_unused_result));

/* -1: the tape cannot be written; the reason was warned, once. */
int tape_append(struct tape *t, const struct frame *frame)
    __attribute__((warn_unused_result));

/*
 * Give what was appended to the kernel, so that every reader sees it.
 * -1: the reason (a full disk) was warned.
 */
int tape_flush(struct tape *t) __attribute__((warn_unused_result));

/* Note how many frames the interface gave and how many the kernel lost. */
void tape_statistics(struct tape *t, uint64_t received, uint64_t dropped);

/* NULL: the reason, with the path, was warned.  "-" is standard input. */
struct tape *tape_open(const char *path) __attribute__((warn_unused_result));

enum tape_verdict {
	TAPE_FRAME,   /* *frame is set, until the next call */
	TAPE_END,     /* no frame is left (yet) */
	TAPE_CUT,     /* it ends in the middle of a frame; warned */
	TAPE_DAMAGED, /* what follows cannot be read; warned */
};
enum tape_verdict tape_next(struct tape *t, struct frame *frame)
    __attribute__((warn_unused_result));

/* Flushes a tape being written; NULL is allowed.  0, or -1 after a warning. */
int tape_close(struct tape *t);

#endif
