/* SPDX-License-Identifier: MIT */
#include "pcapng.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t
word(const struct buffer *b, size_t at)
{
	struct bytes in = buffer_bytes(b);
	uint32_t value;

	assert_true(bytes_skip(&in, at) && bytes_take_u32(&in, &value));
	return value;
}

/* Each block says its length at both ends; returns how many there are. */
static size_t
count_blocks(const struct buffer *b)
{
	size_t at = 0, blocks = 0, all = buffer_bytes(b).left;

	for (; at < all; blocks++) {
		uint32_t length = word(b, at + 4);

		assert_true(
		    length >= 12 && length % 4 == 0 && length <= all - at);
		assert_int_equal(word(b, at + length - 4), length);
		at += length;
	}
	return blocks;
}

static void
every_block_closes_with_its_length(void **state)
{
	static const char *const texts[] = {
	    NULL, "", "a", "ab", "abc", "abcd", "abcde"};
	const uint8_t address[16] = {198, 51, 100, 20};
	struct buffer b = {0};
	size_t blocks = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = texts[i];

		pcapng_section(&b, text);
		pcapng_interface(
		    &b, &(struct pcapng_interface){text, text, text, 1, 0});
		pcapng_packet(&b, &(struct pcapng_packet){
				      .frame = {address, i}, .comment = text});
		pcapng_secrets(&b, (struct bytes){address, i});
		if (text != NULL)
			pcapng_name(&b, (struct bytes){address, 4}, text);
		pcapng_name(&b, (struct bytes){address, 5}, "nothing");
		pcapng_statistics(
		    &b, &(struct pcapng_statistics){.interface = 0});
		blocks += text == NULL ? 5 : 6;
	}
	assert_int_equal(count_blocks(&b), blocks);
	buffer_clear(&b);
}

static void
a_block_may_follow_drained_bytes(void **state)
{
	struct buffer b = {0};

	(void)state;
	pcapng_section(&b, "x");
	buffer_drain(&b, 4);
	buffer_add_u32(&b, 0);
	buffer_drain(&b, buffer_bytes(&b).left - 4);
	pcapng_section(&b, "y");
	buffer_drain(&b, 4);
	assert_int_equal(count_blocks(&b), 1);
	buffer_clear(&b);
}

static void
libpcap_reads_what_was_written(void **state)
{
	const uint8_t data[] = "0123456789abcdef";
	char path[] = "/tmp/pcapng_test.XXXXXX", why[PCAP_ERRBUF_SIZE];
	const int64_t at = INT64_C(1764000000123456789);
	struct pcap_pkthdr *header;
	const u_char *read;
	struct buffer b = {0};
	pcap_t *pcap;
	FILE *file;
	int fd;

	(void)state;
	pcapng_section(&b, "test");
	pcapng_interface(&b, &(struct pcapng_interface){.link_type = 1});
	for (size_t n = 0; n < sizeof(data); n++)
		pcapng_packet(&b, &(struct pcapng_packet){.at = at + (int64_t)n,
				      .frame = {data, n},
				      .length = n == 0 ? 0 : 1000,
				      .comment = n % 2 == 0 ? "even" : NULL});
	fd = mkstemp(path);
	assert_true(fd != -1 && (file = fdopen(fd, "w")) != NULL);
	fwrite(buffer_bytes(&b).at, 1, buffer_bytes(&b).left, file);
	fclose(file);
	pcap = pcap_open_offline_with_tstamp_precision(
	    path, PCAP_TSTAMP_PRECISION_NANO, why);
	assert_non_null(pcap);
	assert_int_equal(pcap_datalink(pcap), DLT_EN10MB);
	for (size_t n = 0; n < sizeof(data); n++) {
		assert_int_equal(pcap_next_ex(pcap, &header, &read), 1);
		assert_int_equal(header->caplen, n);
		assert_int_equal(header->len, n == 0 ? 0 : 1000);
		assert_int_equal(header->ts.tv_sec, 1764000000);
		assert_int_equal(header->ts.tv_usec, 123456789 + (long)n);
		assert_memory_equal(read, data, n);
	}
	assert_int_equal(pcap_next_ex(pcap, &header, &read), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	remove(path);
	buffer_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_block_closes_with_its_length),
	    cmocka_unit_test(a_block_may_follow_drained_bytes),
	    cmocka_unit_test(libpcap_reads_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
