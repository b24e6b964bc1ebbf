/* SPDX-License-Identifier: MIT */
/* A listening socket, one client, and a script. */
#include "impersonate.h"

#include "confine/confine.h"
#include "copy.h"
#include "dial.h"
#include "event.h"

#include <unistd.h>

static void
announce(const struct endpoint *self, const struct endpoint *client,
    const struct flights *flights)
{
	struct bytes whole = buffer_bytes(&flights->stream);
	struct copy copy = {
	    .kind = SELECT_STREAM, .length = whole.left, .side = SIDE_SERVER};

	copy_describe(&copy, whole);
	copy_event_sent(&copy, client, self);
}

int
impersonate(const struct endpoint *self, const struct flights *flights,
    int timeout_ms, struct answer *answer, struct endpoint *client,
    const char **reason)
{
	int listener = dial_listen(self), fd;

	if (listener == -1)
		return -1;
	confine_drop();
	event_ready();
	fd = dial_accept(listener, client);
	close(listener);
	if (fd == -1)
		return -1;
	answer_begin(answer, flights->other_records);
	announce(self, client, flights);
	for (size_t i = 0; i < flights->count; i++) {
		/* Who had two turns then may have said it all in one now. */
		if (!flights_is_due(flights, i, answer->records))
			*reason = dial_turn(fd, answer, timeout_ms);
		if (answer->outcome == ANSWER_ALERT ||
		    answer->outcome == ANSWER_CLOSED ||
		    dial_send(fd, flights_get(flights, i)) == -1)
			break;
	}
	if (answer->outcome == ANSWER_PENDING)
		*reason = dial_receive(fd, answer, timeout_ms);
	answer_timeout(answer);
	close(fd);
	return 0;
}
