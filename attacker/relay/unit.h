/* SPDX-License-Identifier: MIT */
#ifndef UNIT_H
#define UNIT_H

#include "http_message.h"
#include "reassemble/conversation.h"
#include "tls_record.h"

/*
 * A unit is what a rule speaks of: a TLS record or an HTTP request.  The reader
 * cuts one side's stream into units, and hands out each byte at once, with
 * the number of the unit it belongs to: what no rule speaks of need not wait
 * until it is whole.
 *
 *	unit_reader_init -> unit_take ... -> unit_reader_clear
 *
 * Whatever the pieces the stream comes in, the units are the same.  All pure.
 */
enum unit_kind { UNIT_RECORD, UNIT_REQUEST };
const char *unit_kind_name(enum unit_kind kind); /* "record", "request" */

enum unit_content {
	UNIT_CONTENT_UNKNOWN, /* nothing said yet */
	UNIT_CONTENT_TLS,
	UNIT_CONTENT_HTTP,
	UNIT_CONTENT_OTHER, /* no units, or none any more */
};

struct unit_reader {
	enum side side;
	enum unit_content content;
	uint64_t number; /* of the present unit or the last, from 1 */
	bool inside;     /* of a unit that has begun */
	uint8_t header[TLS_RECORD_HEADER_SIZE];
	size_t header_length;
	size_t fragment_left;
	struct http_reader *http;
};

/* Some bytes of one unit, borrowed from what was taken. */
struct unit_piece {
	struct bytes bytes;
	bool is_unit;      /* false: belongs to no unit */
	bool begins, ends; /* the unit's first bytes, its last */
	bool broken;       /* the unit begun before turned out to be none */
	enum unit_kind kind;
	uint64_t number; /* within this side of the conversation */
};

void unit_reader_init(struct unit_reader *r, enum side side);
void unit_reader_clear(struct unit_reader *r);

/* False: *in is empty.  Else *piece has at least one byte of it. */
bool unit_take(
    struct unit_reader *r, struct bytes *in, struct unit_piece *piece);

#endif
