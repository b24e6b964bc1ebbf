/* SPDX-License-Identifier: MIT */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "bytes.h"

#include <netinet/in.h>

/*
 * A TCP segment taken out of a captured frame: link, IP and TCP headers read,
 * the payload left as a window (RFC 9293, RFC 791, RFC 8200).  Or a datagram of
 * UDP (RFC 768), which has ends and a payload only.
 *
 * Link types (https://www.tcpdump.org/linktypes.html): Ethernet with VLAN tags,
 * Linux cooked v1 and v2, raw IP, BSD loopback.
 */

struct endpoint {
	int family;          /* AF_INET or AF_INET6 */
	uint8_t address[16]; /* network order, 4 bytes for AF_INET */
	uint16_t port;
};

#define ENDPOINT_SIZE (INET6_ADDRSTRLEN + 8)
/* "198.51.100.20:443", "[2001:db8::1]:443". */
const char *endpoint_text(const struct endpoint *e, char into[ENDPOINT_SIZE]);
/* The address alone. */
const char *endpoint_address(
    const struct endpoint *e, char into[INET6_ADDRSTRLEN]);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

enum tcp_flag {
	TCP_FLAG_FIN = 0x01,
	TCP_FLAG_SYN = 0x02,
	TCP_FLAG_RST = 0x04,
	TCP_FLAG_PSH = 0x08,
	TCP_FLAG_ACK = 0x10,
};

struct segment {
	bool datagram; /* UDP: seq to tsecr but ttl say nothing */
	struct endpoint src, dest;
	uint8_t src_mac[6], dest_mac[6]; /* zero where the link has none */
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window;
	uint8_t ttl;        /* or hop limit */
	bool has_timestamp; /* RFC 7323 section 3 */
	uint32_t tsval, tsecr;
	struct bytes payload;
	struct bytes frame; /* the whole captured frame */
};

enum segment_verdict {
	SEGMENT_TCP,
	SEGMENT_UDP,
	SEGMENT_NOT_TCP,   /* something else: ARP, a later IP fragment */
	SEGMENT_CUT,       /* the capture kept too few bytes of it */
	SEGMENT_MALFORMED, /* lengths that contradict each other */
};

/* link_type is a DLT_ value as libpcap's pcap_datalink gives it. */
enum segment_verdict segment_read(
    int link_type, struct bytes frame, struct segment *segment);

#endif
