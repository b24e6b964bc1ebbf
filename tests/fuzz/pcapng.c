/* SPDX-License-Identifier: MIT */
/*
 * A capture written is read back equal by libpcap.  The input is cut into
 * frames by its own bytes: a length, the frame, and now and then a comment or
 * a block of another kind.
 */
#include "pcapng.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next frame of the input; false at its end. */
static bool
take_frame(struct bytes *in, uint8_t *what, struct bytes *frame)
{
	uint8_t length;

	if (!bytes_take_u8(in, what) || !bytes_take_u8(in, &length))
		return false;
	if (!bytes_take(in, length, frame))
		return bytes_take(in, in->left, frame);
	return true;
}

static int64_t
time_of(size_t number)
{
	return INT64_C(1764000000999999999) + (int64_t)number;
}

static void
write_all(struct buffer *out, struct bytes in)
{
	struct bytes frame;
	uint8_t what;

	pcapng_section(out, "fuzz");
	pcapng_interface(
	    out, &(struct pcapng_interface){.name = "a", .link_type = 1});
	for (size_t n = 0; take_frame(&in, &what, &frame); n++) {
		if (what & 1)
			pcapng_secrets(out, frame);
		if (what & 2)
			pcapng_name(out, frame, "name");
		pcapng_packet(out, &(struct pcapng_packet){.at = time_of(n),
				       .frame = frame,
				       .comment = what & 4 ? "comment" : NULL});
	}
	pcapng_statistics(out, &(struct pcapng_statistics){.received = 1});
}

static void
read_all(pcap_t *pcap, struct bytes in)
{
	struct pcap_pkthdr *header;
	struct bytes frame;
	const u_char *read;
	uint8_t what;

	for (size_t n = 0; take_frame(&in, &what, &frame); n++) {
		if (pcap_next_ex(pcap, &header, &read) != 1 ||
		    header->ts.tv_sec * INT64_C(1000000000) +
			    header->ts.tv_usec !=
			time_of(n) ||
		    !bytes_equal(frame, (struct bytes){read, header->caplen}))
			abort();
	}
	if (pcap_next_ex(pcap, &header, &read) != PCAP_ERROR_BREAK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	char why[PCAP_ERRBUF_SIZE];
	struct buffer out = {0};
	pcap_t *pcap;
	FILE *file;

	write_all(&out, in);
	file = fmemopen(out.storage + out.start, buffer_bytes(&out).left, "r");
	if (file == NULL)
		abort();
	pcap = pcap_fopen_offline_with_tstamp_precision(
	    file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (pcap == NULL)
		abort();
	read_all(pcap, in);
	pcap_close(pcap);
	buffer_clear(&out);
	return 0;
}
