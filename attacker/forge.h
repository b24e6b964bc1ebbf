/* SPDX-License-Identifier: MIT */
#ifndef FORGE_H
#define FORGE_H

#include "manifest.h"
#include "segment.h"

/*
 * A connection in the name of another host: TCP's handshake by hand, from an
 * address whose owner knows nothing of it.
 *
 *	SYN -> (SYN-ACK, if it comes our way) -> ACK with the words
 *
 * The server's initial sequence number must be acknowledged (RFC 9293 section
 * 3.5).  Who does not see SYN-ACK has to guess it, one in 2^32 (RFC 6528); and
 * its true receiver, be it our own kernel, answers with RST.
 */
enum forge_outcome {
	FORGE_ANSWERED, /* the server sent data: it believed us */
	FORGE_RESET,    /* somebody reset the connection, as far as we see */
	FORGE_SILENCE,  /* nothing came our way */
};

struct forged {
	struct endpoint self, target; /* self: the name we use */
	uint32_t seq, ack;            /* of the words */
	bool guessed;                 /* SYN-ACK did not come our way */
	enum forge_outcome outcome;
};

/*
 * Send the words to `to` in the name of host `from`; both meet on one network.
 * `told` is called with f->self, target, seq and ack set, before the words
 * leave.  Waits timeout_ms for SYN-ACK and for what comes after it.  0, or -1
 * after a warning.  Only after confine_enter.
 */
int forge(const struct manifest *targets, const char *from,
    const struct manifest_host *to, struct bytes words, int timeout_ms,
    void (*told)(const struct forged *f, void *user), void *user,
    struct forged *f) __attribute__((warn_unused_result));

#endif
