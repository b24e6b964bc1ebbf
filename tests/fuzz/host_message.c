/* SPDX-License-Identifier: MIT */
/*
 * Property: whatever is read as a message of the runner or of a host is, when
 * it is written, those bytes again; what is not is refused.
 */
#include "ground/host_message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_message m;
	struct buffer out = {0};

	if (!host_message_read((struct bytes){data, size}, &m))
		return 0;
	if (!host_message_write(&m, &out) ||
	    !bytes_equal(buffer_bytes(&out), (struct bytes){data, size}))
		abort();
	buffer_clear(&out);
	return 0;
}
