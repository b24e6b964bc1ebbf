/* SPDX-License-Identifier: MIT */
/* A side's stream as HTTP/1.1: the client's requests, the server's answers. */
#include "connection.h"

/* Chunked coding may need more than the limits of a message; not this much. */
#define RAW_MAX (1 << 20)

static const char *const methods[] = {"GET ", "POST ", "PUT ", "HEAD ",
    "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE "};

/* Do the bytes begin with the text, as far as they go? */
static bool
begins_with(struct bytes first, const char *text)
{
	struct bytes wanted = bytes_of(text), start, wanted_start;
	size_t n = first.left < wanted.left ? first.left : wanted.left;

	return n > 0 && bytes_take(&first, n, &start) &&
	       bytes_take(&wanted, n, &wanted_start) &&
	       bytes_equal(start, wanted_start);
}

static bool
is_request(struct bytes first)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (begins_with(first, methods[i]))
			return true;
	return false;
}

bool
http_content_begins(struct bytes first)
{
	return is_request(first) || begins_with(first, "HTTP/1.");
}

bool
content_tells_side(struct bytes first, enum side *speaker)
{
	struct tls_handshake message;
	struct tls_record record;
	struct bytes fragment;

	if (first.left > 1 && http_content_begins(first)) {
		*speaker = is_request(first) ? SIDE_CLIENT : SIDE_SERVER;
		return true;
	}
	if (tls_record_take(&first, &record) != TLS_RECORD_COMPLETE ||
	    record.type != TLS_HANDSHAKE)
		return false;
	fragment = record.fragment;
	if (tls_handshake_take(&fragment, &message) != TLS_HANDSHAKE_COMPLETE)
		return false;
	*speaker = message.type == TLS_CLIENT_HELLO ? SIDE_CLIENT : SIDE_SERVER;
	return message.type == TLS_CLIENT_HELLO ||
	       message.type == TLS_SERVER_HELLO;
}

static void
found_message(const struct reading *r, const struct http_message *message)
{
	struct half *half = reading_half(r);
	bool request = r->side == SIDE_CLIENT;

	if (request)
		r->connection->facts.requests++;
	reading_found(r,
	    &(struct finding){.kind = request ? FOUND_REQUEST : FOUND_RESPONSE,
		.number = request ? reading_next_request(r) : 0,
		.message = message,
		.bytes = buffer_bytes(&half->http_raw)});
	buffer_reset(&half->http_raw);
}

static void
found_unreadable(const struct reading *r, enum http_verdict verdict)
{
	reading_half(r)->unreadable = true;
	reading_found(r, &(struct finding){.kind = FOUND_UNREADABLE,
			     .reason = http_verdict_name(verdict),
			     .http = verdict});
}

void
http_content_read(const struct reading *r, struct bytes *in)
{
	struct half *half = reading_half(r);
	const struct http_message *message;
	enum http_verdict verdict;
	struct bytes before, used;

	if (half->http == NULL)
		half->http = http_reader_new(
		    r->side == SIDE_CLIENT ? HTTP_REQUEST : HTTP_RESPONSE);
	while (in->left > 0) {
		before = *in;
		verdict = http_reader_feed(half->http, in, &message);
		if (bytes_take(&before, before.left - in->left, &used))
			buffer_add_bytes(&half->http_raw, used);
		if (verdict == HTTP_COMPLETE) {
			found_message(r, message);
			continue;
		}
		if (verdict == HTTP_PARTIAL &&
		    buffer_bytes(&half->http_raw).left > RAW_MAX)
			verdict = HTTP_CONTENT_TOO_LARGE;
		if (verdict != HTTP_PARTIAL)
			found_unreadable(r, verdict);
		return;
	}
}

void
http_content_end(const struct reading *r)
{
	struct half *half = reading_half(r);
	const struct http_message *message;

	if (half->http == NULL || half->unreadable ||
	    buffer_bytes(&half->http_raw).left == 0)
		return;
	if (http_reader_end(half->http, &message) == HTTP_COMPLETE)
		found_message(r, message);
}
