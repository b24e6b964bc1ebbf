/* SPDX-License-Identifier: MIT */
#ifndef CHALLENGE_H
#define CHALLENGE_H

#include "bytes.h"

/*
 * Nonces that the server gives out and the client has to sign (RFC 7616 section
 * 3.3, RFC 9449 section 8).  Each carries the time it was given out, and a MAC
 * under a key that this process made when it started and tells nobody.  So to
 * give one out costs no memory, another node takes none of ours, and after a
 * restart neither do we.  That one is used once is the nonce memory's work, for
 * one lifetime.
 *
 *	challenge_init -> challenge_issue, challenge_judge ...
 */
struct challenge {
	uint8_t secret[32];
	int64_t lifetime; /* seconds */
};

/* -1 after a warning. */
int challenge_init(struct challenge *c, int64_t lifetime);

#define CHALLENGE_SIZE 49 /* as text, with its NUL */
void challenge_issue(
    const struct challenge *c, int64_t now, char into[CHALLENGE_SIZE]);

enum challenge_verdict {
	CHALLENGE_OURS,
	CHALLENGE_NOT_OURS, /* somebody else's, or from before our start */
	CHALLENGE_EXPIRED,
};
enum challenge_verdict challenge_judge(
    const struct challenge *c, struct bytes nonce, int64_t now);

#endif
