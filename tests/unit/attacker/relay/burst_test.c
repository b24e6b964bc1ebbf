/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/burst.h"
#include "relay/checksum.h"
#include "relay/tcp_frame.h"

#include <string.h>

#define PIECE 1000

static uint8_t data[70000];

static struct tcp_frame
example(size_t payload)
{
	return (struct tcp_frame){
	    .segment = {.src = {AF_INET, {198, 51, 100, 10}, 40000},
		.dest = {AF_INET, {198, 51, 100, 20}, 443},
		.src_mac = {2, 0, 0, 0, 1, 0x66},
		.dest_mac = {2, 0, 0, 0, 1, 0x20},
		.seq = UINT32_MAX - 1500,
		.ack = 77,
		.flags = TCP_FLAG_ACK,
		.window = 501,
		.ttl = 64,
		.has_timestamp = true,
		.tsval = 5,
		.tsecr = 6,
		.payload = {data, payload}},
	    .id = 0xfffe,
	    .dont_fragment = true,
	};
}

/* The frames that a network card would make of it. */
static size_t
frames_of(struct tcp_frame whole, struct buffer frames[], size_t max)
{
	struct tcp_frame piece;
	size_t count = 0;

	while (tcp_frame_split(&whole, PIECE, &piece)) {
		assert_true(count < max);
		tcp_frame_write(&piece, &frames[count++]);
	}
	return count;
}

