/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <err.h>
#include <event2/event.h>
#include <signal.h>

struct event_base *
loop_new(void)
{
	struct event_base *base;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a full disk is an error, not an end */
	if ((base = event_base_new()) == NULL)
		warnx("libevent could not make a loop");
	return base;
}

static void
end(evutil_socket_t signal_number, short what, void *argument)
{
	(void)signal_number;
	(void)what;
	event_base_loopexit(argument, NULL);
}

int
loop_run(struct event_base *base)
{
	struct event *term = evsignal_new(base, SIGTERM, end, base);
	struct event *interrupt = evsignal_new(base, SIGINT, end, base);
	int outcome = -1;

	if (term != NULL && interrupt != NULL && event_add(term, NULL) == 0 &&
	    event_add(interrupt, NULL) == 0)
		outcome = event_base_dispatch(base) == -1 ? -1 : 0;
	if (outcome == -1)
		warnx("libevent's loop failed");
	if (term != NULL)
		event_free(term);
	if (interrupt != NULL)
		event_free(interrupt);
	return outcome;
}

static void
call(evutil_socket_t fd, short what, void *argument)
{
	/* POSIX lets a pointer to anything hold one to a function. */
	void (*readable)(void) = (void (*)(void))argument;

	(void)fd, (void)what;
	readable();
}

struct event *
loop_watch(struct event_base *base, int fd, void (*readable)(void))
{
	struct event *watch =
	    event_new(base, fd, EV_READ | EV_PERSIST, call, (void *)readable);

	if (watch != NULL && event_add(watch, NULL) == 0)
		return watch;
	warnx("libevent cannot watch a descriptor");
	if (watch != NULL)
		event_free(watch);
	return NULL;
}

const char *
loop_version(void)
{
	return event_get_version();
}

void
loop_free(struct event_base *base)
{
	if (base != NULL)
		event_base_free(base);
}
