/* SPDX-License-Identifier: MIT */
#include "pcapng_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
make_file(struct buffer *out)
{
	pcapng_section(out, "test");
	pcapng_interface(
	    out, &(struct pcapng_interface){.name = "a", .link_type = 1});
	pcapng_secrets(out, bytes_of("CLIENT_RANDOM 00 11\n"));
	pcapng_packet(out, &(struct pcapng_packet){.interface = 7,
			       .at = INT64_C(1764000000123456789),
			       .frame = bytes_of("a frame"),
			       .length = 1500,
			       .comment = "a comment"});
}

static void
blocks_come_out_as_they_were_written(void **state)
{
	struct buffer file = {0}, again = {0};
	struct pcapng_block block;
	struct pcapng_packet packet;
	struct bytes in;
	size_t packets = 0;

	(void)state;
	make_file(&file);
	in = buffer_bytes(&file);
	while (in.left > 0) {
		assert_int_equal(
		    pcapng_block_take(&in, &block), PCAPNG_BLOCK_COMPLETE);
		buffer_add_bytes(&again, block.whole);
		if (!pcapng_block_packet(&block, &packet))
			continue;
		packets++;
		assert_int_equal(packet.interface, 7);
		assert_int_equal(packet.at, INT64_C(1764000000123456789));
		assert_int_equal(packet.length, 1500);
		assert_true(bytes_equal_text(packet.frame, "a frame"));
		assert_null(packet.comment);
	}
	assert_int_equal(packets, 1);
	assert_true(bytes_equal(buffer_bytes(&file), buffer_bytes(&again)));
	buffer_clear(&file);
	buffer_clear(&again);
}

static void
every_shorter_prefix_is_partial_and_consumes_nothing(void **state)
{
	struct buffer file = {0};
	struct pcapng_block block;
	struct bytes all;

	(void)state;
	pcapng_packet(
	    &file, &(struct pcapng_packet){.frame = bytes_of("a frame")});
	all = buffer_bytes(&file);
	for (size_t n = 0; n < all.left; n++) {
		struct bytes in = {all.at, n};

		assert_int_equal(
		    pcapng_block_take(&in, &block), PCAPNG_BLOCK_PARTIAL);
		assert_true(in.at == all.at && in.left == n);
	}
	buffer_clear(&file);
}

static enum pcapng_block_verdict
take(uint32_t type, uint32_t length, uint32_t again)
{
	struct pcapng_block block;
	struct buffer file = {0};
	enum pcapng_block_verdict verdict;
	struct bytes in;

	buffer_add_u32(&file, type);
	buffer_add_u32(&file, length);
	buffer_add_u32(&file, again);
	in = buffer_bytes(&file);
	verdict = pcapng_block_take(&in, &block);
	buffer_clear(&file);
	return verdict;
}

static void
lengths_that_contradict_are_malformed(void **state)
{
	(void)state;
	assert_int_equal(take(1, 12, 12), PCAPNG_BLOCK_COMPLETE);
	assert_int_equal(take(1, 12, 16), PCAPNG_BLOCK_MALFORMED);
	assert_int_equal(take(1, 8, 8), PCAPNG_BLOCK_MALFORMED);
	assert_int_equal(take(1, 0, 0), PCAPNG_BLOCK_MALFORMED);
	assert_int_equal(take(1, 13, 13), PCAPNG_BLOCK_MALFORMED);
	assert_int_equal(take(1, PCAPNG_BLOCK_MAX, 0), PCAPNG_BLOCK_PARTIAL);
	assert_int_equal(
	    take(1, PCAPNG_BLOCK_MAX + 4, 0), PCAPNG_BLOCK_MALFORMED);
	/* The other byte order is not ours. */
	assert_int_equal(
	    take(1, 0x0c000000, 0x0c000000), PCAPNG_BLOCK_MALFORMED);
}

static void
a_frame_is_not_longer_than_its_block(void **state)
{
	struct pcapng_block block = {.is_packet = true};
	struct pcapng_packet packet;
	struct buffer body = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		buffer_add_u32(&body, 0);
	buffer_add_u32(&body, 5);
	buffer_add_u32(&body, 5);
	buffer_add_text(&body, "four");
	block.body = buffer_bytes(&body);
	assert_false(pcapng_block_packet(&block, &packet));
	buffer_add_text(&body, "!");
	block.body = buffer_bytes(&body);
	assert_true(pcapng_block_packet(&block, &packet));
	for (size_t n = 0; n < 25; n++) {
		block.body.left = n;
		assert_false(pcapng_block_packet(&block, &packet));
	}
	buffer_clear(&body);
}

static void
statistics_have_both_times(void **state)
{
	const struct pcapng_statistics written = {.interface = 3,
	    .from = INT64_C(1764000000123456789),
	    .until = INT64_C(1764000001123456789),
	    .received = 9};
	struct pcapng_statistics read;
	struct pcapng_block block;
	struct buffer file = {0};
	struct bytes in, body;

	(void)state;
	pcapng_statistics(&file, &written);
	in = buffer_bytes(&file);
	assert_int_equal(pcapng_block_take(&in, &block), PCAPNG_BLOCK_COMPLETE);
	assert_true(pcapng_block_statistics(&block, &read));
	assert_int_equal(read.interface, written.interface);
	assert_int_equal(read.from, written.from);
	assert_int_equal(read.until, written.until);
	/* Up to the second time it lacks one. */
	body = block.body;
	for (size_t n = 0; n < body.left; n++) {
		block.body.left = n;
		assert_int_equal(
		    pcapng_block_statistics(&block, &read), n >= 12 + 2 * 12);
	}
	block.body = body;
	block.is_statistics = false;
	assert_false(pcapng_block_statistics(&block, &read));
	buffer_clear(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blocks_come_out_as_they_were_written),
	    cmocka_unit_test(
		every_shorter_prefix_is_partial_and_consumes_nothing),
	    cmocka_unit_test(lengths_that_contradict_are_malformed),
	    cmocka_unit_test(a_frame_is_not_longer_than_its_block),
	    cmocka_unit_test(statistics_have_both_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
