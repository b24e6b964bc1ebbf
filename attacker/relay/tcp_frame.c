/* SPDX-License-Identifier: MIT */
/* Ethernet, IPv4 and TCP headers, both ways. */
#include "tcp_frame.h"

#include "checksum.h"

#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pcap/dlt.h>
#include <string.h>

#define ETHERNET_SIZE 14
#define IPV4_SIZE 20
#define TCP_SIZE 20
#define TCP_FLAG_CWR 0x80
#define TIMESTAMP_ROOM 12 /* RFC 7323 appendix A: two NOPs before it */

static bool
take_sack(struct bytes value, struct tcp_frame *f)
{
	struct tcp_sack *s;

	while (value.left > 0) {
		if (f->sack_count == TCP_SACK_MAX)
			return false;
		s = &f->sack[f->sack_count];
		if (!bytes_take_u32(&value, &s->left) ||
		    !bytes_take_u32(&value, &s->right))
			return false;
		f->sack_count++;
	}
	return true;
}

/* The time stamp is segment_read's. */
static void
read_options(struct bytes options, struct tcp_frame *f)
{
	struct bytes value;
	uint8_t kind, length;

	while (bytes_take_u8(&options, &kind) && kind != TCPOPT_EOL) {
		if (kind == TCPOPT_NOP)
			continue;
		if (!bytes_take_u8(&options, &length) || length < 2 ||
		    !bytes_take(&options, length - 2u, &value))
			return;
		if (kind == TCPOPT_MAXSEG)
			(void)bytes_take_u16(&value, &f->mss);
		else if (kind == TCPOPT_WINDOW)
			f->has_window_scale =
			    bytes_take_u8(&value, &f->window_scale);
		else if (kind == TCPOPT_SACK && !take_sack(value, f))
			f->sack_count = 0;
	}
	if (f->window_scale > TCP_MAX_WINSHIFT)
		f->window_scale = TCP_MAX_WINSHIFT;
}

/* What segment_read leaves out; it has checked the lengths. */
bool
tcp_frame_read(struct bytes frame, struct tcp_frame *f)
{
	struct bytes in = frame;
	uint16_t ethertype, fragment;
	uint8_t first, offset;
	size_t header;

	*f = (struct tcp_frame){0};
	if (segment_read(DLT_EN10MB, frame, &f->segment) != SEGMENT_TCP ||
	    !bytes_skip(&in, ETHERNET_SIZE - sizeof(ethertype)) ||
	    !bytes_take_u16(&in, &ethertype) || ethertype != ETHERTYPE_IP ||
	    !bytes_take_u8(&in, &first) || !bytes_take_u8(&in, &f->tos) ||
	    !bytes_skip(&in, 2) || !bytes_take_u16(&in, &f->id) ||
	    !bytes_take_u16(&in, &fragment))
		return false;
	f->dont_fragment = (fragment & IP_DF) != 0;
	header = (first & 15) * 4u;
	if (!bytes_skip(&in, header - 8) || !bytes_skip(&in, 12) ||
	    !bytes_take_u8(&in, &offset) || !bytes_skip(&in, 5) ||
	    !bytes_take_u16(&in, &f->urgent) ||
	    !bytes_take(&in, (offset >> 4) * 4u - TCP_SIZE, &f->tcp_options))
		return false;
	read_options(f->tcp_options, f);
	return true;
}

static size_t
options_size(const struct tcp_frame *f)
{
	size_t size = f->segment.has_timestamp ? TIMESTAMP_ROOM : 0;

	return size + (f->sack_count > 0 ? 4 + 8 * f->sack_count : 0);
}

size_t
tcp_frame_room(const struct tcp_frame *f, size_t mtu)
{
	size_t headers = IPV4_SIZE + TCP_SIZE + options_size(f);

	return mtu > headers ? mtu - headers : 1;
}

static void
write_options(const struct tcp_frame *f, struct buffer *out)
{
	if (f->segment.has_timestamp) {
		buffer_add_u8(out, TCPOPT_NOP);
		buffer_add_u8(out, TCPOPT_NOP);
		buffer_add_u8(out, TCPOPT_TIMESTAMP);
		buffer_add_u8(out, TCPOLEN_TIMESTAMP);
		buffer_add_u32(out, f->segment.tsval);
		buffer_add_u32(out, f->segment.tsecr);
	}
	if (f->sack_count == 0)
		return;
	buffer_add_u8(out, TCPOPT_NOP);
	buffer_add_u8(out, TCPOPT_NOP);
	buffer_add_u8(out, TCPOPT_SACK);
	buffer_add_u8(out, (uint8_t)(2 + 8 * f->sack_count));
	for (size_t i = 0; i < f->sack_count; i++) {
		buffer_add_u32(out, f->sack[i].left);
		buffer_add_u32(out, f->sack[i].right);
	}
}

