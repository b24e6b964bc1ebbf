/* SPDX-License-Identifier: MIT */
/*
 * The reader of HTTP/1.1 messages.  A head passes four judges, each of which
 * knows less than the one after it, so every refusal has its name whatever the
 * version of llhttp:
 *
 *	http_lines -> http_head_read -> http_policy_check -> http_framing
 *
 * Then http_framing alone decodes the content and finds its end.
 */
#include "http_message.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include "http_framing.h"
#include "http_head.h"
#include "http_lines.h"

enum reader_state {
	READER_IN_HEAD,
	READER_IN_CONTENT,
	READER_AT_END,
	READER_REFUSED,
};

struct http_reader {
	enum reader_state state;
	enum http_verdict refusal;
	bool answers_head;
	bool skipped_blank;
	bool expectation_taken;
	struct http_lines lines;
	struct buffer head;
	struct buffer content;
	struct http_framing *framing;
	struct http_message message;
};

static void
begin(struct http_reader *r)
{
	r->state = READER_IN_HEAD;
	r->skipped_blank = r->expectation_taken = false;
	r->lines = (struct http_lines){0};
	r->message = (struct http_message){
	    .kind = r->message.kind, .secure = r->message.secure};
	buffer_reset(&r->head);
	buffer_reset(&r->content);
}

struct http_reader *
http_reader_new(enum http_kind kind)
{
	struct http_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		err(EX_SOFTWARE, "http");
	r->message.kind = kind;
	r->framing = http_framing_new(kind == HTTP_REQUEST);
	begin(r);
	return r;
}

void
http_reader_free(struct http_reader *r)
{
	if (r == NULL)
		return;
	http_framing_free(r->framing);
	buffer_clear(&r->head);
	buffer_clear(&r->content);
	free(r);
}

void
http_reader_no_content(struct http_reader *r)
{
	r->answers_head = true;
}

void
http_reader_secure(struct http_reader *r)
{
	r->message.secure = true;
}

bool
http_reader_take_expectation(struct http_reader *r)
{
	const struct http_field *expect =
	    http_field(&r->message, "Expect", NULL);

	if (r->state != READER_IN_CONTENT || r->expectation_taken ||
	    r->message.kind != HTTP_REQUEST || expect == NULL ||
	    !bytes_equal_text_nocase(expect->value, "100-continue") ||
	    buffer_bytes(&r->content).left > 0)
		return false;
	r->expectation_taken = true;
	return true;
}

static enum http_verdict
refuse(struct http_reader *r, enum http_verdict verdict)
{
	r->state = READER_REFUSED;
	r->refusal = verdict;
	return verdict;
}

/* The line discipline over one more byte of the head. */
static enum http_verdict
next_of_head(struct http_reader *r, uint8_t c)
{
	switch (http_lines_next(&r->lines, c)) {
	case HTTP_LINES_GO_ON:
		return HTTP_PARTIAL;
	case HTTP_LINES_BLANK:
		return HTTP_COMPLETE;
	case HTTP_LINES_FOLDED:
		return r->lines.number == 0 ? HTTP_MALFORMED
					    : HTTP_FIELD_FOLDED;
	case HTTP_LINES_BAD_OCTET:
		return r->lines.number == 0 ? HTTP_MALFORMED
					    : HTTP_FIELD_BAD_OCTET;
	}
	return HTTP_MALFORMED;
}

/* Moves the head from *in to storage; COMPLETE once its empty line is there. */
static enum http_verdict
take_head(struct http_reader *r, struct bytes *in)
{
	enum http_verdict verdict = HTTP_PARTIAL;
	struct bytes rest = *in, taken;
	size_t held = buffer_bytes(&r->head).left;
	uint8_t c;

	while (verdict == HTTP_PARTIAL && bytes_take_u8(&rest, &c)) {
		verdict = next_of_head(r, c);
		if (held + in->left - rest.left > HTTP_HEAD_MAX)
			return HTTP_HEAD_TOO_LARGE;
	}
	bytes_take(in, in->left - rest.left, &taken);
	buffer_add_bytes(&r->head, taken);
	return verdict;
}

static bool
is_bodiless(const struct http_reader *r)
{
	int status = r->message.status;

	return r->message.kind == HTTP_RESPONSE &&
	       (r->answers_head || status / 100 == 1 || status == 204 ||
		   status == 304);
}

/* The message has ended; an interim response only makes room for the next. */
static enum http_verdict
end(struct http_reader *r, const struct http_message **message)
{
	if (r->message.status / 100 == 1) {
		begin(r);
		return HTTP_PARTIAL;
	}
	r->state = READER_AT_END;
	r->answers_head = false;
	r->message.content = buffer_bytes(&r->content);
	r->message.keep_alive = http_framing_keep_alive(r->framing);
	*message = &r->message;
	return HTTP_COMPLETE;
}

