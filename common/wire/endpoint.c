/* SPDX-License-Identifier: MIT */
/* One end of a connection, as text. */
#include "segment.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

const char *
endpoint_address(const struct endpoint *e, char into[INET6_ADDRSTRLEN])
{
	if (inet_ntop(e->family, e->address, into, INET6_ADDRSTRLEN) == NULL)
		strcpy(into, "?"); /* a family that is neither */
	return into;
}

const char *
endpoint_text(const struct endpoint *e, char into[ENDPOINT_SIZE])
{
	char address[INET6_ADDRSTRLEN];

	endpoint_address(e, address);
	snprintf(into, ENDPOINT_SIZE,
	    e->family == AF_INET6 ? "[%s]:%u" : "%s:%u", address, e->port);
	return into;
}

bool
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	size_t size = a->family == AF_INET ? 4 : 16;

	return a->family == b->family && a->port == b->port &&
	       memcmp(a->address, b->address, size) == 0;
}
