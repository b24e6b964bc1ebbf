/* SPDX-License-Identifier: MIT */
/*
 * A datagram as DTLS: records, each with its number, and nothing that goes on
 * from one datagram to the next.
 *
 * Of the handshake only the hello of the server is read, for what was agreed
 * on: its messages have a header of their own (RFC 6347 section 4.2.2).
 */
#include "connection.h"

bool
dtls_content_begins(struct bytes datagram)
{
	struct dtls_record record;

	return dtls_record_take(&datagram, &record);
}

/* A message whole in its record, behind type, length, number and fragment. */
static bool
take_message(struct bytes fragment, uint8_t *type, struct bytes *body)
{
	uint32_t length, offset, here;

	return bytes_take_u8(&fragment, type) &&
	       bytes_take_u24(&fragment, &length) && bytes_skip(&fragment, 2) &&
	       bytes_take_u24(&fragment, &offset) &&
	       bytes_take_u24(&fragment, &here) && offset == 0 &&
	       here == length && bytes_take(&fragment, length, body);
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
	struct tls_hello hello;
	struct bytes body;
	uint8_t type;

	if (record->type != TLS_HANDSHAKE || record->epoch != 0 ||
	    !take_message(record->fragment, &type, &body) ||
	    type != TLS_SERVER_HELLO || !tls_server_hello_read(body, &hello))
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
