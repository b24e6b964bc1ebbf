/* SPDX-License-Identifier: MIT */
#ifndef FRAME_LIST_H
#define FRAME_LIST_H

#include "fingerprint.h"
#include "segment.h"

/*
 * The TCP and UDP frames of a capture by number, as Wireshark counts them, and
 * what each carries: to say in which frame a message stands.
 *
 *	frame_list_read -> frame_list_... -> frame_list_clear
 */
#define FRAME_LIST_MAX 100000 /* frames; later ones are not listed */
#define FRAME_FINGERPRINTS 6
#define FRAME_WHAT_SIZE 80

struct frame_seen {
	uint32_t number; /* from 1 */
	int64_t at;      /* nanoseconds since the epoch */
	struct endpoint src, dest;
	uint32_t seq;
	size_t length; /* of the payload */
	/* Of its whole TLS records or its request, as events have them. */
	char fingerprints[FRAME_FINGERPRINTS][FINGERPRINT_SIZE];
	size_t fingerprint_count;
	char what[FRAME_WHAT_SIZE]; /* "SYN", "ClientHello", "" for an ACK */
};

struct frame_list {
	struct frame_seen *frames;
	size_t count;
};

/* 0, or -1 after a warning; what could be read is listed then, too. */
int frame_list_read(struct frame_list *l, const char *path);
void frame_list_clear(struct frame_list *l);

/*
 * The frame that carries that record or request: the first after a time, or
 * the last before it.  NULL if none is listed.
 */
const struct frame_seen *frame_list_carrying(const struct frame_list *l,
    const char *fingerprint, int64_t at, bool after);

/* The same for any payload between two endpoints. */
const struct frame_seen *frame_list_between(const struct frame_list *l,
    const struct endpoint *src, const struct endpoint *dest, int64_t at,
    bool after);

/*
 * The one nearest to a time, before or after it: for what OpenSSL tells once it
 * was sent.
 */
const struct frame_seen *frame_list_nearest(const struct frame_list *l,
    const struct endpoint *src, const struct endpoint *dest, int64_t at);

#endif
