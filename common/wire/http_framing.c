/* SPDX-License-Identifier: MIT */
/*
 * llhttp behind our own words.  Everything it does not hand over as content is
 * framing (chunk sizes, extensions, trailer fields), and framing is held to the
 * same line discipline as the head, since llhttp is laxer than RFC 9112 in some
 * versions.  Trailer fields are dropped (RFC 9112 section 7.1.2).
 */
#include "http_framing.h"

#include <err.h>
#include <llhttp.h>
#include <stdlib.h>
#include <sysexits.h>

#include "http_lines.h"

/* Chunks of one byte take six; what takes more than this is an attack. */
#define WIRE_PER_CONTENT 8

struct http_framing {
	llhttp_t parser;
	llhttp_settings_t settings;
	bool requests;
	bool bodiless;
	bool in_head;
	bool ended;
	bool too_large;
	struct buffer *content; /* borrowed */
	size_t most;
	size_t wire_left;       /* bytes the content may still take coded */
	struct bytes unchecked; /* of the window now in llhttp */
	struct http_lines lines;
};

static int
headers_complete(llhttp_t *parser)
{
	struct http_framing *f = parser->data;

	return f->bodiless ? 1 : 0;
}

/* Framing of n bytes is next in f->unchecked. */
static bool
check_lines(struct http_framing *f, size_t n)
{
	struct bytes framing;
	uint8_t c;

	if (!bytes_take(&f->unchecked, n, &framing))
		return false;
	while (bytes_take_u8(&framing, &c)) {
		switch (http_lines_next(&f->lines, c)) {
		case HTTP_LINES_GO_ON:
		case HTTP_LINES_BLANK:
			break;
		case HTTP_LINES_FOLDED:
		case HTTP_LINES_BAD_OCTET:
			return false;
		}
	}
	return true;
}

static int
body(llhttp_t *parser, const char *at, size_t length)
{
	struct http_framing *f = parser->data;

	if (!check_lines(f, (size_t)((const uint8_t *)at - f->unchecked.at)))
		return -1;
	bytes_skip(&f->unchecked, length);
	if (length > f->most - buffer_bytes(f->content).left) {
		f->too_large = true;
		return -1;
	}
	buffer_add(f->content, at, length);
	return 0;
}

static int
message_complete(llhttp_t *parser)
{
	struct http_framing *f = parser->data;

	f->ended = true;
	return HPE_PAUSED;
}

struct http_framing *
http_framing_new(bool requests)
{
	struct http_framing *f = calloc(1, sizeof(*f));

	if (f == NULL)
		err(EX_SOFTWARE, "http");
	f->requests = requests;
	llhttp_settings_init(&f->settings);
	f->settings.on_headers_complete = headers_complete;
	f->settings.on_body = body;
	f->settings.on_message_complete = message_complete;
	return f;
}

void
http_framing_free(struct http_framing *f)
{
	free(f);
}

void
http_framing_begin(
    struct http_framing *f, bool bodiless, struct buffer *content, size_t most)
{
	llhttp_init(&f->parser, f->requests ? HTTP_REQUEST : HTTP_RESPONSE,
	    &f->settings);
	f->parser.data = f;
	f->bodiless = bodiless;
	f->in_head = true;
	f->ended = f->too_large = false;
	f->content = content;
	f->most = most;
	f->wire_left = most * WIRE_PER_CONTENT;
	f->lines = (struct http_lines){0};
}

/* How many bytes of the window llhttp went over before it stopped. */
static size_t
consumed(const struct http_framing *f, struct bytes window)
{
	const char *stop = llhttp_get_error_pos(&f->parser);

	if (stop == NULL)
		return 0;
	return (size_t)((const uint8_t *)stop - window.at);
}

static enum http_framing_verdict
stopped(struct http_framing *f, struct bytes window, struct bytes *in)
{
	size_t n = consumed(f, window);
	size_t checked = window.left - f->unchecked.left;
	bool in_head = f->in_head;

	f->in_head = false;
	if (f->too_large)
		return HTTP_FRAMING_TOO_LARGE;
	if (!f->ended || n > window.left || n < checked)
		return HTTP_FRAMING_BROKEN;
	if (llhttp_get_upgrade(&f->parser))
		return HTTP_FRAMING_UPGRADE;
	if (!in_head && !check_lines(f, n - checked))
		return HTTP_FRAMING_BROKEN;
	bytes_skip(in, n);
	return HTTP_FRAMING_ENDED;
}

/* The head comes first and whole, then the content as it arrives. */
enum http_framing_verdict
http_framing_feed(struct http_framing *f, struct bytes *in)
{
	struct bytes window = *in;
	enum llhttp_errno error;

	if (!f->in_head && window.left > f->wire_left)
		window.left = f->wire_left;
	if (window.left == 0)
		return in->left == 0 ? HTTP_FRAMING_MORE
				     : HTTP_FRAMING_TOO_LARGE;
	f->unchecked = window;
	error =
	    llhttp_execute(&f->parser, (const char *)window.at, window.left);
	if (error != HPE_OK)
		return stopped(f, window, in);
	if (!f->in_head) {
		if (!check_lines(f, f->unchecked.left))
			return HTTP_FRAMING_BROKEN;
		f->wire_left -= window.left;
	}
	f->in_head = false;
	bytes_skip(in, window.left);
	return in->left == 0 ? HTTP_FRAMING_MORE : HTTP_FRAMING_TOO_LARGE;
}

enum http_framing_verdict
http_framing_end(struct http_framing *f)
{
	llhttp_finish(&f->parser);
	return f->ended ? HTTP_FRAMING_ENDED : HTTP_FRAMING_BROKEN;
}

bool
http_framing_keep_alive(const struct http_framing *f)
{
	return llhttp_should_keep_alive(&f->parser) == 1;
}
