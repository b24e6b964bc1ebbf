/* SPDX-License-Identifier: MIT */
/*
 * A key log written is read equal: what was kept of any file, written down and
 * read again, is the same lines.
 */
#include "key_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key_log log = {0}, again = {0};
	struct buffer text = {0};

	key_log_add(&log, (struct bytes){data, size});
	for (size_t i = 0; i < log.count; i++)
		key_log_line_write(&log.lines[i], &text);
	key_log_add(&again, buffer_bytes(&text));
	if (again.count != log.count ||
	    (log.count > 0 && memcmp(again.lines, log.lines,
				  log.count * sizeof(log.lines[0])) != 0))
		abort();
	buffer_clear(&text);
	key_log_clear(&log);
	key_log_clear(&again);
	return 0;
}
