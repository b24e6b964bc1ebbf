/* SPDX-License-Identifier: MIT */
/*
 * HTTP messages: the first byte says how the rest is cut into pieces.
 *
 * Properties: a stream gives the same messages and the same verdict whole and
 * in pieces; what was read and written again is read as the same message, and
 * writing that once more gives the same bytes.
 */
#include <stdlib.h>

#include "http_message.h"
#include "property.h"

#define CHECK(condition)                                                       \
	do                                                                     \
		if (!(condition))                                              \
			abort();                                               \
	while (0)

/* Reads one message of the text, and that must be all of it. */
static void
check_stable(const struct http_message *m)
{
	struct http_reader *r = http_reader_new(m->kind);
	struct buffer first = {0}, second = {0};
	const struct http_message *again = NULL;
	struct bytes in;

	http_write(&first, m);
	in = buffer_bytes(&first);
	/*
	 * Dropping hop-by-hop fields and adding a length keeps to the limits,
	 * but for a head that was full to the brim.
	 */
	if (in.left - m->content.left <= HTTP_HEAD_MAX &&
	    m->field_count < HTTP_FIELDS_MAX) {
		CHECK(http_reader_feed(r, &in, &again) == HTTP_COMPLETE);
		CHECK(in.left == 0);
		CHECK(bytes_equal(again->method, m->method));
		CHECK(bytes_equal(again->target, m->target));
		CHECK(again->status == m->status);
		http_write(&second, again);
		CHECK(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
	}
	buffer_clear(&first);
	buffer_clear(&second);
	http_reader_free(r);
}

/* A message and what a status without content leaves out. */
static void
note(struct buffer *notes, const struct http_message *m)
{
	buffer_add_bytes(notes, m->method);
	buffer_add_u8(notes, ' ');
	buffer_add_bytes(notes, m->target);
	buffer_printf(notes, " %d %d %d\n", m->status, m->minor, m->keep_alive);
	for (size_t i = 0; i < m->field_count; i++) {
		buffer_add_bytes(notes, m->fields[i].name);
		buffer_add_u8(notes, '=');
		buffer_add_bytes(notes, m->fields[i].value);
		buffer_add_u8(notes, '\n');
	}
	buffer_add_bytes(notes, m->content);
	CHECK(is_inside(http_path(m), m->target));
	CHECK(is_inside(http_query(m), m->target));
	CHECK(m->content.left <= HTTP_CONTENT_MAX);
}

/* All messages of a stream in pieces, into notes that can be compared. */
static void
read_all(enum http_kind kind, struct bytes stream, size_t piece,
    struct buffer *notes)
{
	struct http_reader *r = http_reader_new(kind);
	enum http_verdict verdict = HTTP_PARTIAL;
	const struct http_message *m;
	struct bytes in = {0};

	while (stream.left > 0 || in.left > 0) {
		size_t before = in.left;

		if (in.left == 0)
			bytes_take(&stream,
			    piece < stream.left ? piece : stream.left, &in);
		verdict = http_reader_feed(r, &in, &m);
		if (verdict == HTTP_PARTIAL)
			CHECK(in.left == 0);
		else if (verdict != HTTP_COMPLETE)
			break;
		else
			CHECK(before == 0 || in.left < before);
		if (verdict == HTTP_COMPLETE) {
			note(notes, m);
			check_stable(m);
		}
	}
	buffer_printf(notes, "%s\n", http_verdict_name(verdict));
	if ((verdict = http_reader_end(r, &m)) == HTTP_COMPLETE) {
		note(notes, m);
		check_stable(m);
	}
	buffer_printf(notes, "%s\n", http_verdict_name(verdict));
	http_reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes stream = {data, size};
	uint8_t piece;

	if (!bytes_take_u8(&stream, &piece))
		return 0;
	for (int kind = HTTP_REQUEST; kind <= HTTP_RESPONSE; kind++) {
		struct buffer whole = {0}, pieces = {0};

		read_all(kind, stream, SIZE_MAX, &whole);
		read_all(kind, stream, (size_t)piece % 32 + 1, &pieces);
		CHECK(bytes_equal(buffer_bytes(&whole), buffer_bytes(&pieces)));
		buffer_clear(&whole);
		buffer_clear(&pieces);
	}
	return 0;
}
