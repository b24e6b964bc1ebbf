/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/plain_forward.h"
#include "relay/tcp_frame.h"

#include "relay/checksum.h"

#include <pcap/dlt.h>
#include <string.h>

static uint8_t data[65000];

static struct tcp_frame
example(size_t payload)
{
	return (struct tcp_frame){
	    .segment = {.src = {AF_INET, {198, 51, 100, 10}, 40000},
		.dest = {AF_INET, {198, 51, 100, 20}, 443},
		.src_mac = {2, 0, 0, 0, 1, 0x10},
		.dest_mac = {2, 0, 0, 0, 1, 0x66},
		.seq = UINT32_MAX - 700,
		.ack = 77,
		.flags = TCP_FLAG_ACK | TCP_FLAG_PSH | TCP_FLAG_FIN | 0x80,
		.window = 501,
		.ttl = 64,
		.has_timestamp = true,
		.tsval = 5,
		.tsecr = 6,
		.payload = {data, payload}},
	    .id = 0xfffe,
	    .dont_fragment = true,
	    .sack = {{1, 2}, {3, 4}},
	    .sack_count = 2,
	};
}

/* RFC 1071 section 3 gives these bytes and their sum. */
static void
the_checksum_of_the_standards_example(void **state)
{
	static const uint8_t bytes[] = {
	    0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	(void)state;
	assert_int_equal(
	    checksum_end(checksum_add(0, (struct bytes){bytes, sizeof(bytes)})),
	    (uint16_t)~0xddf2);
}

static void
the_checksum_is_the_same_whatever_the_even_parts(void **state)
{
	uint8_t bytes[101];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		uint16_t whole =
		    checksum_end(checksum_add(0, (struct bytes){bytes, n}));

		for (size_t cut = 0; cut <= n; cut += 2) {
			struct bytes rest = {bytes, n}, front;

			assert_true(bytes_take(&rest, cut, &front));
			assert_int_equal(checksum_end(checksum_add(
					     checksum_add(0, front), rest)),
			    whole);
		}
	}
}

/* A right checksum makes the sum over everything come out as nought. */
static void
assert_checksums(struct bytes frame)
{
	struct bytes ip, header, addresses;
	uint64_t sum;

	assert_true(bytes_skip(&frame, 14));
	ip = frame;
	assert_true(bytes_take(&ip, 20, &header));
	assert_int_equal(checksum_end(checksum_add(0, header)), 0);
	assert_true(bytes_skip(&header, 12));
	addresses = header;
	sum = checksum_add(0, addresses);
	sum = checksum_add_u16(sum, 6);
	sum = checksum_add_u16(sum, (uint16_t)ip.left);
	assert_int_equal(checksum_end(checksum_add(sum, ip)), 0);
}

static void
what_is_written_reads_the_same(void **state)
{
	(void)state;
	for (size_t payload = 0; payload < 70; payload++) {
		struct tcp_frame f = example(payload), g;
		struct buffer out = {0};

		tcp_frame_write(&f, &out);
		assert_checksums(buffer_bytes(&out));
		assert_true(tcp_frame_read(buffer_bytes(&out), &g));
		assert_true(endpoint_equal(&f.segment.src, &g.segment.src));
		assert_true(endpoint_equal(&f.segment.dest, &g.segment.dest));
		assert_int_equal(f.segment.seq, g.segment.seq);
		assert_int_equal(f.segment.ack, g.segment.ack);
		assert_int_equal(f.segment.flags, g.segment.flags);
		assert_int_equal(f.segment.window, g.segment.window);
		assert_int_equal(f.segment.tsval, g.segment.tsval);
		assert_int_equal(f.segment.tsecr, g.segment.tsecr);
		assert_int_equal(g.sack_count, 2);
		assert_memory_equal(f.sack, g.sack, 2 * sizeof(f.sack[0]));
		assert_int_equal(f.id, g.id);
		assert_true(g.dont_fragment);
		assert_true(bytes_equal(f.segment.payload, g.segment.payload));
		buffer_clear(&out);
	}
}

static void
every_shorter_prefix_is_no_segment(void **state)
{
	struct tcp_frame f = example(10), g;
	struct buffer out = {0};
	struct bytes whole;

	(void)state;
	tcp_frame_write(&f, &out);
	whole = buffer_bytes(&out);
	for (size_t n = 0; n < whole.left; n++)
		assert_false(tcp_frame_read((struct bytes){whole.at, n}, &g));
	buffer_clear(&out);
}

struct pieces {
	struct buffer stream;
	size_t count, largest;
	uint8_t first_flags, last_flags;
	uint32_t next_seq;
};

static void
take(void *user, struct bytes frame)
{
	struct pieces *p = user;
	struct tcp_frame f;

	assert_checksums(frame);
	assert_true(tcp_frame_read(frame, &f));
	if (p->count++ == 0)
		p->first_flags = f.segment.flags;
	else
		assert_int_equal(f.segment.seq, p->next_seq);
	p->last_flags = f.segment.flags;
	p->next_seq = f.segment.seq + (uint32_t)f.segment.payload.left;
	if (frame.left > p->largest)
		p->largest = frame.left;
	buffer_add_bytes(&p->stream, f.segment.payload);
}

