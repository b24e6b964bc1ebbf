/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include "confine/confine.h"

#include <err.h>
#include <event2/event.h>

static void
on_news(evutil_socket_t fd, short what, void *user)
{
	(void)fd, (void)what, (void)user;
	confine_check();
}

struct event *
watch_new(struct event_base *base)
{
	struct event *news =
	    event_new(base, confine_fd(), EV_READ | EV_PERSIST, on_news, NULL);

	if (news != NULL && event_add(news, NULL) == 0)
		return news;
	warnx("libevent cannot watch the network");
	if (news != NULL)
		event_free(news);
	return NULL;
}