static void
write_tcp(const struct tcp_frame *f, uint16_t checksum, struct buffer *out)
{
	const struct segment *s = &f->segment;
	size_t words = (TCP_SIZE + options_size(f)) / 4;

	buffer_add_u16(out, s->src.port);
	buffer_add_u16(out, s->dest.port);
	buffer_add_u32(out, s->seq);
	buffer_add_u32(out, s->ack);
	buffer_add_u8(out, (uint8_t)(words << 4));
	buffer_add_u8(out, s->flags);
	buffer_add_u16(out, s->window);
	buffer_add_u16(out, checksum);
	buffer_add_u16(out, f->urgent);
	write_options(f, out);
}

static void
write_ipv4(const struct tcp_frame *f, uint16_t checksum, struct buffer *out)
{
	size_t total =
	    IPV4_SIZE + TCP_SIZE + options_size(f) + f->segment.payload.left;

	buffer_add_u8(out, 4 << 4 | IPV4_SIZE / 4);
	buffer_add_u8(out, f->tos);
	buffer_add_u16(out, (uint16_t)total);
	buffer_add_u16(out, f->id);
	buffer_add_u16(out, f->dont_fragment ? IP_DF : 0);
	buffer_add_u8(out, f->segment.ttl);
	buffer_add_u8(out, IPPROTO_TCP);
	buffer_add_u16(out, checksum);
	buffer_add(out, f->segment.src.address, 4);
	buffer_add(out, f->segment.dest.address, 4);
}

/* RFC 9293 section 3.1: over a pseudo-header, the header and the data. */
static uint16_t
tcp_checksum(const struct tcp_frame *f, struct buffer *scratch)
{
	const struct segment *s = &f->segment;
	size_t length = TCP_SIZE + options_size(f) + s->payload.left;
	uint64_t sum = checksum_add(0, (struct bytes){s->src.address, 4});

	sum = checksum_add(sum, (struct bytes){s->dest.address, 4});
	sum = checksum_add_u16(sum, IPPROTO_TCP);
	sum = checksum_add_u16(sum, (uint16_t)length);
	buffer_reset(scratch);
	write_tcp(f, 0, scratch);
	sum = checksum_add(sum, buffer_bytes(scratch));
	return checksum_end(checksum_add(sum, s->payload));
}

static uint16_t
ipv4_checksum(const struct tcp_frame *f, struct buffer *scratch)
{
	buffer_reset(scratch);
	write_ipv4(f, 0, scratch);
	return checksum_end(checksum_add(0, buffer_bytes(scratch)));
}

void
tcp_frame_write(const struct tcp_frame *f, struct buffer *out)
{
	struct buffer scratch = {0};
	uint16_t tcp = tcp_checksum(f, &scratch);
	uint16_t ipv4 = ipv4_checksum(f, &scratch);

	buffer_clear(&scratch);
	buffer_add(out, f->segment.dest_mac, ETHER_ADDR_LEN);
	buffer_add(out, f->segment.src_mac, ETHER_ADDR_LEN);
	buffer_add_u16(out, ETHERTYPE_IP);
	write_ipv4(f, ipv4, out);
	write_tcp(f, tcp, out);
	buffer_add_bytes(out, f->segment.payload);
}

bool
tcp_frame_split(struct tcp_frame *whole, size_t room, struct tcp_frame *piece)
{
	const uint8_t last_only = TCP_FLAG_PSH | TCP_FLAG_FIN;
	struct segment *rest = &whole->segment;
	struct bytes taken;

	if (!bytes_take(&rest->payload,
		rest->payload.left < room ? rest->payload.left : room,
		&taken) ||
	    taken.left == 0)
		return false;
	*piece = *whole;
	piece->segment.payload = taken;
	if (rest->payload.left > 0)
		piece->segment.flags &= (uint8_t)~last_only;
	rest->seq += (uint32_t)taken.left;
	rest->flags &= (uint8_t)~TCP_FLAG_CWR;
	whole->id++;
	return true;
}
