/* SPDX-License-Identifier: MIT */
#include "between.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

const char *
between_text(enum between_verdict verdict)
{
	switch (verdict) {
	case BETWEEN_GOOD:
		return "are good";
	case BETWEEN_NOT_TWO:
		return "are not two hosts, such as client,gateway";
	case BETWEEN_UNKNOWN:
		return "are not both hosts of this lab";
	case BETWEEN_SAME:
		return "are the same host";
	case BETWEEN_NO_NETWORK:
		return "do not meet on that network, or on any";
	case BETWEEN_AMBIGUOUS:
		return "meet on several networks; say which with --on";
	case BETWEEN_NO_ETHERNET:
		return "have no IPv4 and hardware address in the manifest";
	}
	return "are unknown";
}

static const struct manifest_host *
find_host(const struct manifest *m, const char *name, size_t length)
{
	char copy[sizeof(m->hosts[0].name)];

	if (length >= sizeof(copy))
		return NULL;
	snprintf(copy, sizeof(copy), "%.*s", (int)length, name);
	return manifest_host(m, copy);
}

/* How many networks both are on; *network is the last of them. */
static size_t
shared_networks(struct between *b)
{
	size_t shared = 0;

	for (size_t i = 0; i < b->host[0]->interface_count; i++) {
		const char *network = b->host[0]->interfaces[i].network;

		if (manifest_interface(b->host[1], network) == NULL)
			continue;
		b->network = network;
		shared++;
	}
	return shared;
}

static bool
read_party(const struct manifest_interface *i, struct arp_party *party)
{
	unsigned int part[6];
	char more;

	if (inet_pton(AF_INET, i->address, party->address) != 1 ||
	    sscanf(i->mac, "%2x:%2x:%2x:%2x:%2x:%2x%c", &part[0], &part[1],
		&part[2], &part[3], &part[4], &part[5], &more) != 6)
		return false;
	for (size_t n = 0; n < 6; n++)
		party->mac[n] = (uint8_t)part[n];
	return true;
}

enum between_verdict
between_read(const struct manifest *m, const char *words, const char *network,
    struct between *b)
{
	const char *comma = strchr(words, ',');

	*b = (struct between){.network = network};
	if (comma == NULL || comma == words || comma[1] == '\0' ||
	    strchr(comma + 1, ',') != NULL)
		return BETWEEN_NOT_TWO;
	b->host[0] = find_host(m, words, (size_t)(comma - words));
	b->host[1] = find_host(m, comma + 1, strlen(comma + 1));
	if (b->host[0] == NULL || b->host[1] == NULL)
		return BETWEEN_UNKNOWN;
	if (b->host[0] == b->host[1])
		return BETWEEN_SAME;
	if (network == NULL) {
		size_t shared = shared_networks(b);

		if (shared != 1)
			return shared == 0 ? BETWEEN_NO_NETWORK
					   : BETWEEN_AMBIGUOUS;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct manifest_interface *at =
		    manifest_interface(b->host[i], b->network);

		if (at == NULL)
			return BETWEEN_NO_NETWORK;
		if (!read_party(at, &b->party[i]))
			return BETWEEN_NO_ETHERNET;
	}
	return BETWEEN_GOOD;
}
