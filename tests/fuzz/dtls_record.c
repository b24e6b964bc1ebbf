/* SPDX-License-Identifier: MIT */
/* Records tile a datagram, and writing one gives the bytes it was read from. */
#include "dtls_record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, before = in;
	struct buffer written = {0};
	struct dtls_record record;

	while (dtls_record_take(&in, &record)) {
		if (record.whole.at != before.at ||
		    record.whole.left + in.left != before.left ||
		    record.number > DTLS_NUMBER_MAX)
			abort();
		buffer_reset(&written);
		dtls_record_write(&record, &written);
		if (!bytes_equal(buffer_bytes(&written), record.whole))
			abort();
		before = in;
	}
	if (in.at != before.at || in.left != before.left)
		abort();
	buffer_clear(&written);
	return 0;
}
