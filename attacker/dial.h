/* SPDX-License-Identifier: MIT */
#ifndef DIAL_H
#define DIAL_H

#include "answer.h"
#include "manifest.h"
#include "segment.h"

/*
 * A TCP connection of the attacker's own, done by the kernel, to a host of
 * the manifest.
 *
 *	dial_address -> dial_open -> dial_send, dial_turn ... -> dial_receive
 *	    -> close
 */

/*
 * Where that host listens: on the network `near` (an address of it in text)
 * is on if the host is there too, else on its last one.  -1 after a warning.
 */
int dial_address(const struct manifest *targets,
    const struct manifest_host *host, const char *near,
    struct endpoint *address) __attribute__((warn_unused_result));

/* The connected socket, and its own end.  -1 after a warning. */
int dial_open(const struct endpoint *target, struct endpoint *self,
    int timeout_ms) __attribute__((warn_unused_result));

/*
 * The other way about: wait there for one who connects.  -1 after a warning; a
 * signal ends the waiting.
 */
int dial_listen(const struct endpoint *self)
    __attribute__((warn_unused_result));
int dial_accept(int listener, struct endpoint *peer)
    __attribute__((warn_unused_result));

/* All of it.  -1: the connection is gone. */
int dial_send(int fd, struct bytes data) __attribute__((warn_unused_result));

/*
 * Feed what comes to the answer.  A turn is over when the server has said
 * something and pauses; to receive is to wait until the answer is decided.
 * Both end after timeout_ms.  Returns how it ended: "data", "eof", "reset" or
 * "timeout".
 */
const char *dial_turn(int fd, struct answer *answer, int timeout_ms);
const char *dial_receive(int fd, struct answer *answer, int timeout_ms);

#endif
