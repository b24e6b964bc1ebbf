/* SPDX-License-Identifier: MIT */
#ifndef INJECTOR_H
#define INJECTOR_H

#include "segment.h"

/*
 * An injector puts frames on an interface as they are, by libnet in link-layer
 * mode.
 *
 *	injector_open -> injector_frame, injector_segment ... -> injector_close
 *
 * Only after confine_enter.
 */
struct injector;

/* NULL: the reason was warned. */
struct injector *injector_open(const char *interface)
    __attribute__((warn_unused_result));
void injector_close(struct injector *i); /* NULL is allowed */

/* The interface's own hardware address.  -1 after a warning. */
int injector_mac(struct injector *i, uint8_t mac[6])
    __attribute__((warn_unused_result));

/* An Ethernet frame, bit for bit.  -1 after a warning. */
int injector_frame(struct injector *i, struct bytes frame)
    __attribute__((warn_unused_result));

/*
 * A segment or datagram built from its parts: Ethernet, IP, UDP or TCP with the
 * time stamp option if it has one, checksums.  -1 after a warning.
 */
int injector_segment(struct injector *i, const struct segment *segment)
    __attribute__((warn_unused_result));

#endif
