/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks the link type.  A segment's payload lies within its
 * frame; a frame cut shorter never reads as another payload's beginning.
 */
#include "segment.h"

#include <pcap/dlt.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int link_types[] = {
	    DLT_EN10MB, DLT_RAW, DLT_NULL, DLT_LOOP, DLT_LINUX_SLL, 276};
	const size_t count = sizeof(link_types) / sizeof(link_types[0]);
	struct bytes in = {data, size}, shorter;
	char text[ENDPOINT_SIZE];
	struct segment s, cut;
	uint8_t which;

	if (!bytes_take_u8(&in, &which))
		return 0;
	switch (segment_read(link_types[which % count], in, &s)) {
	case SEGMENT_TCP:
	case SEGMENT_UDP:
		break;
	case SEGMENT_NOT_TCP:
	case SEGMENT_CUT:
	case SEGMENT_MALFORMED:
		return 0;
	}
	endpoint_text(&s.src, text);
	if (s.payload.left > 0 &&
	    (s.payload.at < in.at ||
		s.payload.at + s.payload.left > in.at + in.left))
		abort();
	shorter = in;
	if (s.payload.left == 0)
		return 0;
	/* Without the last byte of the payload it is cut, or says no length. */
	shorter.left = (size_t)(s.payload.at + s.payload.left - in.at) - 1;
	if (segment_read(link_types[which % count], shorter, &cut) ==
		SEGMENT_TCP &&
	    cut.payload.left + 1 != s.payload.left)
		abort();
	return 0;
}
