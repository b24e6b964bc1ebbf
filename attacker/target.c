/* SPDX-License-Identifier: MIT */
/* The target of a copy, as a host of the manifest. */
#include "target.h"

#include "confine/confine.h"
#include "dial.h"
#include "exit_code.h"

#include <stdbool.h>

int
target_choose(const struct manifest *targets, const char *name,
    const struct endpoint *recorded, const struct manifest_host **host,
    struct endpoint *address)
{
	char text[INET6_ADDRSTRLEN];
	bool as_recorded = name == NULL;

	endpoint_address(recorded, text);
	if (name == NULL) {
		*host = manifest_host_at(targets, text);
		name = *host == NULL ? text : (*host)->name;
	}
	if ((*host = confine_target(targets, name)) == NULL)
		return EXIT_REFUSED;
	if (dial_address(targets, *host, text, address) == -1)
		return EXIT_INTERNAL;
	if (as_recorded)
		address->port = recorded->port;
	return EXIT_AS_EXPECTED;
}
