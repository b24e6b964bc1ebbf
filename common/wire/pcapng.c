/* SPDX-License-Identifier: MIT */
/*
 * The blocks of a capture file.  A block is
 *
 *	type | length | body, with options at its end | length again
 *
 * and everything in it is padded to four bytes.  The length is filled in when
 * the block ends, so no block is built twice.
 */
#include "pcapng.h"

#include <assert.h>
#include <string.h>

enum block_type {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECRETS = 10,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4dU
#define SECRETS_TLS_KEY_LOG 0x544c534bU /* "TLSK" */

enum option_code {
	OPTION_COMMENT = 1,
	OPTION_SECTION_APPLICATION = 4,
	OPTION_INTERFACE_NAME = 2,
	OPTION_INTERFACE_DESCRIPTION = 3,
	OPTION_INTERFACE_RESOLUTION = 9,
	OPTION_INTERFACE_FILTER = 11,
	OPTION_STATISTICS_START = 2,
	OPTION_STATISTICS_END = 3,
	OPTION_STATISTICS_RECEIVED = 4,
	OPTION_STATISTICS_DROPPED = 5,
};

enum name_record {
	NAME_END = 0,
	NAME_IPV4 = 1,
	NAME_IPV6 = 2,
};

static size_t
held(const struct buffer *b)
{
	return buffer_bytes(b).left;
}

/* Returns where the block starts, for block_end. */
static size_t
block_begin(struct buffer *out, enum block_type type)
{
	size_t start = held(out);

	buffer_add_u32(out, type);
	buffer_add_u32(out, 0); /* the length, once it is known */
	return start;
}

static void
block_end(struct buffer *out, size_t start)
{
	size_t length = held(out) - start + sizeof(uint32_t);
	uint8_t *field = out->storage + out->start + start + sizeof(uint32_t);

	assert(length % 4 == 0 && length <= UINT32_MAX);
	for (int i = 0; i < 4; i++)
		field[i] = (uint8_t)(length >> (24 - 8 * i));
	buffer_add_u32(out, (uint32_t)length);
}

static void
add_padded(struct buffer *out, const void *data, size_t length)
{
	buffer_add(out, data, length);
	buffer_add(out, "\0\0\0", (4 - length % 4) % 4);
}

static void
add_u64(struct buffer *out, uint64_t value)
{
	buffer_add_u32(out, (uint32_t)(value >> 32));
	buffer_add_u32(out, (uint32_t)value);
}

static void
option_bytes(
    struct buffer *out, enum option_code code, const void *value, size_t length)
{
	buffer_add_u16(out, (uint16_t)code);
	buffer_add_u16(out, (uint16_t)length);
	add_padded(out, value, length);
}

/* NULL adds nothing. */
static void
option_text(struct buffer *out, enum option_code code, const char *text)
{
	if (text != NULL)
		option_bytes(out, code, text, strnlen(text, PCAPNG_TEXT_MAX));
}

static void
option_u64(struct buffer *out, enum option_code code, uint64_t value)
{
	buffer_add_u16(out, (uint16_t)code);
	buffer_add_u16(out, sizeof(value));
	add_u64(out, value);
}

static void
options_end(struct buffer *out)
{
	buffer_add_u32(out, 0);
}

void
pcapng_section(struct buffer *out, const char *application)
{
	size_t start = block_begin(out, BLOCK_SECTION);

	buffer_add_u32(out, BYTE_ORDER_MAGIC);
	buffer_add_u16(out, 1); /* version 1.0 */
	buffer_add_u16(out, 0);
	add_u64(out, UINT64_MAX); /* the section's length is not known */
	option_text(out, OPTION_SECTION_APPLICATION, application);
	options_end(out);
	block_end(out, start);
}

/* A filter is preceded by a byte that says it is one of libpcap's. */
static void
option_filter(struct buffer *out, const char *filter)
{
	size_t length = strnlen(filter, PCAPNG_TEXT_MAX);

	buffer_add_u16(out, OPTION_INTERFACE_FILTER);
	buffer_add_u16(out, (uint16_t)(length + 1));
	buffer_add_u8(out, 0);
	buffer_add(out, filter, length);
	buffer_add(out, "\0\0\0", (4 - (length + 1) % 4) % 4);
}

void
pcapng_interface(struct buffer *out, const struct pcapng_interface *interface)
{
	const uint8_t nanoseconds = 9; /* 10^-9 */
	size_t start = block_begin(out, BLOCK_INTERFACE);

	buffer_add_u16(out, interface->link_type);
	buffer_add_u16(out, 0);
	buffer_add_u32(out, interface->snap_length);
	option_text(out, OPTION_INTERFACE_NAME, interface->name);
	option_text(out, OPTION_INTERFACE_DESCRIPTION, interface->description);
	option_bytes(out, OPTION_INTERFACE_RESOLUTION, &nanoseconds, 1);
	if (interface->filter != NULL)
		option_filter(out, interface->filter);
	options_end(out);
	block_end(out, start);
}

void
pcapng_packet(struct buffer *out, const struct pcapng_packet *packet)
{
	size_t start = block_begin(out, BLOCK_PACKET);
	uint32_t captured = (uint32_t)packet->frame.left;

	buffer_add_u32(out, packet->interface);
	add_u64(out, (uint64_t)packet->at);
	buffer_add_u32(out, captured);
	buffer_add_u32(out, packet->length == 0 ? captured : packet->length);
	add_padded(out, packet->frame.at, packet->frame.left);
	if (packet->comment != NULL) {
		option_text(out, OPTION_COMMENT, packet->comment);
		options_end(out);
	}
	block_end(out, start);
}

void
pcapng_secrets(struct buffer *out, struct bytes key_log)
{
	size_t start = block_begin(out, BLOCK_SECRETS);

	buffer_add_u32(out, SECRETS_TLS_KEY_LOG);
	buffer_add_u32(out, (uint32_t)key_log.left);
	add_padded(out, key_log.at, key_log.left);
	block_end(out, start);
}

void
pcapng_name(struct buffer *out, struct bytes address, const char *name)
{
	size_t length = strnlen(name, PCAPNG_TEXT_MAX);
	size_t start;

	if (address.left != 4 && address.left != 16)
		return;
	start = block_begin(out, BLOCK_NAMES);
	buffer_add_u16(out, address.left == 4 ? NAME_IPV4 : NAME_IPV6);
	buffer_add_u16(out, (uint16_t)(address.left + length + 1));
	buffer_add_bytes(out, address);
	buffer_add(out, name, length);
	buffer_add(out, "\0\0\0\0", 1 + (4 - (length + 1) % 4) % 4);
	buffer_add_u32(out, NAME_END);
	block_end(out, start);
}

static void
option_time(struct buffer *out, enum option_code code, int64_t at)
{
	option_u64(out, code, (uint64_t)at);
}

void
pcapng_statistics(
    struct buffer *out, const struct pcapng_statistics *statistics)
{
	size_t start = block_begin(out, BLOCK_STATISTICS);

	buffer_add_u32(out, statistics->interface);
	add_u64(out, (uint64_t)statistics->until);
	option_time(out, OPTION_STATISTICS_START, statistics->from);
	option_time(out, OPTION_STATISTICS_END, statistics->until);
	option_u64(out, OPTION_STATISTICS_RECEIVED, statistics->received);
	option_u64(out, OPTION_STATISTICS_DROPPED, statistics->dropped);
	options_end(out);
	block_end(out, start);
}
