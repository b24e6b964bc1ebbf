/* SPDX-License-Identifier: MIT */
/*
 * reading make FILE FRAMES	a capture: one TLS 1.3 stream, a record a frame
 * reading ours FILE		tape, reassembly, records: records a second
 * reading bare FILE		only from one frame to the next, by libpcap
 */
#include "capture/tape.h"
#include "reassemble/conversation.h"
#include "relay/tcp_frame.h"

#include <err.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#define FRAGMENT 1300

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
dump(pcap_dumper_t *d, const struct tcp_frame *f, struct buffer *made,
    size_t number)
{
	struct pcap_pkthdr header = {.ts = {(time_t)(1 + number / 1000000),
					 (suseconds_t)(number % 1000000)}};

	buffer_reset(made);
	tcp_frame_write(f, made);
	header.caplen = header.len = (uint32_t)buffer_bytes(made).left;
	pcap_dump((u_char *)d, &header, buffer_bytes(made).at);
}

static void
write_stream(pcap_dumper_t *d, size_t frames)
{
	static uint8_t record[5 + FRAGMENT] = {
	    0x17, 3, 3, FRAGMENT >> 8, FRAGMENT & 0xff};
	struct tcp_frame f = {
	    .segment = {.src = {AF_INET, {198, 51, 100, 10}, 40000},
		.dest = {AF_INET, {198, 51, 100, 20}, 443},
		.flags = TCP_FLAG_SYN,
		.window = 500,
		.ttl = 64}};
	struct buffer made = {0};

	dump(d, &f, &made, 0);
	f.segment.seq++;
	f.segment.flags = TCP_FLAG_ACK;
	f.segment.payload = (struct bytes){record, sizeof(record)};
	for (size_t i = 1; i <= frames; i++) {
		dump(d, &f, &made, i);
		f.segment.seq += (uint32_t)sizeof(record);
		f.id++;
	}
	buffer_clear(&made);
}

static int
make(const char *path, size_t frames)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *d = p == NULL ? NULL : pcap_dump_open(p, path);

	if (d == NULL)
		errx(EX_CANTCREAT, "%s", path);
	write_stream(d, frames);
	pcap_dump_close(d);
	pcap_close(p);
	return 0;
}

static int
ours(const char *path)
{
	double began = now();
	struct tape *t = tape_open(path);
	struct conversations *set = conversations_new(NULL, NULL);
	struct conversation_counts counts;
	struct frame frame;

	if (t == NULL)
		return EX_NOINPUT;
	while (tape_next(t, &frame) == TAPE_FRAME)
		(void)conversations_feed(set, &frame);
	conversations_count(set, &counts);
	printf("%.0f\n", (double)counts.records / (now() - began));
	conversations_free(set);
	return tape_close(t) == -1 ? EX_IOERR : 0;
}

static int
bare(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	double began = now();
	pcap_t *p = pcap_open_offline(path, why);
	struct pcap_pkthdr *header;
	const u_char *data;
	size_t count = 0;

	if (p == NULL)
		errx(EX_NOINPUT, "%s: %s", path, why);
	while (pcap_next_ex(p, &header, &data) == 1)
		count++;
	printf("%.0f\n", (double)count / (now() - began));
	pcap_close(p);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 4 && strcmp(argv[1], "make") == 0)
		return make(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 3 && strcmp(argv[1], "ours") == 0)
		return ours(argv[2]);
	if (argc == 3 && strcmp(argv[1], "bare") == 0)
		return bare(argv[2]);
	errx(EX_USAGE, "usage: reading make FILE FRAMES | ours FILE | "
		       "bare FILE");
}
