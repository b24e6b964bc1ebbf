/* SPDX-License-Identifier: MIT */
#ifndef ECHO_FRAME_H
#define ECHO_FRAME_H

#include "arp_frame.h"

/*
 * An ICMP echo request (RFC 792) in the name of one host to another.  The
 * answer goes to where that one believes the first to be.
 */
void echo_frame_write(const uint8_t from[6], const struct arp_party *asks,
    const struct arp_party *asked, struct buffer *out);

#endif