static void
split_and_forward(
    size_t payload, size_t mtu, struct pieces *p, enum forward_verdict expected)
{
	const struct outlet outlet = {take, p};
	const struct hop hop = {
	    {2, 0, 0, 0, 1, 0x66}, {2, 0, 0, 0, 1, 0x20}, mtu};
	struct tcp_frame f = example(payload);
	struct buffer out = {0};

	*p = (struct pieces){0};
	tcp_frame_write(&f, &out);
	assert_int_equal(
	    plain_forward(buffer_bytes(&out), &hop, &outlet), expected);
	buffer_clear(&out);
	assert_true(bytes_equal(
	    buffer_bytes(&p->stream), (struct bytes){data, payload}));
	assert_true(p->largest <= mtu + 14);
	buffer_clear(&p->stream);
}

/* 20 for IPv4, 20 for TCP, 12 for the time stamp, 20 for SACK. */
static void
a_frame_is_split_where_it_does_not_fit_and_only_there(void **state)
{
	const size_t fits = 1500 - 20 - 20 - 12 - 20;
	struct pieces p;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	split_and_forward(fits, 1500, &p, FORWARD_DONE);
	assert_int_equal(p.count, 1);
	split_and_forward(fits + 1, 1500, &p, FORWARD_SPLIT);
	assert_int_equal(p.count, 2);
	split_and_forward(3 * fits, 1500, &p, FORWARD_SPLIT);
	assert_int_equal(p.count, 3);
	split_and_forward(64000, 1500, &p, FORWARD_SPLIT);
	assert_int_equal(p.count, (64000 + fits - 1) / fits);
	split_and_forward(2000, 100, &p, FORWARD_SPLIT);
}

static void
flags_of_one_segment_only_stay_with_one(void **state)
{
	struct pieces p;

	(void)state;
	split_and_forward(4000, 1500, &p, FORWARD_SPLIT);
	assert_int_equal(p.first_flags, TCP_FLAG_ACK | 0x80);
	assert_int_equal(
	    p.last_flags, TCP_FLAG_ACK | TCP_FLAG_PSH | TCP_FLAG_FIN);
}

/* Offload leaves a part of the sum, or nothing, where the checksum goes. */
static void
a_checksum_that_was_left_out_is_made(void **state)
{
	struct pieces p = {0};
	const struct outlet outlet = {take, &p};
	const struct hop hop = {
	    {2, 0, 0, 0, 1, 0x66}, {2, 0, 0, 0, 1, 0x20}, 1500};
	struct tcp_frame f = example(33);
	struct buffer out = {0}, partial = {0};
	struct bytes rest, front;

	(void)state;
	tcp_frame_write(&f, &out);
	rest = buffer_bytes(&out);
	assert_true(bytes_take(&rest, 14 + 20 + 16, &front));
	assert_true(bytes_skip(&rest, 2));
	buffer_add_bytes(&partial, front);
	buffer_add_u16(&partial, 0x1234);
	buffer_add_bytes(&partial, rest);
	buffer_add_text(&partial, "padding of the link");
	assert_int_equal(
	    plain_forward(buffer_bytes(&partial), &hop, &outlet), FORWARD_DONE);
	assert_int_equal(p.count, 1);
	buffer_clear(&p.stream);
	buffer_clear(&out);
	buffer_clear(&partial);
}

static void
count(void *user, struct bytes frame)
{
	size_t *n = user;

	assert_true(frame.left >= 14);
	(*n)++;
}

static void
what_is_no_tcp_passes_whole_or_not_at_all(void **state)
{
	size_t n = 0;
	const struct outlet outlet = {count, &n};
	const struct hop hop = {{1}, {2}, 100};
	static uint8_t frame[300];

	(void)state;
	frame[12] = 8; /* IPv4, and nothing more that makes sense */
	for (size_t length = 0; length < 14; length++)
		assert_int_equal(
		    plain_forward((struct bytes){frame, length}, &hop, &outlet),
		    FORWARD_MALFORMED);
	for (size_t length = 14; length <= 114; length++)
		assert_int_equal(
		    plain_forward((struct bytes){frame, length}, &hop, &outlet),
		    FORWARD_DONE);
	assert_int_equal(n, 101);
	assert_int_equal(
	    plain_forward((struct bytes){frame, 115}, &hop, &outlet),
	    FORWARD_TOO_LARGE);
	assert_int_equal(n, 101);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_checksum_of_the_standards_example),
	    cmocka_unit_test(the_checksum_is_the_same_whatever_the_even_parts),
	    cmocka_unit_test(what_is_written_reads_the_same),
	    cmocka_unit_test(every_shorter_prefix_is_no_segment),
	    cmocka_unit_test(
		a_frame_is_split_where_it_does_not_fit_and_only_there),
	    cmocka_unit_test(flags_of_one_segment_only_stay_with_one),
	    cmocka_unit_test(a_checksum_that_was_left_out_is_made),
	    cmocka_unit_test(what_is_no_tcp_passes_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
