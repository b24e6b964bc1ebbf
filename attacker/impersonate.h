/* SPDX-License-Identifier: MIT */
#ifndef IMPERSONATE_H
#define IMPERSONATE_H

#include "answer.h"
#include "flights.h"
#include "segment.h"

/*
 * The recorded server, played to the first client that connects: each of its
 * flights once the client has spoken, as it did then.  What it once sent is all
 * it can say; a client that wants something fresh notices.
 *
 * Waits for the client until it comes, then timeout_ms for each of its turns.
 * On return *client is who came, and *reason how its last turn ended.  0, or -1
 * after a warning.
 */
int impersonate(const struct endpoint *self, const struct flights *flights,
    int timeout_ms, struct answer *answer, struct endpoint *client,
    const char **reason) __attribute__((warn_unused_result));

#endif
