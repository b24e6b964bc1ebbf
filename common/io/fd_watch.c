/* SPDX-License-Identifier: MIT */
#include "fd_watch.h"

static struct timeval
time_of(int milliseconds)
{
	return (struct timeval){
	    milliseconds / 1000, (milliseconds % 1000) * 1000};
}

static void
on_later(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	fd_watch_write_now(argument);
}

bool
fd_watch_init(struct fd_watch *w, struct event_base *base, int fd,
    event_callback_fn call, void *argument)
{
	w->readable = event_new(base, fd, EV_READ | EV_PERSIST, call, argument);
	w->writable = event_new(base, fd, EV_WRITE, call, argument);
	w->kick = event_new(base, -1, 0, call, argument);
	w->later = event_new(base, -1, 0, on_later, w);
	w->timer = event_new(base, -1, 0, call, argument);
	return w->readable != NULL && w->writable != NULL && w->kick != NULL &&
	       w->later != NULL && w->timer != NULL;
}

void
fd_watch_clear(struct fd_watch *w)
{
	struct event *events[] = {
	    w->readable, w->writable, w->kick, w->later, w->timer};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] != NULL)
			event_free(events[i]);
}

void
fd_watch_stop(struct fd_watch *w)
{
	event_del(w->readable);
	event_del(w->writable);
	event_del(w->kick);
	event_del(w->later);
	event_del(w->timer);
}

void
fd_watch_read(struct fd_watch *w, bool on)
{
	if (on)
		event_add(w->readable, NULL);
	else
		event_del(w->readable);
}

bool
fd_watch_reads(const struct fd_watch *w)
{
	return event_pending(w->readable, EV_READ, NULL) != 0;
}

void
fd_watch_write(struct fd_watch *w)
{
	event_add(w->writable, NULL);
}

void
fd_watch_read_now(struct fd_watch *w)
{
	event_active(w->readable, EV_READ, 0);
}

/* Not through the writable event: that may be waiting for the socket. */
void
fd_watch_write_now(struct fd_watch *w)
{
	event_active(w->kick, EV_WRITE, 0);
}

void
fd_watch_write_later(struct fd_watch *w, int milliseconds)
{
	const struct timeval wait = time_of(milliseconds);

	event_add(w->later, &wait);
}

void
fd_watch_patience(struct fd_watch *w, int milliseconds)
{
	w->patience = milliseconds;
	if (milliseconds == 0)
		event_del(w->timer);
	fd_watch_progress(w);
}

void
fd_watch_progress(struct fd_watch *w)
{
	const struct timeval wait = time_of(w->patience);

	if (w->patience > 0)
		event_add(w->timer, &wait);
}
