/* SPDX-License-Identifier: MIT */
/* A manifest that parses holds only hosts that its own look-ups find. */
#include "manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest m;

	if (manifest_parse((struct bytes){data, size}, &m) != MANIFEST_GOOD) {
		if (m.host_count != 0)
			abort();
		return 0;
	}
	for (size_t i = 0; i < m.host_count; i++) {
		const struct manifest_host *host = &m.hosts[i];

		if (manifest_host(&m, host->name) != host)
			abort();
		for (size_t j = 0; j < host->interface_count; j++)
			if (manifest_host_at(&m, host->interfaces[j].address) !=
			    host)
				abort();
	}
	return 0;
}
