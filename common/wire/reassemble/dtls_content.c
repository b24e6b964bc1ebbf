/* SPDX-License-Identifier: MIT */
/*
 * A datagram as DTLS: records, each with its number, and nothing that goes on
 * from one datagram to the next.
 *
 * Of the handshake only the hello of the server is read, for what was agreed
 * on: its messages have a header of their own (RFC 6347 section 4.2.2).
 */
#include "connection.h"

#include "dtls_handshake.h"

bool
dtls_content_begins(struct bytes datagram)
{
	struct dtls_record record;

	return dtls_record_take(&datagram, &record);
}

bool
dtls_content_tells_side(struct bytes datagram, enum side *speaker)
{
	struct dtls_record record;
	uint8_t type;

	if (!dtls_record_take(&datagram, &record) || record.epoch != 0 ||
	    record.type != TLS_HANDSHAKE ||
	    !bytes_take_u8(&record.fragment, &type))
		return false;
	*speaker = type == TLS_CLIENT_HELLO ? SIDE_CLIENT : SIDE_SERVER;
	return type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO ||
	       type == TLS_HELLO_VERIFY_REQUEST;
}

static void
agree(struct conversation *facts, const struct dtls_record *record)
{
	struct bytes in = record->fragment;
	struct tls_handshake message;
	struct tls_hello hello;

	if (record->type != TLS_HANDSHAKE || record->epoch != 0 ||
	    !dtls_handshake_take(&in, &message) ||
	    message.type != TLS_SERVER_HELLO ||
	    !tls_server_hello_read(message.body, &hello))
		return;
	facts->tls_version = hello.version;
	facts->tls_suite = hello.suite;
}

static void
read_record(const struct reading *r, const struct dtls_record *record)
{
	struct conversation *facts = &r->connection->facts;
	const struct tls_record as_tls = {
	    .type = record->type,
	    .legacy_version = record->version,
	    .fragment = record->fragment,
	    .whole = record->whole,
	};

	agree(facts, record);
	reading_found(r, &(struct finding){.kind = FOUND_RECORD,
			     .record = &as_tls,
			     .dtls = record,
			     .number = ++facts->records[r->side],
			     .encrypted = record->epoch > 0,
			     .bytes = record->whole});
}

void
dtls_content_read(const struct reading *r)
{
	struct conversation *facts = &r->connection->facts;
	struct bytes in = r->segment->payload;
	struct dtls_record record;

	facts->content = CONTENT_DTLS;
	reading_found(r, &(struct finding){.kind = FOUND_SEGMENT,
			     .number = ++facts->segments[r->side],
			     .bytes = r->segment->frame});
	while (dtls_record_take(&in, &record))
		read_record(r, &record);
}
