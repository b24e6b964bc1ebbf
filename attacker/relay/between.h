/* SPDX-License-Identifier: MIT */
#ifndef BETWEEN_H
#define BETWEEN_H

#include "arp_frame.h"
#include "manifest.h"

/*
 * "client,gateway": two hosts of the manifest on one network, between whom the
 * attacker wants to be.
 */
struct between {
	const struct manifest_host *host[2]; /* borrowed from the manifest */
	const char *network;                 /* also the interface's name */
	struct arp_party party[2];
};

enum between_verdict {
	BETWEEN_GOOD,
	BETWEEN_NOT_TWO,     /* the words are not two names */
	BETWEEN_UNKNOWN,     /* one of them is no host of the manifest */
	BETWEEN_SAME,        /* both are the same host */
	BETWEEN_NO_NETWORK,  /* they do not meet, or not there */
	BETWEEN_AMBIGUOUS,   /* they meet on several networks */
	BETWEEN_NO_ETHERNET, /* no IPv4 or hardware address in the manifest */
};

/* `network` NULL: the one they share.  Pure. */
enum between_verdict between_read(const struct manifest *m, const char *words,
    const char *network, struct between *b);

/* A clause for a person: "are on several networks; say --on". */
const char *between_text(enum between_verdict verdict);

#endif
