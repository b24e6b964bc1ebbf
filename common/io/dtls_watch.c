/* SPDX-License-Identifier: MIT */
#include "dtls_watch.h"

#include "conn.h"
#include "event.h"
#include "fingerprint.h"
#include "tls_record.h"

#include <errno.h>
#include <stdlib.h>

#define EPOCHS 2 /* in clear, and under the keys of the one handshake */

/* A datagram that OpenSSL has read in the present call. */
struct arrival {
	struct buffer bytes;
	struct arrival *next;
};

struct dtls_watch {
	SSL *tls;
	struct conn *conn;
	bool tell;
	struct arrival *first, **last;
	uint64_t sent[EPOCHS], received[EPOCHS];
};

static void
count(uint64_t used[EPOCHS], struct bytes datagram)
{
	struct dtls_record r;

	while (dtls_record_take(&datagram, &r))
		if (r.epoch < EPOCHS && r.number >= used[r.epoch])
			used[r.epoch] = r.number + 1;
}

static void
note_arrival(struct dtls_watch *w, struct bytes datagram)
{
	struct arrival *a = calloc(1, sizeof(*a));

	count(w->received, datagram);
	if (a == NULL)
		return;
	buffer_add_bytes(&a->bytes, datagram);
	*w->last = a;
	w->last = &a->next;
}

/* Called by the BIO around each read and write (BIO_set_callback_ex(3)). */
static long
on_transfer(BIO *bio, int operation, const char *data, size_t length, int argi,
    long argl, int outcome, size_t *processed)
{
	struct dtls_watch *w = (struct dtls_watch *)BIO_get_callback_arg(bio);
	const uint8_t *octets = (const uint8_t *)data;

	(void)argi;
	(void)argl;
	if (operation == (BIO_CB_READ | BIO_CB_RETURN) && outcome > 0 &&
	    processed != NULL)
		note_arrival(w, (struct bytes){octets, *processed});
	else if (operation == BIO_CB_WRITE)
		count(w->sent, (struct bytes){octets, length});
	return outcome;
}

struct dtls_watch *
dtls_watch_new(SSL *tls, struct conn *c, bool tell)
{
	struct dtls_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->tls = tls;
	w->conn = c;
	w->tell = tell;
	w->last = &w->first;
	BIO_set_callback_arg(SSL_get_rbio(tls), (char *)w);
	BIO_set_callback_ex(SSL_get_rbio(tls), on_transfer);
	return w;
}

static void
forget(struct dtls_watch *w)
{
	struct arrival *a;

	while ((a = w->first) != NULL) {
		w->first = a->next;
		buffer_clear(&a->bytes);
		free(a);
	}
	w->last = &w->first;
}

void
dtls_watch_stop(struct dtls_watch *w)
{
	BIO_set_callback_ex(SSL_get_rbio(w->tls), NULL);
	forget(w);
}

void
dtls_watch_free(struct dtls_watch *w)
{
	if (w == NULL)
		return;
	dtls_watch_stop(w);
	free(w);
}

void
dtls_watch_tell(
    struct dtls_watch *w, const struct dtls_record *r, const char *verdict)
{
	char name[FINGERPRINT_SIZE];

	if (!w->tell)
		return;
	event_begin("dtls_record");
	event_text("direction", "received");
	event_number("epoch", r->epoch);
	event_number("number", (int64_t)r->number);
	event_text("type", tls_content_type_name(r->type));
	event_number("length", (int64_t)r->fragment.left);
	event_text("fingerprint", fingerprint(&r->whole, 1, name));
	event_text("verdict", verdict);
	conn_put_flow(w->conn);
	event_end();
}

static size_t
records_in(struct bytes datagram)
{
	struct dtls_record r;
	size_t n = 0;

	while (dtls_record_take(&datagram, &r))
		n++;
	return n;
}

/*
 * Of several records in one datagram nobody can tell which was the content, and
 * only application data is content.
 */
static void
tell_arrival(struct dtls_watch *w, struct bytes datagram, const char *verdict)
{
	bool alone = records_in(datagram) == 1;
	struct dtls_record r;

	while (dtls_record_take(&datagram, &r))
		dtls_watch_tell(w, &r,
		    alone && r.type == TLS_APPLICATION_DATA ? verdict : NULL);
}

void
dtls_watch_outcome(struct dtls_watch *w, enum dtls_watch_call call)
{
	int kept = errno;
	const struct arrival *a;

	for (a = w->first; a != NULL; a = a->next) {
		const char *verdict = "dropped";

		if (call == DTLS_WATCH_HANDSHAKE)
			verdict = NULL;
		else if (call == DTLS_WATCH_CONTENT && a->next == NULL)
			verdict = "accepted";
		tell_arrival(w, buffer_bytes(&a->bytes), verdict);
	}
	forget(w);
	errno = kept;
}

uint64_t
dtls_watch_sent(const struct dtls_watch *w, uint16_t epoch)
{
	return w->sent[epoch];
}

uint64_t
dtls_watch_received(const struct dtls_watch *w, uint16_t epoch)
{
	return w->received[epoch];
}

const struct conn *
dtls_watch_conn(const struct dtls_watch *w)
{
	return w->conn;
}