static void
clear(struct buffer frames[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_clear(&frames[i]);
}

/* As the kernel sees it. */
static void
whole_of(const struct burst *b, struct buffer *whole)
{
	buffer_add(whole, b->header, b->header_size);
	buffer_add_bytes(whole, burst_rest(b));
}

static void
what_was_split_is_one_again(void **state)
{
	struct tcp_frame whole = example(3500), read;
	struct buffer frames[4] = {{0}}, joined = {0}, again[4] = {{0}};
	struct burst b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	whole.segment.flags |= TCP_FLAG_PSH;
	assert_int_equal(frames_of(whole, frames, 4), 4);
	burst_start(&b, buffer_bytes(&frames[0]));
	for (int i = 1; i < 4; i++)
		assert_true(burst_join(&b, buffer_bytes(&frames[i])));
	assert_int_equal(b.count, 4);
	assert_int_equal(b.piece, PIECE);
	burst_seal(&b);
	whole_of(&b, &joined);
	assert_true(tcp_frame_read(buffer_bytes(&joined), &read));
	assert_int_equal(frames_of(read, again, 4), 4);
	for (int i = 0; i < 4; i++)
		assert_true(bytes_equal(
		    buffer_bytes(&frames[i]), buffer_bytes(&again[i])));
	clear(frames, 4);
	clear(again, 4);
	buffer_clear(&joined);
	burst_clear(&b);
}

/* What stands there is the sum of the pseudo-header; with the rest: right. */
static void
the_checksums_can_be_finished(void **state)
{
	struct buffer frames[3] = {{0}}, joined = {0};
	struct bytes in, addresses, ipv4;
	struct burst b = {0};
	uint64_t sum;

	(void)state;
	assert_int_equal(frames_of(example(3000), frames, 3), 3);
	burst_start(&b, buffer_bytes(&frames[0]));
	assert_true(burst_join(&b, buffer_bytes(&frames[1])));
	assert_true(burst_join(&b, buffer_bytes(&frames[2])));
	burst_seal(&b);
	whole_of(&b, &joined);
	in = buffer_bytes(&joined);
	assert_true(bytes_skip(&in, 14) && bytes_take(&in, 20, &ipv4));
	assert_int_equal(checksum_end(checksum_add(0, ipv4)), 0);
	assert_true(bytes_skip(&ipv4, 12) && bytes_take(&ipv4, 8, &addresses));
	sum = checksum_add_u16(checksum_add(0, addresses), 6);
	sum = checksum_add_u16(sum, (uint16_t)in.left);
	assert_true(bytes_skip(&in, BURST_CHECKSUM_OFFSET));
	assert_int_equal(
	    (in.at[0] << 8) | in.at[1], (uint16_t)~checksum_end(sum));
	clear(frames, 3);
	buffer_clear(&joined);
	burst_clear(&b);
}

/* Does the second frame join the first? */
static bool
joins(const struct tcp_frame *first, const struct tcp_frame *second)
{
	struct buffer a = {0}, c = {0};
	struct burst b = {0};
	bool result;

	tcp_frame_write(first, &a);
	tcp_frame_write(second, &c);
	burst_start(&b, buffer_bytes(&a));
	result = burst_join(&b, buffer_bytes(&c));
	assert_int_equal(b.count, result ? 2 : 1);
	if (!result)
		assert_int_equal(
		    b.header_size + burst_rest(&b).left, buffer_bytes(&a).left);
	buffer_clear(&a);
	buffer_clear(&c);
	burst_clear(&b);
	return result;
}

static struct tcp_frame
next_of(const struct tcp_frame *f)
{
	struct tcp_frame next = *f;

	next.id++;
	next.segment.seq += (uint32_t)f->segment.payload.left;
	return next;
}

#define ALTERED(change)                                                        \
	do {                                                                   \
		struct tcp_frame f = example(100), g = next_of(&f);            \
		assert_true(joins(&f, &g));                                    \
		change;                                                        \
		assert_false(joins(&f, &g));                                   \
	} while (0)

static void
only_what_continues_it_joins(void **state)
{
	(void)state;
	ALTERED(g.segment.seq++);
	ALTERED(g.segment.seq--);
	ALTERED(g.id++);
	ALTERED(g.id = f.id);
	ALTERED(g.segment.ack++);
	ALTERED(g.segment.window++);
	ALTERED(g.segment.tsval++);
	ALTERED(g.segment.ttl--);
	ALTERED(g.tos = 2);
	ALTERED(g.segment.src.port++);
	ALTERED(g.segment.dest.address[3]++);
	ALTERED(g.segment.dest_mac[5]++);
	ALTERED(g.dont_fragment = false);
	ALTERED(g.sack_count = 1);
	ALTERED(g.segment.has_timestamp = false);
	ALTERED(g.segment.payload.left++);
	ALTERED(g.segment.payload.left = 0);
	ALTERED(g.segment.flags |= TCP_FLAG_RST);
	ALTERED(f.segment.flags |= TCP_FLAG_PSH);
	ALTERED(f.segment.flags |= TCP_FLAG_SYN);
	ALTERED(f.segment.flags |= 0x80); /* CWR, of the first only */
}

static void
a_shorter_one_or_the_last_ends_it(void **state)
{
	struct tcp_frame f[3];
	struct buffer frame[3] = {{0}};
	struct burst b = {0};

	(void)state;
	f[0] = example(100);
	f[1] = next_of(&f[0]);
	f[1].segment.payload.left = 99;
	f[2] = next_of(&f[1]);
	for (int i = 0; i < 3; i++)
		tcp_frame_write(&f[i], &frame[i]);
	burst_start(&b, buffer_bytes(&frame[0]));
	assert_true(burst_join(&b, buffer_bytes(&frame[1])));
	assert_false(burst_join(&b, buffer_bytes(&frame[2])));
	assert_int_equal(b.count, 2);
	clear(frame, 3);
	burst_clear(&b);
}

static void
it_grows_to_what_ipv4_can_say_and_no_further(void **state)
{
	struct tcp_frame f = example(PIECE);
	struct buffer frame = {0};
	struct burst b = {0};

	(void)state;
	tcp_frame_write(&f, &frame);
	burst_start(&b, buffer_bytes(&frame));
	do {
		f = next_of(&f);
		buffer_reset(&frame);
		tcp_frame_write(&f, &frame);
	} while (burst_join(&b, buffer_bytes(&frame)));
	assert_int_equal(b.count, 65);
	assert_true(b.header_size - 14 + burst_rest(&b).left <= 65535);
	buffer_clear(&frame);
	burst_clear(&b);
}

/* Such a frame is alone, whole, and the burst may be started again. */
static void
every_shorter_prefix_is_alone(void **state)
{
	struct tcp_frame f = example(10), g = next_of(&f);
	struct buffer frame = {0}, next = {0};
	struct burst b = {0};

	(void)state;
	tcp_frame_write(&f, &frame);
	tcp_frame_write(&g, &next);
	for (size_t n = 0; n < buffer_bytes(&frame).left; n++) {
		struct bytes shorter = {buffer_bytes(&frame).at, n};

		burst_start(&b, shorter);
		assert_int_equal(b.header_size, 0);
		assert_true(bytes_equal(burst_rest(&b), shorter));
		assert_false(burst_join(&b, buffer_bytes(&next)));
		burst_start(&b, buffer_bytes(&frame));
		shorter.at = buffer_bytes(&next).at;
		assert_false(burst_join(&b, shorter));
		assert_int_equal(burst_goes_to(&b, shorter), n >= 6);
	}
	buffer_clear(&frame);
	buffer_clear(&next);
	burst_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_split_is_one_again),
	    cmocka_unit_test(the_checksums_can_be_finished),
	    cmocka_unit_test(only_what_continues_it_joins),
	    cmocka_unit_test(a_shorter_one_or_the_last_ends_it),
	    cmocka_unit_test(it_grows_to_what_ipv4_can_say_and_no_further),
	    cmocka_unit_test(every_shorter_prefix_is_alone),
	};

	return cmocka_run_group_tests_name("burst", tests, NULL, NULL);
}
