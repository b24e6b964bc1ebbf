/* SPDX-License-Identifier: MIT */
#include "burst.h"

#include "checksum.h"
#include "segment.h"

#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#define IPV4_AT 14u /* places in a frame without VLAN tag and IP options */
#define TOTAL_AT 16
#define ID_AT 18
#define IPV4_SUM_AT 24
#define ADDRESSES_AT 26
#define TCP_AT 34
#define SEQ_AT 38
#define FLAGS_AT 47
#define TCP_SUM_AT 50

#define TOTAL_MAX 65535 /* RFC 791: what an IPv4 packet can say of itself */

/* What ends a burst; anything but these and ACK cannot be part of one. */
#define LAST_FLAGS (TCP_FLAG_PSH | TCP_FLAG_FIN)

/* A frame with data over TCP, IPv4, without what makes that complicated. */
struct parts {
	struct bytes header, payload;
	uint16_t id;
	uint32_t seq;
	uint8_t flags;
};

static bool
read_ipv4(struct bytes *in, uint16_t *total, struct parts *p)
{
	uint16_t ethertype, fragment;
	uint8_t first, protocol;

	return bytes_skip(in, 2 * ETHER_ADDR_LEN) &&
	       bytes_take_u16(in, &ethertype) && ethertype == ETHERTYPE_IP &&
	       bytes_take_u8(in, &first) && first == 0x45 &&
	       bytes_skip(in, 1) && bytes_take_u16(in, total) &&
	       bytes_take_u16(in, &p->id) && bytes_take_u16(in, &fragment) &&
	       (fragment & 0x3fff) == 0 && bytes_skip(in, 1) &&
	       bytes_take_u8(in, &protocol) && protocol == IPPROTO_TCP &&
	       bytes_skip(in, 10);
}

static bool
read_parts(struct bytes frame, struct parts *p)
{
	struct bytes in = frame;
	uint16_t total;
	uint8_t offset;

	if (!read_ipv4(&in, &total, p) || frame.left != IPV4_AT + total ||
	    !bytes_skip(&in, 4) || !bytes_take_u32(&in, &p->seq) ||
	    !bytes_skip(&in, 4) || !bytes_take_u8(&in, &offset) ||
	    !bytes_take_u8(&in, &p->flags))
		return false;
	p->payload = frame;
	return bytes_take(
		   &p->payload, TCP_AT + (offset >> 4) * 4u, &p->header) &&
	       p->header.left > TCP_SUM_AT && p->payload.left > 0 &&
	       (p->flags & ~LAST_FLAGS) == TCP_FLAG_ACK;
}

static void
put_u16(uint8_t header[BURST_HEADER_MAX], size_t place, uint16_t value)
{
	header[place] = (uint8_t)(value >> 8);
	header[place + 1] = (uint8_t)value;
}

/* The header without what each frame of a burst has for itself. */
static void
common_part(struct bytes header, uint8_t into[BURST_HEADER_MAX])
{
	memcpy(into, header.at, header.left);
	put_u16(into, TOTAL_AT, 0);
	put_u16(into, ID_AT, 0);
	put_u16(into, IPV4_SUM_AT, 0);
	put_u16(into, SEQ_AT, 0);
	put_u16(into, SEQ_AT + 2, 0);
	into[FLAGS_AT] = 0;
	put_u16(into, TCP_SUM_AT, 0);
}

static bool
same_but_for_the_place(struct bytes a, struct bytes b)
{
	uint8_t first[BURST_HEADER_MAX], second[BURST_HEADER_MAX];

	if (a.left != b.left)
		return false;
	common_part(a, first);
	common_part(b, second);
	return memcmp(first, second, a.left) == 0;
}

void
burst_start(struct burst *b, struct bytes frame)
{
	struct parts p;

	buffer_reset(&b->rest);
	b->count = 1;
	b->header_size = 0;
	b->open = read_parts(frame, &p) && (p.flags & LAST_FLAGS) == 0;
	if (b->open) {
		memcpy(b->header, p.header.at, p.header.left);
		b->header_size = p.header.left;
		b->piece = p.payload.left;
		frame = p.payload;
	}
	buffer_add_bytes(&b->rest, frame);
}

/* The kernel numbers the frames on: RFC 791's identification, and TCP's. */
static bool
continues(const struct burst *b, const struct parts *p)
{
	struct bytes all = {b->header, b->header_size};
	struct bytes held = burst_rest(b);
	struct parts first = {0};
	uint16_t total;

	return read_ipv4(&all, &total, &first) && bytes_skip(&all, 4) &&
	       bytes_take_u32(&all, &first.seq) &&
	       p->seq == (uint32_t)(first.seq + held.left) &&
	       p->id == (uint16_t)(first.id + b->count) &&
	       p->payload.left <= b->piece &&
	       b->header_size - IPV4_AT + held.left + p->payload.left <=
		   TOTAL_MAX &&
	       same_but_for_the_place(
		   (struct bytes){b->header, b->header_size}, p->header);
}

bool
burst_join(struct burst *b, struct bytes frame)
{
	struct parts p;

	if (!b->open || !read_parts(frame, &p) || !continues(b, &p))
		return false;
	buffer_add_bytes(&b->rest, p.payload);
	b->count++;
	b->header[FLAGS_AT] = p.flags;
	b->open = p.payload.left == b->piece && (p.flags & LAST_FLAGS) == 0;
	return true;
}

bool
burst_goes_to(const struct burst *b, struct bytes frame)
{
	struct bytes held = {b->header, b->header_size}, mine, its;

	if (b->header_size == 0)
		held = burst_rest(b);
	return bytes_take(&held, ETHER_ADDR_LEN, &mine) &&
	       bytes_take(&frame, ETHER_ADDR_LEN, &its) &&
	       bytes_equal(mine, its);
}

void
burst_seal(struct burst *b)
{
	size_t total = b->header_size - IPV4_AT + burst_rest(b).left;
	struct bytes in = {b->header, TCP_AT}, ipv4, addresses;
	uint64_t sum;

	b->open = false;
	put_u16(b->header, TOTAL_AT, (uint16_t)total);
	put_u16(b->header, IPV4_SUM_AT, 0);
	if (!bytes_skip(&in, IPV4_AT))
		return;
	ipv4 = in;
	put_u16(b->header, IPV4_SUM_AT, checksum_end(checksum_add(0, ipv4)));
	if (!bytes_skip(&in, ADDRESSES_AT - IPV4_AT) ||
	    !bytes_take(&in, 8, &addresses))
		return;
	/* RFC 9293 section 3.1, without the complement: it is not the end. */
	sum = checksum_add_u16(checksum_add(0, addresses), IPPROTO_TCP);
	sum = checksum_add_u16(sum, (uint16_t)(total - (TCP_AT - IPV4_AT)));
	put_u16(b->header, TCP_SUM_AT, (uint16_t)~checksum_end(sum));
}

struct bytes
burst_rest(const struct burst *b)
{
	return buffer_bytes(&b->rest);
}

void
burst_clear(struct burst *b)
{
	buffer_clear(&b->rest);
	*b = (struct burst){0};
}
