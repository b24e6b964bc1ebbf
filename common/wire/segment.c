/* SPDX-License-Identifier: MIT */
/*
 * From a captured frame down to what TCP or UDP carries:
 *
 *	link header -> IPv4 or IPv6 with its extension headers -> TCP or UDP
 *
 * Each step takes its header off the front of one window.  A window that ends
 * early is a frame the capture cut, for the lengths are checked first.
 */
#include "segment.h"

#include <net/ethernet.h>
#include <netinet/ip6.h>
#include <pcap/dlt.h>
#include <string.h>

#ifndef DLT_LINUX_SLL2
#define DLT_LINUX_SLL2 276
#endif
#define LINKTYPE_RAW 101
#define LINKTYPE_IPV4 228
#define LINKTYPE_IPV6 229
#define ETHERTYPE_QINQ 0x88a8 /* IEEE 802.1ad */

static bool
take_mac(struct bytes *in, uint8_t mac[ETHER_ADDR_LEN])
{
	struct bytes taken;

	if (!bytes_take(in, ETHER_ADDR_LEN, &taken))
		return false;
	memcpy(mac, taken.at, ETHER_ADDR_LEN);
	return true;
}

static enum segment_verdict
take_ethernet(struct bytes *in, struct segment *s, uint16_t *ethertype)
{
	uint16_t tag;

	if (!take_mac(in, s->dest_mac) || !take_mac(in, s->src_mac) ||
	    !bytes_take_u16(in, ethertype))
		return SEGMENT_CUT;
	while (*ethertype == ETHERTYPE_VLAN || *ethertype == ETHERTYPE_QINQ)
		if (!bytes_take_u16(in, &tag) || !bytes_take_u16(in, ethertype))
			return SEGMENT_CUT;
	return SEGMENT_TCP;
}

/* "Linux cooked": what a capture on any interface gives. */
static enum segment_verdict
take_cooked(struct bytes *in, struct segment *s, uint16_t *ethertype)
{
	uint16_t packet_type, hardware, length;

	if (!bytes_take_u16(in, &packet_type) ||
	    !bytes_take_u16(in, &hardware) || !bytes_take_u16(in, &length) ||
	    !take_mac(in, s->src_mac) || !bytes_skip(in, 2) ||
	    !bytes_take_u16(in, ethertype))
		return SEGMENT_CUT;
	return SEGMENT_TCP;
}

static enum segment_verdict
take_cooked_v2(struct bytes *in, struct segment *s, uint16_t *ethertype)
{
	if (!bytes_take_u16(in, ethertype) || !bytes_skip(in, 10) ||
	    !take_mac(in, s->src_mac) || !bytes_skip(in, 2))
		return SEGMENT_CUT;
	return SEGMENT_TCP;
}

/*
 * BSD loopback: the protocol family in the byte order of the machine that made
 * the capture, and each system has its own number for IPv6.
 */
static enum segment_verdict
take_loopback(struct bytes *in, uint16_t *ethertype)
{
	uint32_t family;

	if (!bytes_take_u32(in, &family))
		return SEGMENT_CUT;
	if (family > UINT16_MAX) /* the other byte order */
		family >>= 24;
	switch (family) {
	case 2:
		*ethertype = ETHERTYPE_IP;
		return SEGMENT_TCP;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		*ethertype = ETHERTYPE_IPV6;
		return SEGMENT_TCP;
	}
	return SEGMENT_NOT_TCP;
}

/* No link header: the first half byte is IP's version. */
static enum segment_verdict
peek_ip_version(struct bytes in, uint16_t *ethertype)
{
	uint8_t first;

	if (!bytes_take_u8(&in, &first))
		return SEGMENT_CUT;
	*ethertype = first >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP;
	return SEGMENT_TCP;
}

static enum segment_verdict
take_link(
    int link_type, struct bytes *in, struct segment *s, uint16_t *ethertype)
{
	switch (link_type) {
	case DLT_EN10MB:
		return take_ethernet(in, s, ethertype);
	case DLT_LINUX_SLL:
		return take_cooked(in, s, ethertype);
	case DLT_LINUX_SLL2:
		return take_cooked_v2(in, s, ethertype);
	case DLT_NULL:
	case DLT_LOOP:
		return take_loopback(in, ethertype);
	case DLT_RAW:
	case LINKTYPE_RAW:
	case LINKTYPE_IPV4:
	case LINKTYPE_IPV6:
		return peek_ip_version(*in, ethertype);
	}
	return SEGMENT_NOT_TCP;
}

static bool
take_address(struct bytes *in, int family, struct endpoint *e)
{
	size_t size = family == AF_INET ? 4 : 16;
	struct bytes taken;

	if (!bytes_take(in, size, &taken))
		return false;
	e->family = family;
	memcpy(e->address, taken.at, size);
	return true;
}

/*
 * Leave in *in what IP carries, without the link's padding.  A length of 0
 * means more than the field can hold (offloaded segments): to the frame's end.
 */
static enum segment_verdict
limit_payload(struct bytes *in, size_t length, size_t headers)
{
	if (length == 0)
		return SEGMENT_TCP;
	if (length < headers)
		return SEGMENT_MALFORMED;
	if (in->left < length - headers)
		return SEGMENT_CUT;
	in->left = length - headers;
	return SEGMENT_TCP;
}

