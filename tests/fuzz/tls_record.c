/* SPDX-License-Identifier: MIT */
/* Records tile the input: each is whole, and taking always moves forward. */
#include "tls_record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, before = in;
	enum tls_record_verdict verdict;
	struct tls_record record;

	while (
	    (verdict = tls_record_take(&in, &record)) == TLS_RECORD_COMPLETE) {
		if (record.whole.at != before.at ||
		    record.whole.left + in.left != before.left ||
		    record.fragment.left + TLS_RECORD_HEADER_SIZE !=
			record.whole.left)
			abort();
		before = in;
	}
	if (in.at != before.at || in.left != before.left)
		abort();
	/* What is not TLS does not become TLS by more bytes. */
	if (verdict == TLS_RECORD_PARTIAL &&
	    in.left >= TLS_RECORD_HEADER_SIZE + TLS_RECORD_FRAGMENT_MAX)
		abort();
	return 0;
}
