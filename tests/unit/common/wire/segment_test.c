/* SPDX-License-Identifier: MIT */
#include "segment.h"

#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINK 14
#define IPV4 20
#define TCP 32 /* with a timestamp option and two NOPs */
#define PAYLOAD 3

/* Ethernet, IPv4, TCP with a timestamp, "abc", and two bytes of padding. */
static const uint8_t frame[] = {0x02, 0, 0, 0, 0, 0x20, 0x02, 0, 0, 0, 0, 0x10,
    8, 0,                                                         /* link */
    0x45, 0, 0, IPV4 + TCP + PAYLOAD, 0, 1, 0x40, 0, 64, 6, 0, 0, /* IPv4 */
    198, 51, 100, 10, 198, 51, 100, 20,                           /* IPv4 */
    0xa0, 0x01, 1, 0xbb, 0, 0, 0, 9, 0, 0, 0, 7,                  /* TCP */
    0x80, 0x18, 0x10, 0x00, 0, 0, 0, 0,                           /* TCP */
    1, 1, 8, 10, 0, 0, 1, 0, 0, 0, 2, 0,                          /* options */
    'a', 'b', 'c', 0, 0};

static enum segment_verdict
verdict_of(const uint8_t *at, size_t size, struct segment *s)
{
	return segment_read(DLT_EN10MB, (struct bytes){at, size}, s);
}

static void
a_frame_is_read_down_to_its_payload(void **state)
{
	char text[ENDPOINT_SIZE];
	struct segment s;

	(void)state;
	assert_int_equal(verdict_of(frame, sizeof(frame), &s), SEGMENT_TCP);
	assert_string_equal(endpoint_text(&s.src, text), "198.51.100.10:40961");
	assert_string_equal(endpoint_text(&s.dest, text), "198.51.100.20:443");
	assert_int_equal(s.seq, 9);
	assert_int_equal(s.ack, 7);
	assert_int_equal(s.flags, TCP_FLAG_ACK | TCP_FLAG_PSH);
	assert_int_equal(s.window, 4096);
	assert_int_equal(s.ttl, 64);
	assert_true(s.has_timestamp);
	assert_int_equal(s.tsval, 256);
	assert_int_equal(s.tsecr, 512);
	assert_int_equal(s.src_mac[5], 0x10);
	assert_int_equal(s.dest_mac[5], 0x20);
	assert_true(bytes_equal_text(s.payload, "abc"));
	assert_int_equal(s.frame.left, sizeof(frame));
}

static void
every_shorter_frame_is_cut(void **state)
{
	struct segment s;

	(void)state;
	for (size_t n = 0; n < sizeof(frame) - 2; n++)
		assert_int_equal(verdict_of(frame, n, &s), SEGMENT_CUT);
}

struct change {
	size_t at;
	uint8_t value;
	enum segment_verdict verdict;
};

static void
lengths_that_contradict_each_other_are_malformed(void **state)
{
	const struct change changes[] = {
	    {LINK, 0x65, SEGMENT_MALFORMED},   /* version 6 in IPv4 */
	    {LINK, 0x44, SEGMENT_MALFORMED},   /* a header of 16 bytes */
	    {LINK + 3, 19, SEGMENT_MALFORMED}, /* shorter than its header */
	    {LINK + 3, 39, SEGMENT_MALFORMED}, /* no room for TCP */
	    {LINK + 3, 40, SEGMENT_MALFORMED}, /* no room for its options */
	    {LINK + 3, 58, SEGMENT_CUT},       /* longer than the frame */
	    {LINK + IPV4 + 12, 0x40, SEGMENT_MALFORMED}, /* 16 bytes of TCP */
	    {LINK + 9, 17, SEGMENT_MALFORMED}, /* no length of UDP's there */
	    {LINK + 9, 1, SEGMENT_NOT_TCP},    /* ICMP */
	    {LINK + 6, 0x20, SEGMENT_NOT_TCP}, /* more fragments follow */
	    {LINK + 7, 1, SEGMENT_NOT_TCP},    /* a later fragment */
	    {13, 6, SEGMENT_NOT_TCP},          /* ARP */
	    {LINK + IPV4 + 20 + 3, 1, SEGMENT_TCP}, /* option of one byte */
	    {LINK + IPV4 + 20 + 3, 255, SEGMENT_TCP},
	};
	uint8_t changed[sizeof(frame)];
	struct segment s;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		memcpy(changed, frame, sizeof(frame));
		changed[changes[i].at] = changes[i].value;
		assert_int_equal(verdict_of(changed, sizeof(changed), &s),
		    changes[i].verdict);
	}
	assert_false(s.has_timestamp);
}

