/* SPDX-License-Identifier: MIT */
/*
 * Early data, between OpenSSL's calls for it and a connection that only wants
 * to read and to write.
 */
#include "early_data.h"

#include "conn.h"
#include "event.h"
#include "lab_clock.h"

#include <string.h>

#define EARLY_MAX 16384 /* bytes a ticket allows (RFC 8446 section 4.6.1) */

const char *const early_data_rules[] = {
    "refuse", "accept", "single-use", "once", "wait", NULL};

static void
tell(const struct early_data *e, const char *outcome, const char *reason)
{
	event_begin("early_data");
	event_text("outcome", outcome);
	event_text("reason", reason);
	conn_put_flow(e->conn);
	event_end();
}

static void
decide(struct early_data *e, enum early_data_state state, const char *reason)
{
	if (e->state == state)
		return;
	e->state = state;
	tell(e, state == EARLY_DATA_ACCEPTED ? "accepted" : "rejected", reason);
}

static const char *
answer_name(enum early_data_answer answer)
{
	switch (answer) {
	case EARLY_DATA_FRESH:
		return NULL;
	case EARLY_DATA_SEEN:
		return "seen";
	case EARLY_DATA_TOO_SOON:
		return "too-soon";
	case EARLY_DATA_NO_MEMORY:
		return "no-memory";
	}
	return NULL;
}

/*
 * Has early data under this session's key been taken before (RFC 8446 section
 * 8.2)?  The key is of one ticket, and the ClientHello proved that it has it.
 * Called by OpenSSL where all else allows early data.
 */
static int
allow(SSL *ssl, void *argument)
{
	struct early_data *e = argument;
	uint8_t secret[SSL_MAX_MASTER_KEY_LENGTH];
	size_t length = SSL_SESSION_get_master_key(
	    SSL_get_session(ssl), secret, sizeof(secret));

	e->reason = answer_name(
	    e->rule->ask((struct bytes){secret, length}, e->rule->argument));
	OPENSSL_cleanse(secret, sizeof(secret));
	return e->reason == NULL;
}

void
early_data_use(SSL_CTX *ctx, const struct early_data_settings *settings)
{
	if (settings->rule == EARLY_DATA_REFUSE)
		return;
	SSL_CTX_set_max_early_data(ctx, EARLY_MAX);
	/*
	 * OpenSSL's own way against replay is single use: its tickets are then
	 * names in a cache.  Otherwise they hold the session themselves.
	 */
	if (settings->rule != EARLY_DATA_SINGLE_USE)
		SSL_CTX_set_options(ctx, SSL_OP_NO_ANTI_REPLAY);
}

void
early_data_init(struct early_data *e, struct conn *c, SSL *ssl,
    const struct early_data_settings *rule)
{
	*e = (struct early_data){.conn = c, .ssl = ssl, .rule = rule};
	e->reading = rule != NULL && rule->rule != EARLY_DATA_REFUSE;
	if (rule != NULL && rule->rule == EARLY_DATA_ONCE)
		SSL_set_allow_early_data_cb(ssl, allow, e);
}

static bool
waits(const struct early_data *e)
{
	return e->rule != NULL && e->rule->rule == EARLY_DATA_WAIT;
}

static bool
may_be_used(const struct early_data *e)
{
	return !waits(e) || SSL_is_init_finished(e->ssl) == 1;
}

void
early_data_clear(struct early_data *e)
{
	if (waits(e) && e->state == EARLY_DATA_OFFERED)
		decide(e, EARLY_DATA_REJECTED, "handshake-not-completed");
	buffer_clear(&e->held);
}

static int64_t
given_at(const SSL_SESSION *session)
{
#if OPENSSL_VERSION_PREREQ(3, 3)
	return SSL_SESSION_get_time_ex(session);
#else
	return SSL_SESSION_get_time(session);
#endif
}

