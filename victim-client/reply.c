/* SPDX-License-Identifier: MIT */
/* What became of a request, in words: for the log, a program, a person. */
#include "reply.h"

#include "event.h"
#include "json.h"

#include <stdio.h>

void
reply_clear(struct reply *r)
{
	buffer_clear(&r->content);
}

static bool
answered(const struct reply *r)
{
	return r->outcome == HTTP_CLIENT_ANSWERED;
}

bool
reply_accepted(const struct reply *r)
{
	return answered(r) && r->status / 100 == 2;
}

static const char *
outcome_of(const struct reply *r)
{
	return reply_accepted(r)                      ? "accepted"
	       : answered(r)                          ? "refused"
	       : r->outcome == HTTP_CLIENT_UNANSWERED ? "unanswered"
						      : "connection-lost";
}

void
reply_put_event(const struct reply *r)
{
	event_text("outcome", outcome_of(r));
	if (answered(r))
		event_number("status", r->status);
	else
		event_text("reason", http_client_outcome_name(r->outcome));
	if (r->problem[0] != '\0')
		event_text("problem", r->problem);
	event_number("connection", r->connection);
}

void
reply_put_json(const struct reply *r, struct buffer *out)
{
	json_member_text(out, "outcome", outcome_of(r));
	if (answered(r))
		json_member_number(out, "status", r->status);
	else
		json_member_text(
		    out, "reason", http_client_outcome_name(r->outcome));
	if (r->problem[0] != '\0')
		json_member_text(out, "problem", r->problem);
	json_member_number(out, "connection", r->connection);
}

void
reply_print(const struct reply *r)
{
	printf("%s (", outcome_of(r));
	if (!answered(r))
		printf("%s", http_client_outcome_name(r->outcome));
	else if (r->problem[0] != '\0')
		printf("%d %s", r->status, r->problem);
	else
		printf("%d", r->status);
	printf("), connection %u", r->connection);
}
