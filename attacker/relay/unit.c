/* SPDX-License-Identifier: MIT */
/*
 * A TLS record says in five bytes how long it is, so those are put together and
 * the rest is counted.  Where an HTTP request ends only its reader knows.
 */
#include "unit.h"

const char *
unit_kind_name(enum unit_kind kind)
{
	switch (kind) {
	case UNIT_RECORD:
		return "record";
	case UNIT_REQUEST:
		return "request";
	}
	return "unknown";
}

void
unit_reader_init(struct unit_reader *r, enum side side)
{
	*r = (struct unit_reader){.side = side};
}

void
unit_reader_clear(struct unit_reader *r)
{
	http_reader_free(r->http);
	*r = (struct unit_reader){0};
}

/* The first byte tells: a record's type, or a method's first letter. */
static void
recognise(struct unit_reader *r, uint8_t first)
{
	if (first >= TLS_CHANGE_CIPHER_SPEC && first <= TLS_APPLICATION_DATA) {
		r->content = UNIT_CONTENT_TLS;
	} else if (r->side == SIDE_CLIENT && first >= 'A' && first <= 'Z') {
		r->content = UNIT_CONTENT_HTTP;
		r->http = http_reader_new(HTTP_REQUEST);
	} else {
		r->content = UNIT_CONTENT_OTHER;
	}
}

static void
begin(struct unit_reader *r, enum unit_kind kind, struct unit_piece *piece)
{
	piece->is_unit = true;
	piece->kind = kind;
	piece->begins = !r->inside;
	if (!r->inside)
		r->number++;
	r->inside = true;
	piece->number = r->number;
}

static void
end(struct unit_reader *r, struct unit_piece *piece)
{
	piece->ends = true;
	r->inside = false;
}

/* From here on there are no units: all of it is one piece. */
static void
give_up(struct unit_reader *r, struct bytes *in, struct unit_piece *piece)
{
	*piece = (struct unit_piece){.broken = r->inside};
	r->content = UNIT_CONTENT_OTHER;
	r->inside = false;
	(void)bytes_take(in, in->left, &piece->bytes);
}

/* The next byte of the header; false: it is none. */
static bool
take_header_byte(struct unit_reader *r, uint8_t byte)
{
	struct bytes in = {r->header, ++r->header_length};
	struct tls_record record;
	uint16_t length;

	r->header[r->header_length - 1] = byte;
	if (tls_record_take(&in, &record) == TLS_RECORD_NOT_TLS)
		return false;
	in = (struct bytes){r->header, r->header_length};
	if (bytes_skip(&in, 3) && bytes_take_u16(&in, &length))
		r->fragment_left = length;
	return true;
}

static void
take_record(struct unit_reader *r, struct bytes *in, struct unit_piece *piece)
{
	struct bytes rest = *in;
	uint8_t byte;

	if (!r->inside)
		r->header_length = 0;
	while (r->header_length < TLS_RECORD_HEADER_SIZE &&
	       bytes_take_u8(&rest, &byte))
		if (!take_header_byte(r, byte)) {
			give_up(r, in, piece);
			return;
		}
	if (r->header_length == TLS_RECORD_HEADER_SIZE) {
		size_t n =
		    rest.left < r->fragment_left ? rest.left : r->fragment_left;

		(void)bytes_skip(&rest, n);
		r->fragment_left -= n;
	}
	begin(r, UNIT_RECORD, piece);
	(void)bytes_take(in, in->left - rest.left, &piece->bytes);
	if (r->header_length == TLS_RECORD_HEADER_SIZE && r->fragment_left == 0)
		end(r, piece);
}

static void
take_request(struct unit_reader *r, struct bytes *in, struct unit_piece *piece)
{
	const struct http_message *message;
	struct bytes rest = *in;
	enum http_verdict verdict = http_reader_feed(r->http, &rest, &message);

	if (verdict != HTTP_COMPLETE && verdict != HTTP_PARTIAL) {
		give_up(r, in, piece);
		return;
	}
	begin(r, UNIT_REQUEST, piece);
	(void)bytes_take(in, in->left - rest.left, &piece->bytes);
	if (verdict == HTTP_COMPLETE)
		end(r, piece);
}

bool
unit_take(struct unit_reader *r, struct bytes *in, struct unit_piece *piece)
{
	if (in->left == 0)
		return false;
	*piece = (struct unit_piece){0};
	if (r->content == UNIT_CONTENT_UNKNOWN)
		recognise(r, in->at[0]);
	switch (r->content) {
	case UNIT_CONTENT_TLS:
		take_record(r, in, piece);
		break;
	case UNIT_CONTENT_HTTP:
		take_request(r, in, piece);
		break;
	case UNIT_CONTENT_UNKNOWN:
	case UNIT_CONTENT_OTHER:
		give_up(r, in, piece);
		break;
	}
	return true;
}