static enum http_verdict
feed_framing(struct http_reader *r, struct bytes *in,
    const struct http_message **message)
{
	switch (http_framing_feed(r->framing, in)) {
	case HTTP_FRAMING_MORE:
		r->state = READER_IN_CONTENT;
		return HTTP_PARTIAL;
	case HTTP_FRAMING_ENDED:
		return end(r, message);
	case HTTP_FRAMING_BROKEN:
		return HTTP_MALFORMED;
	case HTTP_FRAMING_TOO_LARGE:
		return HTTP_CONTENT_TOO_LARGE;
	case HTTP_FRAMING_UPGRADE:
		return HTTP_UPGRADE_UNSUPPORTED;
	}
	return HTTP_MALFORMED;
}

static enum http_verdict
feed_head(struct http_reader *r, struct bytes *in,
    const struct http_message **message)
{
	enum http_verdict verdict = take_head(r, in);
	struct bytes head = buffer_bytes(&r->head);

	if (verdict != HTTP_COMPLETE)
		return verdict;
	/* RFC 9112 section 2.2: one empty line before a request is ignored. */
	if (head.left == 2 && r->message.kind == HTTP_REQUEST &&
	    !r->skipped_blank) {
		begin(r);
		r->skipped_blank = true;
		return HTTP_PARTIAL;
	}
	if ((verdict = http_head_read(head, &r->message)) != HTTP_COMPLETE ||
	    (verdict = http_policy_check(&r->message)) != HTTP_COMPLETE)
		return verdict;
	if (r->message.status == 101)
		return HTTP_UPGRADE_UNSUPPORTED;
	http_framing_begin(
	    r->framing, is_bodiless(r), &r->content, HTTP_CONTENT_MAX);
	return feed_framing(r, &head, message);
}

enum http_verdict
http_reader_feed(struct http_reader *r, struct bytes *in,
    const struct http_message **message)
{
	enum http_verdict verdict = HTTP_PARTIAL;

	if (r->state == READER_REFUSED)
		return r->refusal;
	if (r->state == READER_AT_END)
		begin(r);
	while (verdict == HTTP_PARTIAL && in->left > 0)
		verdict = r->state == READER_IN_HEAD
			      ? feed_head(r, in, message)
			      : feed_framing(r, in, message);
	if (verdict != HTTP_PARTIAL && verdict != HTTP_COMPLETE)
		return refuse(r, verdict);
	return verdict;
}

enum http_verdict
http_reader_end(struct http_reader *r, const struct http_message **message)
{
	switch (r->state) {
	case READER_IN_HEAD:
		return buffer_bytes(&r->head).left == 0
			   ? HTTP_PARTIAL
			   : refuse(r, HTTP_MALFORMED);
	case READER_IN_CONTENT:
		return http_framing_end(r->framing) == HTTP_FRAMING_ENDED
			   ? end(r, message)
			   : refuse(r, HTTP_MALFORMED);
	case READER_AT_END:
		return HTTP_PARTIAL;
	case READER_REFUSED:
		break;
	}
	return r->refusal;
}

const struct http_field *
http_field(const struct http_message *m, const char *name, size_t *count)
{
	const struct http_field *first = NULL;
	size_t found = 0;

	for (size_t i = 0; i < m->field_count; i++) {
		if (!bytes_equal_text_nocase(m->fields[i].name, name))
			continue;
		if (found++ == 0)
			first = &m->fields[i];
	}
	if (count != NULL)
		*count = found;
	return first;
}

bool
http_only_field(
    const struct http_message *m, const char *name, struct bytes *value)
{
	size_t count;
	const struct http_field *field = http_field(m, name, &count);

	if (count != 1)
		return false;
	*value = field->value;
	return true;
}

struct bytes
http_path(const struct http_message *m)
{
	struct bytes rest = m->target, path;

	return bytes_take_until(&rest, '?', &path) ? path : m->target;
}

struct bytes
http_query(const struct http_message *m)
{
	struct bytes query = m->target, path;

	if (!bytes_take_until(&query, '?', &path))
		query.left = 0;
	return query;
}

void
http_request_fingerprint(
    const struct http_message *m, char into[FINGERPRINT_SIZE])
{
	static const char *const names[] = {"Signature-Input", "Signature"};
	const struct http_field *field;
	struct bytes parts[9];
	size_t n = 0;

	/* A NUL between the parts: no two requests give the same bytes. */
	parts[n++] = m->method;
	parts[n++] = (struct bytes){(const uint8_t *)"", 1};
	parts[n++] = m->target;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		field = http_field(m, names[i], NULL);
		parts[n++] = (struct bytes){(const uint8_t *)"", 1};
		if (field != NULL)
			parts[n++] = field->value;
	}
	parts[n++] = (struct bytes){(const uint8_t *)"", 1};
	parts[n++] = m->content;
	fingerprint(parts, n, into);
}
