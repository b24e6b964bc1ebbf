/* SPDX-License-Identifier: MIT */
/* Bytes in and out, with TLS or without; after a 0, what it waits for. */
#include "conn_channel.h"

#include "fd_watch.h"
#include "plain.h"

#include <err.h>
#include <event2/buffer.h>
#include <unistd.h>

#define ALERT_READS 8 /* records that may stand before an alert */

bool
conn_channel_init(struct conn_channel *ch, int fd, struct fd_watch *watch)
{
	*ch = (struct conn_channel){
	    .fd = fd, .record_size = CONN_CHUNK, .watch = watch};
	plain_prepare(fd);
	ch->out = evbuffer_new();
	return ch->out != NULL;
}

void
conn_channel_clear(struct conn_channel *ch)
{
	if (ch->out != NULL)
		evbuffer_free(ch->out);
	conn_tls_free(ch->tls);
	close(ch->fd);
}

int
conn_channel_use_tls(struct conn_channel *ch, struct conn *c,
    const struct tls_context *context, SSL *greeted, const char *server_name)
{
	if (context == NULL)
		return 0;
	ch->record_size = context->record_size;
	ch->datagrams = context->datagrams;
	ch->tls = conn_tls_new(c, ch->fd, context, greeted, server_name);
	return ch->tls == NULL ? -1 : 0;
}

/* Also after a 0 of TLS: it may have to write in order to read. */
static void
wait_for_tls(struct conn_channel *ch)
{
	int resend_ms = conn_tls_resend_after(ch->tls);

	if (conn_tls_wants_write(ch->tls))
		fd_watch_write(ch->watch);
	if (resend_ms >= 0)
		fd_watch_write_later(ch->watch, resend_ms);
}

int
conn_channel_handshake(struct conn_channel *ch, enum conn_end *why)
{
	int done;

	if (ch->tls == NULL)
		return 1;
	done = conn_tls_handshake(ch->tls, why);
	if (done == 0)
		wait_for_tls(ch);
	else if (done == 1 && conn_tls_holds_data(ch->tls))
		fd_watch_read_now(ch->watch);
	return done;
}

int
conn_channel_read(
    struct conn_channel *ch, uint8_t into[CONN_CHUNK], enum conn_end *why)
{
	int length;

	if (ch->tls == NULL)
		return plain_read(ch->fd, into, CONN_CHUNK, why);
	if ((length = conn_tls_read(ch->tls, into, CONN_CHUNK, why)) == 0)
		wait_for_tls(ch);
	return length;
}

bool
conn_channel_is_dry(const struct conn_channel *ch, int length)
{
	return ch->tls != NULL ? conn_tls_is_dry(ch->tls) : length < CONN_CHUNK;
}

void
conn_channel_read_on(struct conn_channel *ch)
{
	if (ch->tls != NULL)
		fd_watch_read_now(ch->watch);
}

static int
transmit(struct conn_channel *ch, enum conn_end *why)
{
	size_t held = conn_channel_pending(ch);
	size_t length = held < ch->record_size ? held : ch->record_size;
	const unsigned char *data = evbuffer_pullup(ch->out, (ssize_t)length);
	int sent;

	if (ch->tls != NULL) {
		if ((sent = conn_tls_write(ch->tls, data, length, why)) == 0)
			wait_for_tls(ch);
	} else if ((sent = plain_write(ch->fd, data, length, why)) == 0)
		fd_watch_write(ch->watch);
	return sent;
}

int
conn_channel_push(struct conn_channel *ch, enum conn_end *why)
{
	int sent = 0;

	while (conn_channel_pending(ch) > 0 && (sent = transmit(ch, why)) > 0)
		evbuffer_drain(ch->out, (size_t)sent);
	return sent == -1 ? -1 : 0;
}

/* What the kernel does not take now is lost, as a datagram may be. */
static void
write_message(
    struct conn_channel *ch, const void *data, size_t length, bool open)
{
	enum conn_end why;

	if (length > CONN_MESSAGE_MAX)
		warnx("a message of %zu bytes is too long for a datagram, "
		      "which holds %d",
		    length, CONN_MESSAGE_MAX);
	else if (open)
		(void)conn_tls_write(ch->tls, data, length, &why);
}

int
conn_channel_write(
    struct conn_channel *ch, const void *data, size_t length, bool open)
{
	enum conn_end why;

	if (ch->datagrams) {
		write_message(ch, data, length, open);
		return 0;
	}
	evbuffer_add(ch->out, data, length);
	return open ? conn_channel_push(ch, &why) : 0;
}

size_t
conn_channel_pending(const struct conn_channel *ch)
{
	return evbuffer_get_length(ch->out);
}

void
conn_channel_hear_alert(struct conn_channel *ch, enum conn_end *why)
{
	uint8_t chunk[CONN_CHUNK];
	enum conn_end said;
	int length = 1;

	if (ch->tls == NULL)
		return;
	for (int i = 0; i < ALERT_READS && length > 0; i++)
		length = conn_tls_read(ch->tls, chunk, sizeof(chunk), &said);
	if (length == -1 && said == CONN_TLS_ERROR)
		*why = said;
}

bool
conn_channel_hear_out(struct conn_channel *ch)
{
	if (ch->tls == NULL || conn_tls_hear_out(ch->tls))
		return true;
	wait_for_tls(ch);
	return false;
}
