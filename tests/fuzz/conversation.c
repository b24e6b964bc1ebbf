/* SPDX-License-Identifier: MIT */
/*
 * Whatever two sides send: no byte of a stream comes out twice, records count
 * up by one, and what is in a record was in the stream.
 *
 * The input is a list of segments: flags and side, sequence and
 * acknowledgement as steps from where that side stands, length, payload.  A
 * flag makes a datagram of it.
 */
#include "reassemble/conversation.h"

#include <pcap/dlt.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
	uint64_t payload, data; /* bytes */
	uint64_t records[SIDES];
};

static void
check(void *user, const struct finding *f)
{
	struct tally *t = user;

	if (f->kind == FOUND_SEGMENT && !f->segment->datagram)
		t->payload += f->segment->payload.left;
	if (f->kind == FOUND_DATA)
		t->data += f->bytes.left;
	if (t->data > t->payload)
		abort();
	if (f->conversation->number > 1)
		return;
	if (f->kind == FOUND_RECORD && f->number != ++t->records[f->side])
		abort();
}

static void
write_frame(struct buffer *b, enum side from, uint8_t flags, uint32_t seq,
    uint32_t ack, struct bytes payload)
{
	const uint8_t hosts[SIDES][4] = {
	    {198, 51, 100, 10}, {198, 51, 100, 20}};
	const uint16_t ports[SIDES] = {40000, 443};

	buffer_reset(b);
	buffer_add(b, "\x45\0", 2);
	buffer_add_u16(b, (uint16_t)(40 + payload.left));
	buffer_add(b, "\0\0\0\0\x40\6\0\0", 8);
	buffer_add(b, hosts[from], 4);
	buffer_add(b, hosts[side_other(from)], 4);
	buffer_add_u16(b, ports[from]);
	buffer_add_u16(b, ports[side_other(from)]);
	buffer_add_u32(b, seq);
	buffer_add_u32(b, ack);
	buffer_add_u8(b, 0x50);
	buffer_add_u8(b, flags);
	buffer_add_u16(b, 100);
	buffer_add_u32(b, 0);
	buffer_add_bytes(b, payload);
}

static void
write_datagram(struct buffer *b, enum side from, struct bytes payload)
{
	const uint16_t ports[SIDES] = {40000, 443};

	buffer_reset(b);
	buffer_add(b, "\x45\0", 2);
	buffer_add_u16(b, (uint16_t)(28 + payload.left));
	buffer_add(b, "\0\0\0\0\x40\x11\0\0\xc6\x33\x64\x0a", 12);
	buffer_add(b, "\xc6\x33\x64\x0a", 4); /* to itself: ports tell */
	buffer_add_u16(b, ports[from]);
	buffer_add_u16(b, ports[side_other(from)]);
	buffer_add_u16(b, (uint16_t)(8 + payload.left));
	buffer_add_u16(b, 0);
	buffer_add_bytes(b, payload);
}

static void
feed_datagram(struct conversations *set, struct buffer *b)
{
	switch (conversations_feed(set,
	    &(struct frame){.link_type = DLT_RAW, .bytes = buffer_bytes(b)})) {
	case SEGMENT_UDP:
	case SEGMENT_NOT_TCP: /* not DTLS */
		return;
	case SEGMENT_TCP:
	case SEGMENT_CUT:
	case SEGMENT_MALFORMED:
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tally tally = {0};
	struct conversations *set = conversations_new(check, &tally);
	struct bytes in = {data, size}, payload;
	uint32_t stands[SIDES] = {UINT32_MAX - 9, 77};
	uint8_t flags, seq_step, ack_step, length;
	struct buffer b = {0};

	while (bytes_take_u8(&in, &flags) && bytes_take_u8(&in, &seq_step) &&
	       bytes_take_u8(&in, &ack_step) && bytes_take_u8(&in, &length)) {
		enum side from = flags & 0x80 ? SIDE_SERVER : SIDE_CLIENT;

		if (!bytes_take(&in, length, &payload) &&
		    !bytes_take(&in, in.left, &payload))
			break;
		if (flags & 0x40) {
			write_datagram(&b, from, payload);
			feed_datagram(set, &b);
			continue;
		}
		write_frame(&b, from, flags & 0x17,
		    stands[from] + (uint32_t)(int8_t)seq_step,
		    stands[side_other(from)] + (uint32_t)(int8_t)ack_step,
		    payload);
		if (conversations_feed(
			set, &(struct frame){.link_type = DLT_RAW,
				 .bytes = buffer_bytes(&b)}) != SEGMENT_TCP)
			abort();
		if (seq_step == 0)
			stands[from] +=
			    (uint32_t)payload.left + !!(flags & TCP_FLAG_SYN);
	}
	buffer_clear(&b);
	conversations_free(set);
	return 0;
}
