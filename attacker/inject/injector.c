/* SPDX-License-Identifier: MIT */
/*
 * libnet builds a packet from the inside out: options, TCP, IP, Ethernet.
 * Every header is built anew for each segment, for libnet does not shrink one
 * that it already has.
 */
#include "injector.h"

#include "buffer.h"
#include "confine/confine.h"

#include <err.h>
#include <libnet.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#define IP_DONT_FRAGMENT 0x4000 /* RFC 791 section 3.1, as Linux sends TCP */

/* RFC 7323 appendix A: two NOPs, then the option of ten bytes. */
#define TIMESTAMP_SIZE 12

struct injector {
	libnet_t *net;
	const char *interface;
};

struct injector *
injector_open(const char *interface)
{
	char why[LIBNET_ERRBUF_SIZE] = "out of memory";
	struct injector *i = calloc(1, sizeof(*i));

	if (i == NULL ||
	    (i->net = libnet_init(LIBNET_LINK_ADV, interface, why)) == NULL) {
		warnx("interface %s: %s", interface, why);
		free(i);
		return NULL;
	}
	libnet_seed_prand(i->net);
	i->interface = interface;
	return i;
}

void
injector_close(struct injector *i)
{
	if (i == NULL)
		return;
	libnet_destroy(i->net);
	free(i);
}

int
injector_mac(struct injector *i, uint8_t mac[6])
{
	const struct libnet_ether_addr *own = libnet_get_hwaddr(i->net);

	if (own == NULL) {
		warnx(
		    "interface %s: %s", i->interface, libnet_geterror(i->net));
		return -1;
	}
	memcpy(mac, own->ether_addr_octet, 6);
	return 0;
}

int
injector_frame(struct injector *i, struct bytes frame)
{
	confine_spend();
	if (libnet_adv_write_link(i->net, frame.at, (uint32_t)frame.left) ==
	    (int)frame.left)
		return 0;
	warnx("interface %s: frame of %zu bytes: %s", i->interface, frame.left,
	    libnet_geterror(i->net));
	return -1;
}

static libnet_ptag_t
build_timestamp(libnet_t *net, const struct segment *s)
{
	struct buffer option = {0};
	libnet_ptag_t tag;

	buffer_add_u8(&option, TCPOPT_NOP);
	buffer_add_u8(&option, TCPOPT_NOP);
	buffer_add_u8(&option, TCPOPT_TIMESTAMP);
	buffer_add_u8(&option, TCPOLEN_TIMESTAMP);
	buffer_add_u32(&option, s->tsval);
	buffer_add_u32(&option, s->tsecr);
	tag = libnet_build_tcp_options(
	    buffer_bytes(&option).at, TIMESTAMP_SIZE, net, 0);
	buffer_clear(&option);
	return tag;
}

static libnet_ptag_t
build_tcp(libnet_t *net, const struct segment *s, uint16_t size)
{
	return libnet_build_tcp(s->src.port, s->dest.port, s->seq, s->ack,
	    s->flags, s->window, 0, 0, size, s->payload.at,
	    (uint32_t)s->payload.left, net, 0);
}

static libnet_ptag_t
build_udp(libnet_t *net, const struct segment *s, uint16_t size)
{
	return libnet_build_udp(s->src.port, s->dest.port, size, 0,
	    s->payload.at, (uint32_t)s->payload.left, net, 0);
}

static uint8_t
protocol_of(const struct segment *s)
{
	return s->datagram ? IPPROTO_UDP : IPPROTO_TCP;
}

static libnet_ptag_t
build_ipv4(libnet_t *net, const struct segment *s, uint16_t size)
{
	uint32_t src, dest; /* both in network order */

	memcpy(&src, s->src.address, sizeof(src));
	memcpy(&dest, s->dest.address, sizeof(dest));
	return libnet_build_ipv4((uint16_t)(LIBNET_IPV4_H + size), 0,
	    (uint16_t)libnet_get_prand(LIBNET_PRu16), IP_DONT_FRAGMENT, s->ttl,
	    protocol_of(s), 0, src, dest, NULL, 0, net, 0);
}

static libnet_ptag_t
build_ipv6(libnet_t *net, const struct segment *s, uint16_t size)
{
	struct libnet_in6_addr src, dest;

	memcpy(&src, s->src.address, sizeof(src));
	memcpy(&dest, s->dest.address, sizeof(dest));
	return libnet_build_ipv6(
	    0, 0, size, protocol_of(s), s->ttl, src, dest, NULL, 0, net, 0);
}

/* -1: libnet_geterror says why. */
static int
build(libnet_t *net, const struct segment *s)
{
	size_t options = s->has_timestamp ? TIMESTAMP_SIZE : 0;
	size_t header = s->datagram ? LIBNET_UDP_H : LIBNET_TCP_H + options;
	uint16_t size = (uint16_t)(header + s->payload.left);
	bool is_ipv4 = s->src.family == AF_INET;

	libnet_clear_packet(net);
	if (s->has_timestamp && build_timestamp(net, s) == -1)
		return -1;
	if ((s->datagram ? build_udp(net, s, size) : build_tcp(net, s, size)) ==
	    -1)
		return -1;
	if ((is_ipv4 ? build_ipv4(net, s, size) : build_ipv6(net, s, size)) ==
	    -1)
		return -1;
	return libnet_build_ethernet(s->dest_mac, s->src_mac,
		   is_ipv4 ? ETHERTYPE_IP : ETHERTYPE_IPV6, NULL, 0, net,
		   0) == -1
		   ? -1
		   : 0;
}

int
injector_segment(struct injector *i, const struct segment *segment)
{
	confine_spend();
	if (build(i->net, segment) == 0 && libnet_write(i->net) != -1)
		return 0;
	warnx("interface %s: segment of %zu bytes: %s", i->interface,
	    segment->payload.left, libnet_geterror(i->net));
	return -1;
}
