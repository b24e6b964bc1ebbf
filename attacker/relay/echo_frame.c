/* SPDX-License-Identifier: MIT */
#include "echo_frame.h"

#include "checksum.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#define IPV4_SIZE 20
#define ECHO_SIZE 8

static void
write_ipv4(const struct arp_party *asks, const struct arp_party *asked,
    uint16_t checksum, struct buffer *out)
{
	buffer_add_u8(out, 4 << 4 | IPV4_SIZE / 4);
	buffer_add_u8(out, 0);
	buffer_add_u16(out, IPV4_SIZE + ECHO_SIZE);
	buffer_add_u32(out, 0); /* no fragment */
	buffer_add_u8(out, 64);
	buffer_add_u8(out, IPPROTO_ICMP);
	buffer_add_u16(out, checksum);
	buffer_add(out, asks->address, sizeof(asks->address));
	buffer_add(out, asked->address, sizeof(asked->address));
}

static void
write_echo(uint16_t checksum, struct buffer *out)
{
	buffer_add_u8(out, ICMP_ECHO);
	buffer_add_u8(out, 0);
	buffer_add_u16(out, checksum);
	buffer_add_u32(out, 0); /* identifier and sequence number */
}

void
echo_frame_write(const uint8_t from[6], const struct arp_party *asks,
    const struct arp_party *asked, struct buffer *out)
{
	struct buffer header = {0};
	uint16_t ipv4, echo;

	write_ipv4(asks, asked, 0, &header);
	ipv4 = checksum_end(checksum_add(0, buffer_bytes(&header)));
	buffer_reset(&header);
	write_echo(0, &header);
	echo = checksum_end(checksum_add(0, buffer_bytes(&header)));
	buffer_clear(&header);
	buffer_add(out, asked->mac, ETHER_ADDR_LEN);
	buffer_add(out, from, ETHER_ADDR_LEN);
	buffer_add_u16(out, ETHERTYPE_IP);
	write_ipv4(asks, asked, ipv4, out);
	write_echo(echo, out);
}