/* RFC 791 section 3.1. */
static enum segment_verdict
take_ipv4(struct bytes *in, struct segment *s)
{
	uint16_t total, fragment;
	uint8_t first, protocol;
	size_t header;

	if (!bytes_take_u8(in, &first))
		return SEGMENT_CUT;
	if (first >> 4 != 4 || (header = (first & 15) * 4u) < 20)
		return SEGMENT_MALFORMED;
	if (!bytes_skip(in, 1) || !bytes_take_u16(in, &total) ||
	    !bytes_skip(in, 2) || !bytes_take_u16(in, &fragment) ||
	    !bytes_take_u8(in, &s->ttl) || !bytes_take_u8(in, &protocol) ||
	    !bytes_skip(in, 2) || !take_address(in, AF_INET, &s->src) ||
	    !take_address(in, AF_INET, &s->dest) ||
	    !bytes_skip(in, header - 20))
		return SEGMENT_CUT;
	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) ||
	    (fragment & 0x3fff) != 0)
		return SEGMENT_NOT_TCP; /* fragments are not put together */
	s->datagram = protocol == IPPROTO_UDP;
	return limit_payload(in, total, header);
}

/* RFC 8200 section 4: skip the extension headers that may precede TCP. */
static enum segment_verdict
skip_extensions(struct bytes *in, uint8_t next, struct segment *s)
{
	uint8_t length;

	while (next != IPPROTO_TCP && next != IPPROTO_UDP) {
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
		    next != IPPROTO_DSTOPTS)
			return SEGMENT_NOT_TCP;
		if (!bytes_take_u8(in, &next) || !bytes_take_u8(in, &length) ||
		    !bytes_skip(in, length * 8u + 6))
			return SEGMENT_MALFORMED;
	}
	s->datagram = next == IPPROTO_UDP;
	return SEGMENT_TCP;
}

static enum segment_verdict
take_ipv6(struct bytes *in, struct segment *s)
{
	enum segment_verdict verdict;
	uint32_t version;
	uint16_t length;
	uint8_t next;

	if (!bytes_take_u32(in, &version))
		return SEGMENT_CUT;
	if (version >> 28 != 6)
		return SEGMENT_MALFORMED;
	if (!bytes_take_u16(in, &length) || !bytes_take_u8(in, &next) ||
	    !bytes_take_u8(in, &s->ttl) ||
	    !take_address(in, AF_INET6, &s->src) ||
	    !take_address(in, AF_INET6, &s->dest))
		return SEGMENT_CUT;
	verdict = limit_payload(in, length, 0);
	return verdict != SEGMENT_TCP ? verdict : skip_extensions(in, next, s);
}

/* RFC 7323 section 3; options that break off are the receiver's business. */
static void
read_options(struct bytes options, struct segment *s)
{
	enum { END = 0, NO_OPERATION = 1, TIMESTAMP = 8 };
	struct bytes value;
	uint8_t kind, length;

	while (bytes_take_u8(&options, &kind) && kind != END) {
		if (kind == NO_OPERATION)
			continue;
		if (!bytes_take_u8(&options, &length) || length < 2 ||
		    !bytes_take(&options, length - 2u, &value))
			return;
		if (kind == TIMESTAMP && bytes_take_u32(&value, &s->tsval) &&
		    bytes_take_u32(&value, &s->tsecr))
			s->has_timestamp = true;
	}
}

/* RFC 9293 section 3.1. */
static enum segment_verdict
take_tcp(struct bytes *in, struct segment *s)
{
	struct bytes options;
	uint8_t offset;

	if (!bytes_take_u16(in, &s->src.port) ||
	    !bytes_take_u16(in, &s->dest.port) ||
	    !bytes_take_u32(in, &s->seq) || !bytes_take_u32(in, &s->ack) ||
	    !bytes_take_u8(in, &offset) || !bytes_take_u8(in, &s->flags) ||
	    !bytes_take_u16(in, &s->window) || !bytes_skip(in, 4))
		return SEGMENT_MALFORMED;
	if (offset >> 4 < 5 ||
	    !bytes_take(in, (offset >> 4) * 4u - 20, &options))
		return SEGMENT_MALFORMED;
	read_options(options, s);
	s->payload = *in;
	return SEGMENT_TCP;
}

/* RFC 768: the length counts the header of eight bytes. */
static enum segment_verdict
take_udp(struct bytes *in, struct segment *s)
{
	uint16_t length;

	if (!bytes_take_u16(in, &s->src.port) ||
	    !bytes_take_u16(in, &s->dest.port) ||
	    !bytes_take_u16(in, &length) || !bytes_skip(in, 2) || length < 8 ||
	    !bytes_take(in, length - 8u, &s->payload))
		return SEGMENT_MALFORMED;
	return SEGMENT_UDP;
}

enum segment_verdict
segment_read(int link_type, struct bytes frame, struct segment *segment)
{
	enum segment_verdict verdict;
	struct bytes in = frame;
	uint16_t ethertype = 0;

	*segment = (struct segment){.frame = frame};
	verdict = take_link(link_type, &in, segment, &ethertype);
	if (verdict != SEGMENT_TCP)
		return verdict;
	if (ethertype == ETHERTYPE_IP)
		verdict = take_ipv4(&in, segment);
	else if (ethertype == ETHERTYPE_IPV6)
		verdict = take_ipv6(&in, segment);
	else
		return SEGMENT_NOT_TCP;
	if (verdict != SEGMENT_TCP)
		return verdict;
	return segment->datagram ? take_udp(&in, segment)
				 : take_tcp(&in, segment);
}
