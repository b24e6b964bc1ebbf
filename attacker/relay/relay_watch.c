/* SPDX-License-Identifier: MIT */
/* One libevent loop. */
#include "relay_watch.h"

#include "position.h"

#include <err.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum watched { FRAMES, TICK, TERM, INT, INPUT, WATCHED };

struct relay_watch {
	struct relay_watch_calls calls;
	struct event_base *base;
	struct event *events[WATCHED];
};

static void
on_frames(evutil_socket_t fd, short what, void *argument)
{
	struct relay_watch *w = argument;

	(void)fd, (void)what;
	w->calls.frames(w->calls.user);
}

static void
on_tick(evutil_socket_t fd, short what, void *argument)
{
	struct relay_watch *w = argument;

	(void)fd, (void)what;
	w->calls.tick(w->calls.user);
}

static void
on_signal(evutil_socket_t number, short what, void *argument)
{
	(void)number, (void)what;
	relay_watch_leave(argument);
}

static void
on_input(evutil_socket_t fd, short what, void *argument)
{
	struct relay_watch *w = argument;
	char typed[256];
	ssize_t n = read(fd, typed, sizeof(typed));

	(void)what;
	for (ssize_t i = 0; i < n; i++)
		if (typed[i] == '\n')
			w->calls.enter(w->calls.user);
}

/* Standard input; epoll takes no files. */
static void
watch_input(struct relay_watch *w)
{
	struct stat status;

	if (w->calls.enter == NULL || fstat(STDIN_FILENO, &status) == -1 ||
	    S_ISREG(status.st_mode))
		return;
	w->events[INPUT] =
	    event_new(w->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, w);
	if (w->events[INPUT] != NULL)
		(void)event_add(w->events[INPUT], NULL);
}

static int
watch(struct relay_watch *w, int fd)
{
	const struct timeval tick = {0, POSITION_TICK_MS * 1000};

	w->events[FRAMES] =
	    event_new(w->base, fd, EV_READ | EV_PERSIST, on_frames, w);
	w->events[TICK] = event_new(w->base, -1, EV_PERSIST, on_tick, w);
	/* What the events put back when they are freed. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	w->events[TERM] = evsignal_new(w->base, SIGTERM, on_signal, w);
	w->events[INT] = evsignal_new(w->base, SIGINT, on_signal, w);
	for (int i = FRAMES; i < INPUT; i++)
		if (w->events[i] == NULL ||
		    event_add(w->events[i], i == TICK ? &tick : NULL) == -1)
			return -1;
	return 0;
}

struct relay_watch *
relay_watch_new(int fd, const struct relay_watch_calls *calls)
{
	struct relay_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		goto fail;
	w->calls = *calls;
	if ((w->base = event_base_new()) == NULL || watch(w, fd) == -1)
		goto fail;
	return w;

fail:
	warnx("attacker relay: no event loop");
	relay_watch_free(w);
	return NULL;
}

int
relay_watch_run(struct relay_watch *w)
{
	watch_input(w);
	return event_base_dispatch(w->base) == -1 ? -1 : 0;
}

void
relay_watch_leave(struct relay_watch *w)
{
	event_base_loopbreak(w->base);
}

void
relay_watch_free(struct relay_watch *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < WATCHED; i++)
		if (w->events[i] != NULL)
			event_free(w->events[i]);
	if (w->base != NULL)
		event_base_free(w->base);
	free(w);
}
