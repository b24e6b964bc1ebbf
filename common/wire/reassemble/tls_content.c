/* SPDX-License-Identifier: MIT */
/*
 * One side's stream as TLS: records, and the handshake messages in those that
 * are not protected yet.
 *
 * What is protected shows from outside: in TLS 1.2 and before everything after
 * that side's ChangeCipherSpec, in TLS 1.3 the records of type
 * application_data, whatever they hold (RFC 8446 section 5.2).
 */
#include "connection.h"

#define TLS13 0x0304

bool
tls_content_begins(struct bytes first)
{
	struct tls_record record;

	return first.left > 0 &&
	       tls_record_take(&first, &record) != TLS_RECORD_NOT_TLS;
}

/* TLS 1.3 sends a ChangeCipherSpec too, which means nothing (appendix D.4). */
static bool
change_means_something(const struct connection *c)
{
	return c->facts.tls_version != TLS13 &&
	       (c->facts.tls_version != 0 || !c->client_hello);
}

static bool
is_protected(const struct reading *r, const struct tls_record *record)
{
	if (record->type == TLS_APPLICATION_DATA)
		return true;
	return reading_half(r)->protected &&
	       record->type != TLS_CHANGE_CIPHER_SPEC;
}

static void
found_encryption(const struct reading *r)
{
	reading_found(r, &(struct finding){.kind = FOUND_ENCRYPTION});
}

static void
agree(const struct reading *r, const struct tls_handshake *message)
{
	struct conversation *facts = &r->connection->facts;
	struct tls_hello hello;

	if (message->retry_request ||
	    !tls_server_hello_read(message->body, &hello))
		return;
	facts->tls_version = hello.version;
	facts->tls_suite = hello.suite;
}

static void
read_message(const struct reading *r, const struct tls_handshake *message)
{
	struct connection *c = r->connection;

	if (message->type == TLS_CLIENT_HELLO)
		c->client_hello = true;
	if (message->type == TLS_SERVER_HELLO)
		agree(r, message);
	reading_found(r, &(struct finding){.kind = FOUND_HANDSHAKE,
			     .handshake = message,
			     .bytes = message->whole});
	if (message->type == TLS_SERVER_HELLO && !message->retry_request &&
	    c->facts.tls_version == TLS13)
		found_encryption(r);
}

static void
found_encrypted_handshake(
    const struct reading *r, const struct tls_record *record)
{
	reading_found(r, &(struct finding){.kind = FOUND_ENCRYPTED_HANDSHAKE,
			     .record = record,
			     .encrypted = true,
			     .bytes = record->fragment});
}

static void
read_handshake(const struct reading *r, const struct tls_record *record)
{
	struct half *half = reading_half(r);
	struct tls_handshake message;
	enum tls_handshake_verdict verdict;
	struct bytes in;

	buffer_add_bytes(&half->handshake, record->fragment);
	in = buffer_bytes(&half->handshake);
	while ((verdict = tls_handshake_take(&in, &message)) ==
	       TLS_HANDSHAKE_COMPLETE)
		read_message(r, &message);
	buffer_drain(
	    &half->handshake, buffer_bytes(&half->handshake).left - in.left);
	if (verdict == TLS_HANDSHAKE_TOO_LONG) {
		/* No such message exists: we came in after the change. */
		buffer_reset(&half->handshake);
		half->protected = true;
		found_encrypted_handshake(r, record);
	}
}

static void
read_alert(
    const struct reading *r, const struct tls_record *record, bool encrypted)
{
	struct finding finding = {.kind = FOUND_ALERT,
	    .record = record,
	    .encrypted = encrypted,
	    .bytes = record->fragment};
	struct bytes in = record->fragment;

	if (!encrypted && (!bytes_take_u8(&in, &finding.alert_level) ||
			      !bytes_take_u8(&in, &finding.alert_description)))
		return;
	reading_found(r, &finding);
}

static void
read_change(const struct reading *r, const struct tls_record *record)
{
	reading_found(r, &(struct finding){.kind = FOUND_CHANGE_CIPHER_SPEC,
			     .record = record,
			     .bytes = record->fragment});
	if (!change_means_something(r->connection))
		return;
	reading_half(r)->protected = true;
	found_encryption(r);
}

static void
read_record(const struct reading *r, const struct tls_record *record)
{
	bool encrypted = is_protected(r, record);

	r->connection->facts.records[r->side]++;
	reading_found(r, &(struct finding){.kind = FOUND_RECORD,
			     .record = record,
			     .number = r->connection->facts.records[r->side],
			     .encrypted = encrypted,
			     .bytes = record->whole});
	switch ((enum tls_content_type)record->type) {
	case TLS_CHANGE_CIPHER_SPEC:
		read_change(r, record);
		break;
	case TLS_ALERT:
		read_alert(r, record, encrypted);
		break;
	case TLS_HANDSHAKE:
		if (encrypted)
			found_encrypted_handshake(r, record);
		else
			read_handshake(r, record);
		break;
	case TLS_APPLICATION_DATA:
		break;
	}
}

void
tls_content_read(const struct reading *r, struct bytes *in)
{
	struct tls_record record;
	enum tls_record_verdict verdict;

	while ((verdict = tls_record_take(in, &record)) == TLS_RECORD_COMPLETE)
		read_record(r, &record);
	if (verdict == TLS_RECORD_NOT_TLS)
		reading_gave_up(r, "not a TLS record");
}
