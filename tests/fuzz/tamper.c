/* SPDX-License-Identifier: MIT */
/*
 * Tampering: the input is one byte that chooses the edits, then a request.
 *
 * Property: if it can be done the outcome is one request again, in which what
 * was asked for is as asked, and everything else as it was.
 */
#include <string.h>

#include "property.h"
#include "tamper/edit.h"

enum { METHOD = 1, PATH = 2, HOST = 4, SET = 8, NONCE = 16, CONTENT = 32 };

static bool
may_differ(const struct http_field *field, uint8_t asked)
{
	static const struct {
		const char *name;
		uint8_t by;
	} rows[] = {
	    {"Host", HOST},
	    {"X-Set", SET},
	    {"Signature-Input", NONCE},
	    {"Request-Nonce", NONCE},
	    {"Content-Length", CONTENT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (bytes_equal_text_nocase(field->name, rows[i].name))
			return asked & rows[i].by;
	return false;
}

/* The i-th field, of those that must not differ, from *at on. */
static const struct http_field *
next_kept(const struct http_message *m, uint8_t asked, size_t *at)
{
	while (*at < m->field_count) {
		const struct http_field *field = &m->fields[(*at)++];

		if (!may_differ(field, asked))
			return field;
	}
	return NULL;
}

static void
check_fields(const struct http_message *before,
    const struct http_message *after, uint8_t asked)
{
	const struct http_field *a, *b;
	size_t i = 0, k = 0;

	do {
		a = next_kept(before, asked, &i);
		b = next_kept(after, asked, &k);
		check((a == NULL) == (b == NULL));
		check(a == NULL || (bytes_equal(a->name, b->name) &&
				       bytes_equal(a->value, b->value)));
	} while (a != NULL);
}

static void
check_edited(const struct http_message *before, struct bytes wire,
    const struct edits *edits, uint8_t asked)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *after;
	const struct http_field *set;

	check(http_reader_feed(reader, &wire, &after) == HTTP_COMPLETE);
	check(wire.left == 0);
	check(asked & METHOD ? bytes_equal_text(after->method, edits->method)
			     : bytes_equal(after->method, before->method));
	check(asked & PATH
		  ? bytes_equal_text(http_path(after), edits->path) &&
			bytes_equal(http_query(after), http_query(before))
		  : bytes_equal(after->target, before->target));
	check(asked & CONTENT ? bytes_equal_text(after->content, edits->content)
			      : bytes_equal(after->content, before->content));
	set = http_field(after, "X-Set", NULL);
	check(!(asked & SET) ||
	      (set != NULL && bytes_equal_text(set->value, "here")));
	check_fields(before, after, asked);
	http_reader_free(reader);
}

static struct edits
chosen(uint8_t asked)
{
	struct edits edits = {0};

	edits.method = asked & METHOD ? "PATCH" : NULL;
	edits.path = asked & PATH ? "/else" : NULL;
	edits.host = asked & HOST ? "other" : NULL;
	edits.nonce = asked & NONCE ? "fresh" : NULL;
	edits.content = asked & CONTENT ? "{}" : NULL;
	if (asked & SET)
		edits.set.item[edits.set.count++] = "X-Set=here";
	return edits;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	struct bytes in = {data, size};
	const struct http_message *message;
	struct buffer out = {0};
	struct edits edits;
	const char *word;
	uint8_t asked;

	if (bytes_take_u8(&in, &asked) &&
	    http_reader_feed(reader, &in, &message) == HTTP_COMPLETE &&
	    /* What came in chunks goes out in one piece. */
	    http_field(message, "Transfer-Encoding", NULL) == NULL) {
		edits = chosen(asked);
		if (edit_request(message, &edits, &out, &word) == EDIT_DONE)
			check_edited(
			    message, buffer_bytes(&out), &edits, asked);
		else
			check(buffer_bytes(&out).left == 0);
	}
	buffer_clear(&out);
	http_reader_free(reader);
	return 0;
}