/* The client's own view: why this session does not allow so much, or NULL. */
static const char *
why_not(const SSL_SESSION *session, size_t length)
{
	int64_t age;

	if (session == NULL)
		return "no-session";
	if (SSL_SESSION_get_max_early_data(session) == 0)
		return "not-allowed";
	if (SSL_SESSION_get_max_early_data(session) < length)
		return "too-long";
	age = lab_now() / NANOSECONDS - given_at(session);
	if (age < 0 ||
	    age > (int64_t)SSL_SESSION_get_ticket_lifetime_hint(session))
		return "too-old";
	return NULL;
}

bool
early_data_offer(struct early_data *e, struct bytes data)
{
	e->reason = why_not(SSL_get_session(e->ssl), data.left);
	if (e->reason != NULL)
		return false;
	buffer_add_bytes(&e->held, data);
	e->to_send = true;
	return true;
}

/* Now, since the flow has both its ends. */
static void
tell_not_offered(struct early_data *e)
{
	tell(e, "not-offered", e->reason);
	e->reason = NULL;
}

/* ClientHello and early data leave together. */
static int
send_early(struct early_data *e)
{
	struct bytes data = buffer_bytes(&e->held);
	size_t written;

	if (SSL_write_early_data(e->ssl, data.at, data.left, &written) != 1)
		return 0;
	e->to_send = false;
	e->state = EARLY_DATA_OFFERED;
	return 1;
}

/*
 * Why a server rejected it, beyond what a memory said: OpenSSL keeps to itself
 * which of the conditions of RFC 8446 section 4.2.10 did not hold.
 */
static const char *
why_rejected(const struct early_data *e)
{
	if (e->rule == NULL || e->reason != NULL)
		return e->reason;
	if (e->rule->rule == EARLY_DATA_REFUSE)
		return "refused";
	return SSL_session_reused(e->ssl) == 1 ? "not-fresh" : "not-resumed";
}

/* As soon as OpenSSL has decided, and once. */
static void
note_decision(struct early_data *e)
{
	if (e->state > EARLY_DATA_OFFERED)
		return;
	switch (SSL_get_early_data_status(e->ssl)) {
	case SSL_EARLY_DATA_ACCEPTED:
		if (may_be_used(e))
			decide(e, EARLY_DATA_ACCEPTED, NULL);
		else
			e->state = EARLY_DATA_OFFERED;
		break;
	case SSL_EARLY_DATA_REJECTED:
		decide(e, EARLY_DATA_REJECTED, why_rejected(e));
		break;
	}
}

/* One piece, until its end or that of the bytes that are there. */
static int
take_early(struct early_data *e)
{
	uint8_t chunk[EARLY_MAX];
	size_t length = 0;
	int outcome =
	    SSL_read_early_data(e->ssl, chunk, sizeof(chunk), &length);

	note_decision(e);
	if (outcome == SSL_READ_EARLY_DATA_ERROR)
		return 0;
	buffer_add(&e->held, chunk, length);
	e->reading = outcome == SSL_READ_EARLY_DATA_SUCCESS;
	return 1;
}

int
early_data_handshake(struct early_data *e)
{
	int outcome;

	if (e->rule == NULL && e->reason != NULL)
		tell_not_offered(e);
	if (e->to_send && send_early(e) != 1)
		return 0;
	while (e->reading) {
		if (take_early(e) != 1)
			return 0;
		if (buffer_bytes(&e->held).left > 0 && !waits(e))
			return EARLY_DATA_ARRIVED;
	}
	outcome = SSL_do_handshake(e->ssl);
	/* A client sees what its server says only at the end. */
	if (e->rule != NULL || outcome == 1)
		note_decision(e);
	return outcome;
}

size_t
early_data_read(struct early_data *e, uint8_t *into, size_t size)
{
	struct bytes held = buffer_bytes(&e->held), taken;

	if (e->rule == NULL || held.left == 0 || !may_be_used(e))
		return 0;
	if (!bytes_take(&held, held.left < size ? held.left : size, &taken))
		return 0;
	memcpy(into, taken.at, taken.left);
	size = taken.left;
	buffer_drain(&e->held, size);
	return size;
}

int
early_data_write(struct early_data *e, const uint8_t *data, size_t length)
{
	size_t written;

	return SSL_write_early_data(e->ssl, data, length, &written) == 1
		   ? (int)written
		   : 0;
}