/* The same frame with UDP: 8 bytes of header, the rest is its payload. */
static void
a_datagram_has_ends_and_a_payload(void **state)
{
	const uint8_t length = TCP + PAYLOAD;
	uint8_t udp[sizeof(frame)];
	struct segment s;

	(void)state;
	memcpy(udp, frame, sizeof(frame));
	udp[LINK + 9] = 17;
	udp[LINK + IPV4 + 5] = length;
	assert_int_equal(verdict_of(udp, sizeof(udp), &s), SEGMENT_UDP);
	assert_true(s.datagram);
	assert_int_equal(s.src.port, 40961);
	assert_int_equal(s.dest.port, 443);
	assert_int_equal(s.payload.left, length - 8);
	assert_false(s.has_timestamp);
	for (size_t n = 0; n < sizeof(frame) - 2; n++)
		assert_int_equal(verdict_of(udp, n, &s), SEGMENT_CUT);
	udp[LINK + IPV4 + 5] = 8; /* an empty one, and one byte less */
	assert_int_equal(verdict_of(udp, sizeof(udp), &s), SEGMENT_UDP);
	assert_int_equal(s.payload.left, 0);
	udp[LINK + IPV4 + 5] = 7;
	assert_int_equal(verdict_of(udp, sizeof(udp), &s), SEGMENT_MALFORMED);
	udp[LINK + IPV4 + 5] = length + 1;
	assert_int_equal(verdict_of(udp, sizeof(udp), &s), SEGMENT_MALFORMED);
}

static void
vlan_tags_are_skipped(void **state)
{
	uint8_t tagged[sizeof(frame) + 4];
	struct segment s;

	(void)state;
	memcpy(tagged, frame, 12);
	memcpy(tagged + 12, (const uint8_t[]){0x81, 0, 0, 5}, 4);
	memcpy(tagged + 16, frame + 12, sizeof(frame) - 12);
	assert_int_equal(verdict_of(tagged, sizeof(tagged), &s), SEGMENT_TCP);
	assert_true(bytes_equal_text(s.payload, "abc"));
}

static void
each_link_type_leads_to_the_same_segment(void **state)
{
	static const struct {
		int link_type;
		uint8_t header[20];
		size_t size;
	} links[] = {
	    {DLT_RAW, {0}, 0},
	    {DLT_NULL, {2, 0, 0, 0}, 4},
	    {DLT_NULL, {0, 0, 0, 2}, 4},
	    {DLT_LOOP, {0, 0, 0, 2}, 4},
	    {DLT_LINUX_SLL, {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 16, 0, 0, 8, 0},
		16},
	    {276, {8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 16, 0, 0},
		20},
	};
	uint8_t wire[sizeof(frame) + 20];
	struct segment s;

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		size_t size = links[i].size + sizeof(frame) - LINK;

		memcpy(wire, links[i].header, links[i].size);
		memcpy(
		    wire + links[i].size, frame + LINK, sizeof(frame) - LINK);
		assert_int_equal(segment_read(links[i].link_type,
				     (struct bytes){wire, size}, &s),
		    SEGMENT_TCP);
		assert_true(bytes_equal_text(s.payload, "abc"));
		for (size_t n = 0; n < size - 2; n++)
			assert_int_equal(segment_read(links[i].link_type,
					     (struct bytes){wire, n}, &s),
			    SEGMENT_CUT);
	}
	assert_int_equal(
	    segment_read(147, (struct bytes){wire, sizeof(wire)}, &s),
	    SEGMENT_NOT_TCP);
}

static void
ipv6_is_read_through_its_extension_headers(void **state)
{
	uint8_t wire[40 + 8 + TCP + PAYLOAD] = {
	    0x60, 0, 0, 0, 0, 8 + TCP + PAYLOAD, 0, 63};
	const uint8_t options[8] = {6, 0, 1, 4};
	char text[ENDPOINT_SIZE];
	struct segment s;

	(void)state;
	memcpy(wire + 8, (const uint8_t[]){0x20, 1, 0xd, 0xb8}, 4);
	wire[23] = 1;
	memcpy(wire + 24, wire + 8, 16);
	memcpy(wire + 40, options, sizeof(options));
	memcpy(wire + 48, frame + LINK + IPV4, TCP + PAYLOAD);
	assert_int_equal(
	    segment_read(DLT_RAW, (struct bytes){wire, sizeof(wire)}, &s),
	    SEGMENT_TCP);
	assert_string_equal(endpoint_text(&s.dest, text), "[2001:db8::1]:443");
	assert_int_equal(s.ttl, 63);
	assert_true(bytes_equal_text(s.payload, "abc"));
	wire[41] = 255; /* an extension header longer than the packet */
	assert_int_equal(
	    segment_read(DLT_RAW, (struct bytes){wire, sizeof(wire)}, &s),
	    SEGMENT_MALFORMED);
}

static void
ends_are_equal_in_address_and_port(void **state)
{
	struct endpoint a = {.family = AF_INET, .address = {1}, .port = 80};
	struct endpoint b = a;

	(void)state;
	b.address[10] = 1; /* not part of an IPv4 address */
	assert_true(endpoint_equal(&a, &b));
	b.port = 81;
	assert_false(endpoint_equal(&a, &b));
	b = a;
	b.address[3] = 1;
	assert_false(endpoint_equal(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_frame_is_read_down_to_its_payload),
	    cmocka_unit_test(every_shorter_frame_is_cut),
	    cmocka_unit_test(lengths_that_contradict_each_other_are_malformed),
	    cmocka_unit_test(a_datagram_has_ends_and_a_payload),
	    cmocka_unit_test(vlan_tags_are_skipped),
	    cmocka_unit_test(each_link_type_leads_to_the_same_segment),
	    cmocka_unit_test(ipv6_is_read_through_its_extension_headers),
	    cmocka_unit_test(ends_are_equal_in_address_and_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
