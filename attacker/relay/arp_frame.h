/* SPDX-License-Identifier: MIT */
#ifndef ARP_FRAME_H
#define ARP_FRAME_H

#include "buffer.h"

/*
 * ARP over Ethernet for IPv4 (RFC 826): who says which address is whose.
 * Reading is ours, making is libnet's.
 */
enum arp_operation { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp_party {
	uint8_t mac[6];
	uint8_t address[4];
};

struct arp_frame {
	uint8_t from[6], to[6]; /* of the frame itself */
	uint16_t operation;
	struct arp_party sender, target;
};

/* False: no ARP of that kind. */
bool arp_frame_read(struct bytes frame, struct arp_frame *a);

/* Append the frame, 42 bytes.  -1 after a warning. */
int arp_frame_write(const struct arp_frame *a, struct buffer *out)
    __attribute__((warn_unused_result));

#endif
