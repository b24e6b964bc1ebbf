/* SPDX-License-Identifier: MIT */
#ifndef REPLY_H
#define REPLY_H

#include "http_client.h"

#include <stdbool.h>

#define REPLY_PROBLEM_MAX 64

/* What became of a request. */
struct reply {
	enum http_client_outcome outcome;
	int status;                      /* ANSWERED */
	struct buffer content;           /* ANSWERED */
	char problem[REPLY_PROBLEM_MAX]; /* the problem's word, or "" */
	char challenge[64];              /* nonce of a 401, or "" */
	unsigned int connection;         /* counted from one */
	bool again; /* the same bytes had to go twice: too early at first */
};
void reply_clear(struct reply *r);

/* 2xx. */
bool reply_accepted(const struct reply *r);

/*
 * Put the members of a reply into the open event, or into a JSON object.  Its
 * outcome is "accepted" (2xx), "refused" (any other answer), "connection-lost",
 * or "unanswered" where datagrams were lost and the association is not.
 */
void reply_put_event(const struct reply *r);
void reply_put_json(const struct reply *r, struct buffer *out);

/* "accepted (201), connection 1": what a person wants to know. */
void reply_print(const struct reply *r);

#endif
