/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 messages: what is read, and every refusal by its name. */
#include "http_message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define START "POST /t HTTP/1.1\r\nHost: a\r\n"
#define BEFORE "POST /t HTTP/1.1\r\n"

static void
assert_bytes(struct bytes bytes, const char *text)
{
	assert_int_equal(bytes.left, strlen(text));
	assert_memory_equal(bytes.at, text, bytes.left);
}

/* The verdict on a whole stream, fed in pieces of that size. */
static enum http_verdict
judge(enum http_kind kind, struct bytes in, size_t piece)
{
	struct http_reader *r = http_reader_new(kind);
	const struct http_message *m = NULL;
	enum http_verdict verdict = HTTP_PARTIAL;
	struct bytes part;

	while (verdict == HTTP_PARTIAL && in.left > 0) {
		assert_true(
		    bytes_take(&in, piece < in.left ? piece : in.left, &part));
		verdict = http_reader_feed(r, &part, &m);
	}
	http_reader_free(r);
	return verdict;
}

static void
check(enum http_kind kind, const char *text, size_t length,
    enum http_verdict expected)
{
	struct bytes in = {(const uint8_t *)text, length};

	for (size_t piece = 1; piece <= length; piece++) {
		enum http_verdict verdict = judge(kind, in, piece);

		if (verdict != expected)
			fail_msg("%s instead of %s, pieces of %zu: %s",
			    http_verdict_name(verdict),
			    http_verdict_name(expected), piece, text);
	}
}

/* Ways to make two readers disagree about where a request ends. */
static const struct {
	const char *text;
	size_t length;
	enum http_verdict verdict;
} smuggled[] = {
#define CASE(text, verdict)                                                    \
	{                                                                      \
		text, sizeof(text) - 1, verdict                                \
	}
    /* Content-Length against Transfer-Encoding. */
    CASE(START "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
	       "0\r\n\r\n",
	HTTP_LENGTH_AND_CODING),
    CASE(START "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
	       "0\r\n\r\n",
	HTTP_LENGTH_AND_CODING),
    CASE(START "transfer-encoding: identity\r\nContent-Length: 1\r\n\r\nx",
	HTTP_LENGTH_AND_CODING),
    CASE(START "Transfer-Encoding:\r\nContent-Length: 1\r\n\r\nx",
	HTTP_LENGTH_AND_CODING),
    /* Several lengths. */
    CASE(START "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
	HTTP_LENGTH_REPEATED),
    CASE(START "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	HTTP_LENGTH_REPEATED),
    CASE(START "Content-Length: 1, 1\r\n\r\nx", HTTP_LENGTH_REPEATED),
    CASE(START "Content-Length: 1,2\r\n\r\nx", HTTP_LENGTH_REPEATED),
    /* Lengths that are none. */
    CASE(START "Content-Length: +1\r\n\r\nx", HTTP_MALFORMED),
    CASE(START "Content-Length: -1\r\n\r\nx", HTTP_MALFORMED),
    CASE(START "Content-Length: 0x1\r\n\r\nx", HTTP_MALFORMED),
    CASE(START "Content-Length: 1 1\r\n\r\nx", HTTP_MALFORMED),
    CASE(START "Content-Length:\r\n\r\n", HTTP_MALFORMED),
    CASE(START "Content-Length: 1e0\r\n\r\nx", HTTP_MALFORMED),
    CASE(START "Content-Length: 18446744073709551617\r\n\r\nx",
	HTTP_CONTENT_TOO_LARGE),
    /* Codings. */
    CASE(START "Transfer-Encoding: xchunked\r\n\r\n", HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: gzip, chunked\r\n\r\n", HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: chunked, identity\r\n\r\n",
	HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
	       "\r\n\r\n",
	HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: identity\r\n\r\n", HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: \"chunked\"\r\n\r\n", HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: chunked;q=1\r\n\r\n", HTTP_CODING_UNKNOWN),
    CASE(START "Transfer-Encoding: \x0b"
	       "chunked\r\n\r\n",
	HTTP_FIELD_BAD_OCTET),
    /* Names that are none. */
    CASE(START "Transfer-Encoding : chunked\r\n\r\n", HTTP_MALFORMED),
    CASE(START "Content-Length\t: 1\r\n\r\nx", HTTP_MALFORMED),
    CASE(START "Transfer\x80-Encoding: chunked\r\n\r\n", HTTP_MALFORMED),
    CASE(START ": 1\r\n\r\n", HTTP_MALFORMED),
    CASE(START "Content-Length 1\r\n\r\n", HTTP_MALFORMED),
    /* Line ends. */
    CASE(START "A: b\r\n Content-Length: 1\r\n\r\nx", HTTP_FIELD_FOLDED),
    CASE(START "Transfer-Encoding:\r\n\tchunked\r\n\r\n", HTTP_FIELD_FOLDED),
    CASE(BEFORE " Host: a\r\n\r\n", HTTP_FIELD_FOLDED),
    CASE(START "A: b\nContent-Length: 1\r\n\r\nx", HTTP_FIELD_BAD_OCTET),
    CASE(START "A: b\rContent-Length: 1\r\n\r\nx", HTTP_FIELD_BAD_OCTET),
    CASE(START "A: b\0c\r\n\r\n", HTTP_FIELD_BAD_OCTET),
    CASE(START "A: b\x7f\r\n\r\n", HTTP_FIELD_BAD_OCTET),
    CASE(START "A: b\r\n\n", HTTP_FIELD_BAD_OCTET),
    CASE(START "A: b\r\n\rX", HTTP_FIELD_BAD_OCTET),
    CASE("GET / HTTP/1.1\nHost: a\n\n", HTTP_MALFORMED),
    CASE("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    /* Hosts. */
    CASE("GET / HTTP/1.1\r\n\r\n", HTTP_HOST_MISSING),
    CASE("GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_HOST_MISSING),
    CASE("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", HTTP_HOST_REPEATED),
    CASE("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", HTTP_HOST_REPEATED),
    CASE("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HTTP_MALFORMED),
    CASE("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", HTTP_MALFORMED),
    /* Start lines. */
    CASE("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_TARGET_UNSUPPORTED),
    CASE("CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_TARGET_UNSUPPORTED),
    CASE("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_TARGET_UNSUPPORTED),
    CASE("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_TARGET_UNSUPPORTED),
    CASE("GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_TARGET_UNSUPPORTED),
    CASE("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("G{T / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET /\r\n\r\n", HTTP_MALFORMED),
    CASE("GET / http/1.1\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET / HTTP/1.10\r\nHost: a\r\n\r\n", HTTP_MALFORMED),
    CASE("GET / HTTP/1.0\r\nHost: a\r\n\r\n", HTTP_VERSION_UNSUPPORTED),
    CASE("GET / HTTP/1.2\r\nHost: a\r\n\r\n", HTTP_VERSION_UNSUPPORTED),
    CASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_VERSION_UNSUPPORTED),
    CASE(START "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
	HTTP_UPGRADE_UNSUPPORTED),
/* Chunks. */
#define CHUNKED START "Transfer-Encoding: chunked\r\n\r\n"
    CASE(CHUNKED "0x1\r\nx\r\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "+1\r\nx\r\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED " 1\r\nx\r\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "1\nx\r\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "1\r\nxy\r\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "1\r\nx0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "1;a\n\r\nx\r\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "1\r\nx\r\n0\r\n\nG", HTTP_MALFORMED),
    CASE(CHUNKED "1\r\nx\n0\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "g\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "-1\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "0\r\nA: b\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "0\r\nA: b\r\n c\r\n\r\n", HTTP_MALFORMED),
    CASE(CHUNKED "10000000000000001\r\n", HTTP_MALFORMED),
};

static void
every_smuggled_request_is_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(smuggled) / sizeof(smuggled[0]); i++)
		check(HTTP_REQUEST, smuggled[i].text, smuggled[i].length,
		    smuggled[i].verdict);
}

static void
every_broken_response_is_refused_by_name(void **state)
{
	static const struct {
		const char *text;
		enum http_verdict verdict;
	} broken[] = {
	    {"HTTP/1.1 20 OK\r\n\r\n", HTTP_MALFORMED},
	    {"HTTP/1.1 2000 OK\r\n\r\n", HTTP_MALFORMED},
	    {"HTTP/1.1 099 OK\r\n\r\n", HTTP_MALFORMED},
	    {"HTTP/1.1 600 OK\r\n\r\n", HTTP_MALFORMED},
	    {"HTTP/1.1  200 OK\r\n\r\n", HTTP_MALFORMED},
	    {"HTTP/2.0 200 OK\r\n\r\n", HTTP_VERSION_UNSUPPORTED},
	    {"\r\nHTTP/1.1 200 OK\r\n\r\n", HTTP_MALFORMED},
	    {"HTTP/1.1 101 Go\r\nUpgrade: h2c\r\n\r\n",
		HTTP_UPGRADE_UNSUPPORTED},
	    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		HTTP_CODING_UNKNOWN},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n",
		HTTP_LENGTH_AND_CODING},
	    {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", HTTP_FIELD_FOLDED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		check(HTTP_RESPONSE, broken[i].text, strlen(broken[i].text),
		    broken[i].verdict);
}

static void
every_verdict_has_a_name_and_a_status(void **state)
{
	(void)state;
	for (int v = HTTP_COMPLETE; v <= HTTP_CONTENT_TOO_LARGE; v++) {
		assert_string_not_equal(http_verdict_name(v), "unknown");
		assert_in_range(http_verdict_status(v), 400, 505);
	}
	assert_int_equal(http_verdict_status(HTTP_HEAD_TOO_LARGE), 431);
	assert_int_equal(http_verdict_status(HTTP_CONTENT_TOO_LARGE), 413);
}

static const char request[] = "POST /transfers?a=1&b HTTP/1.1\r\n"
			      "Host: gateway\r\n"
			      "X-Empty:\r\n"
			      "X-Padded: \t a b \t \r\n"
			      "Content-Length: 5\r\n"
			      "\r\n"
			      "hello";

static void
a_request_is_read_with_all_its_parts(void **state)
{
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	struct bytes in = bytes_of(request);
	const struct http_message *m;
	size_t count;

	(void)state;
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	assert_int_equal(in.left, 0);
	assert_bytes(m->method, "POST");
	assert_bytes(m->target, "/transfers?a=1&b");
	assert_bytes(http_path(m), "/transfers");
	assert_bytes(http_query(m), "a=1&b");
	assert_int_equal(m->field_count, 4);
	assert_bytes(http_field(m, "HOST", &count)->value, "gateway");
	assert_int_equal(count, 1);
	assert_bytes(http_field(m, "x-empty", NULL)->value, "");
	assert_bytes(http_field(m, "x-padded", NULL)->value, "a b");
	assert_null(http_field(m, "x", &count));
	assert_int_equal(count, 0);
	assert_bytes(m->content, "hello");
	assert_true(m->keep_alive);
	http_reader_free(r);
}

static void
every_shorter_prefix_is_partial_and_its_rest_completes_it(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(request) - 1; n++) {
		struct http_reader *r = http_reader_new(HTTP_REQUEST);
		struct bytes all = bytes_of(request), first;
		const struct http_message *m = NULL;

		assert_true(bytes_take(&all, n, &first));
		assert_int_equal(http_reader_feed(r, &first, &m), HTTP_PARTIAL);
		assert_int_equal(first.left, 0);
		assert_int_equal(http_reader_feed(r, &all, &m), HTTP_COMPLETE);
		assert_bytes(m->content, "hello");
		http_reader_free(r);
	}
}

static void
pipelined_requests_come_out_one_by_one(void **state)
{
	static const char stream[] =
	    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
	    "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy"
	    "\r\n"
	    "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "1\r\nx\r\n2;e=\"f\"\r\nyz\r\n0\r\nT: u\r\n\r\n"
	    "GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	static const struct {
		const char *target, *content;
		bool keep_alive;
	} expected[] = {{"/1", "", true}, {"/2", "xy", true},
	    {"/3", "xyz", true}, {"/4", "", false}};

	(void)state;
	for (size_t piece = 1; piece < sizeof(stream); piece++) {
		struct http_reader *r = http_reader_new(HTTP_REQUEST);
		struct bytes all = bytes_of(stream), in = {0};
		const struct http_message *m;
		size_t n = 0;

		while (all.left > 0 || in.left > 0) {
			if (in.left == 0)
				bytes_take(&all,
				    piece < all.left ? piece : all.left, &in);
			if (http_reader_feed(r, &in, &m) != HTTP_COMPLETE) {
				assert_int_equal(in.left, 0);
				continue;
			}
			assert_true(n < 4);
			assert_bytes(m->target, expected[n].target);
			assert_bytes(m->content, expected[n].content);
			assert_true(m->keep_alive == expected[n].keep_alive);
			n++;
		}
		assert_int_equal(n, 4);
		assert_int_equal(http_reader_end(r, &m), HTTP_PARTIAL);
		http_reader_free(r);
	}
}

static void
a_refusal_stays(void **state)
{
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	struct bytes bad = bytes_of("GET / HTTP/1.1\r\n\r\n");
	struct bytes good = bytes_of(request);
	const struct http_message *m;

	(void)state;
	assert_int_equal(http_reader_feed(r, &bad, &m), HTTP_HOST_MISSING);
	assert_int_equal(http_reader_feed(r, &good, &m), HTTP_HOST_MISSING);
	assert_int_equal(http_reader_end(r, &m), HTTP_HOST_MISSING);
	http_reader_free(r);
}

static void
a_peer_that_closes_inside_a_message_is_malformed(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(request) - 1; n++) {
		struct http_reader *r = http_reader_new(HTTP_REQUEST);
		struct bytes all = bytes_of(request), first;
		const struct http_message *m;

		bytes_take(&all, n, &first);
		(void)!http_reader_feed(r, &first, &m);
		assert_int_equal(http_reader_end(r, &m),
		    n == 0 ? HTTP_PARTIAL : HTTP_MALFORMED);
		http_reader_free(r);
	}
}

static void
a_response_may_end_with_its_connection(void **state)
{
	struct http_reader *r = http_reader_new(HTTP_RESPONSE);
	struct bytes in = bytes_of("HTTP/1.0 200\r\nA: b\r\n\r\nall of it");
	const struct http_message *m;

	(void)state;
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_PARTIAL);
	assert_int_equal(http_reader_end(r, &m), HTTP_COMPLETE);
	assert_int_equal(m->status, 200);
	assert_bytes(m->content, "all of it");
	assert_false(m->keep_alive);
	http_reader_free(r);
}

static void
interim_responses_are_dropped(void **state)
{
	struct http_reader *r = http_reader_new(HTTP_RESPONSE);
	struct bytes in = bytes_of("HTTP/1.1 100 Continue\r\n\r\n"
				   "HTTP/1.1 103 Hints\r\nA: b\r\n\r\n"
				   "HTTP/1.1 204 No Content\r\n\r\n"
				   "HTTP/1.1 200 OK\r\n"
				   "Content-Length: 1\r\n\r\nx");
	const struct http_message *m;

	(void)state;
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	assert_int_equal(m->status, 204);
	assert_true(m->keep_alive);
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	assert_int_equal(m->status, 200);
	assert_bytes(m->content, "x");
	http_reader_free(r);
}

static void
the_answer_to_head_has_no_content(void **state)
{
	struct http_reader *r = http_reader_new(HTTP_RESPONSE);
	struct bytes in =
	    bytes_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
		     "HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\n"
		     "x");
	const struct http_message *m;

	(void)state;
	http_reader_no_content(r);
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	assert_int_equal(m->content.left, 0);
	assert_true(m->keep_alive);
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	assert_bytes(m->content, "x");
	http_reader_free(r);
}

static void
statuses_without_content_ignore_what_their_fields_say(void **state)
{
	struct http_reader *r = http_reader_new(HTTP_RESPONSE);
	struct bytes in =
	    bytes_of("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"
		     "HTTP/1.1 304 Not Modified\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n"
		     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	static const int statuses[] = {204, 304, 200};
	const struct http_message *m;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
		assert_int_equal(m->status, statuses[i]);
		assert_int_equal(m->content.left, 0);
	}
	http_reader_free(r);
}

/* A request whose head takes that many bytes. */
static void
write_head_of(struct buffer *b, size_t size)
{
	buffer_add_text(b, START "X: ");
	while (buffer_bytes(b).left < size - 4)
		buffer_add_u8(b, 'x');
	buffer_add_text(b, "\r\n\r\n");
}

static void
a_head_of_the_limit_passes_and_one_byte_more_does_not(void **state)
{
	struct buffer b = {0};

	(void)state;
	write_head_of(&b, HTTP_HEAD_MAX);
	assert_int_equal(buffer_bytes(&b).left, HTTP_HEAD_MAX);
	assert_int_equal(
	    judge(HTTP_REQUEST, buffer_bytes(&b), SIZE_MAX), HTTP_COMPLETE);
	buffer_reset(&b);
	write_head_of(&b, HTTP_HEAD_MAX + 1);
	for (size_t piece = 1; piece < 3 * HTTP_HEAD_MAX; piece *= 3)
		assert_int_equal(judge(HTTP_REQUEST, buffer_bytes(&b), piece),
		    HTTP_HEAD_TOO_LARGE);
	buffer_clear(&b);
}

static void
fields_up_to_the_limit_pass_and_one_more_does_not(void **state)
{
	(void)state;
	for (size_t n = HTTP_FIELDS_MAX - 1; n <= HTTP_FIELDS_MAX; n++) {
		struct buffer b = {0};

		buffer_add_text(&b, START);
		for (size_t i = 0; i < n; i++)
			buffer_add_text(&b, "X: y\r\n");
		buffer_add_text(&b, "\r\n");
		assert_int_equal(
		    judge(HTTP_REQUEST, buffer_bytes(&b), SIZE_MAX),
		    n < HTTP_FIELDS_MAX ? HTTP_COMPLETE : HTTP_HEAD_TOO_LARGE);
		buffer_clear(&b);
	}
}

static void
content_up_to_the_limit_passes_and_one_byte_more_does_not(void **state)
{
	(void)state;
	for (size_t f = 0; f < 2; f++) {
		for (size_t n = HTTP_CONTENT_MAX; n < HTTP_CONTENT_MAX + 2;
		     n++) {
			struct buffer b = {0};

			buffer_add_text(&b, START);
			if (f == 0)
				buffer_printf(
				    &b, "Content-Length: %zu\r\n\r\n", n);
			else
				buffer_printf(&b,
				    "Transfer-Encoding: chunked\r\n\r\n"
				    "%zx\r\n",
				    n);
			for (size_t i = 0; i < n; i++)
				buffer_add_u8(&b, 'x');
			buffer_add_text(&b, f == 0 ? "" : "\r\n0\r\n\r\n");
			assert_int_equal(
			    judge(HTTP_REQUEST, buffer_bytes(&b), 1000),
			    n == HTTP_CONTENT_MAX ? HTTP_COMPLETE
						  : HTTP_CONTENT_TOO_LARGE);
			buffer_clear(&b);
		}
	}
}

static void
content_in_chunks_of_one_byte_passes_and_endless_extensions_do_not(void **state)
{
	struct buffer b = {0};

	(void)state;
	buffer_add_text(&b, CHUNKED);
	for (size_t i = 0; i < HTTP_CONTENT_MAX; i++)
		buffer_add_text(&b, "1\r\nx\r\n");
	buffer_add_text(&b, "0\r\n\r\n");
	assert_int_equal(
	    judge(HTTP_REQUEST, buffer_bytes(&b), 1000), HTTP_COMPLETE);
	buffer_reset(&b);
	buffer_add_text(&b, CHUNKED "1;");
	for (size_t i = 0; i < 8 * HTTP_CONTENT_MAX; i++)
		buffer_add_u8(&b, 'e');
	for (size_t piece = 1; piece < 10000000; piece *= 10)
		assert_int_equal(judge(HTTP_REQUEST, buffer_bytes(&b), piece),
		    HTTP_CONTENT_TOO_LARGE);
	buffer_clear(&b);
}

/* Reads the text, writes it, and says what was written. */
static void
assert_rewritten(enum http_kind kind, const char *text, const char *expected)
{
	struct http_reader *r = http_reader_new(kind);
	struct bytes in = bytes_of(text);
	const struct http_message *m;
	struct buffer out = {0};

	if (http_reader_feed(r, &in, &m) != HTTP_COMPLETE)
		assert_int_equal(http_reader_end(r, &m), HTTP_COMPLETE);
	http_write(&out, m);
	assert_string_equal(buffer_text(&out), expected);
	buffer_clear(&out);
	http_reader_free(r);
}

static void
what_is_written_has_one_length_and_no_hop_by_hop_field(void **state)
{
	static const char chunked[] =
	    "POST /t HTTP/1.1\r\nHOST: a\r\nConnection: x-a , close\r\n"
	    "Keep-Alive: 5\r\nExpect: 100-continue\r\nTE: trailers\r\nTrailer: "
	    "T\r\nX-A: 1\r\n"
	    "X-B: 2\r\nx-a: 3\r\nConnection: host\r\n"
	    "Proxy-Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\nT: u\r\n\r\n";
	static const char written[] = "POST /t HTTP/1.1\r\nHOST: a\r\n"
				      "X-B: 2\r\nContent-Length: 2\r\n\r\nhi";

	(void)state;
	assert_rewritten(HTTP_REQUEST, chunked, written);
	assert_rewritten(HTTP_REQUEST, written, written);
	assert_rewritten(HTTP_REQUEST,
	    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_rewritten(HTTP_REQUEST, "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
	assert_rewritten(HTTP_RESPONSE, "HTTP/1.0 200 Fine\r\n\r\nall",
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nall");
	assert_rewritten(HTTP_RESPONSE,
	    "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
	    "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n");
	assert_rewritten(HTTP_RESPONSE, "HTTP/1.1 299\r\n\r\n",
	    "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
}

static void
an_answer_passed_on_to_head_keeps_its_length_and_may_end_the_connection(
    void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nConnection: x\r\n"
				   "content-length: 7\r\nA: b\r\n\r\n";
	struct http_reader *r = http_reader_new(HTTP_RESPONSE);
	struct bytes in = bytes_of(text);
	const struct http_message *m;
	struct buffer out = {0};

	(void)state;
	http_reader_no_content(r);
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	http_write_answer(&out, m, true, false);
	assert_string_equal(buffer_text(&out),
	    "HTTP/1.1 200 OK\r\nA: b\r\ncontent-length: 7\r\n\r\n");
	buffer_reset(&out);
	http_write_answer(&out, m, false, true);
	assert_string_equal(buffer_text(&out),
	    "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n"
	    "Content-Length: 0\r\n\r\n");
	buffer_clear(&out);
	http_reader_free(r);
}

/* How often an expectation is found when the text comes byte by byte. */
static int
expectations(enum http_kind kind, const char *text)
{
	struct http_reader *r = http_reader_new(kind);
	struct bytes rest = bytes_of(text), piece;
	const struct http_message *m;
	int found = 0;

	while (bytes_take(&rest, 1, &piece))
		if (http_reader_feed(r, &piece, &m) == HTTP_PARTIAL)
			found += http_reader_take_expectation(r);
	http_reader_free(r);
	return found;
}

static void
an_expectation_is_taken_once_for_each_request_with_content(void **state)
{
#define EXPECTING START "Expect: 100-Continue\r\n"
	static const char one[] = EXPECTING "Content-Length: 2\r\n\r\nhi";
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	const struct http_message *m;
	struct bytes in = {(const uint8_t *)one, sizeof(one) - 2};

	(void)state;
	/* Content that came along says that nobody waits. */
	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_PARTIAL);
	assert_false(http_reader_take_expectation(r));
	http_reader_free(r);

	assert_int_equal(expectations(HTTP_REQUEST, one), 1);
	assert_int_equal(expectations(HTTP_REQUEST, EXPECTING
			     "Content-Length: 2\r\n\r\nhi" EXPECTING
			     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	    2);
	assert_int_equal(expectations(HTTP_REQUEST, EXPECTING "\r\n"), 0);
	assert_int_equal(expectations(HTTP_REQUEST, START
			     "Expect: more\r\nContent-Length: 2\r\n\r\nhi"),
	    0);
	assert_int_equal(expectations(HTTP_RESPONSE,
			     "HTTP/1.1 200 OK\r\nExpect: 100-continue\r\n"
			     "Content-Length: 2\r\n\r\nhi"),
	    0);
}

static void
a_draft_writes_what_it_was_given(void **state)
{
	struct http_draft d = {0};
	struct buffer out = {0};

	(void)state;
	http_draft_request(&d, "POST", "/t", "gateway");
	http_draft_field(&d, "A", "b");
	http_draft_content(&d, "text/plain", bytes_of("hi"));
	http_draft_write(&d, &out);
	assert_string_equal(buffer_text(&out),
	    "POST /t HTTP/1.1\r\nHost: gateway\r\nA: b\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
	buffer_reset(&out);
	http_draft_request(&d, "GET", "/", "gateway");
	http_draft_write(&d, &out);
	assert_string_equal(
	    buffer_text(&out), "GET / HTTP/1.1\r\nHost: gateway\r\n\r\n");
	buffer_reset(&out);
	http_draft_response(&d, 400);
	http_draft_write(&d, &out);
	assert_string_equal(buffer_text(&out),
	    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
	buffer_clear(&out);
	http_draft_clear(&d);
}

static void
fingerprint_of(const char *text, char into[FINGERPRINT_SIZE])
{
	struct http_reader *r = http_reader_new(HTTP_REQUEST);
	struct bytes in = bytes_of(text);
	const struct http_message *m;

	assert_int_equal(http_reader_feed(r, &in, &m), HTTP_COMPLETE);
	http_request_fingerprint(m, into);
	http_reader_free(r);
}

static void
a_fingerprint_ignores_the_hops_and_nothing_of_the_request(void **state)
{
	static const char *const others[] = {
	    "PUT /t HTTP/1.1\r\nHost: a\r\nSignature: s\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    "POST /u HTTP/1.1\r\nHost: a\r\nSignature: s\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    "POST /t HTTP/1.1\r\nHost: a\r\nSignature: t\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    "POST /t HTTP/1.1\r\nHost: a\r\nSignature-Input: s\r\n"
	    "Content-Length: 1\r\n\r\nx",
	    "POST /t HTTP/1.1\r\nHost: a\r\nSignature: s\r\n"
	    "Content-Length: 1\r\n\r\ny",
	};
	char one[FINGERPRINT_SIZE], other[FINGERPRINT_SIZE];

	(void)state;
	fingerprint_of("POST /t HTTP/1.1\r\nHost: a\r\nSignature: s\r\n"
		       "Content-Length: 1\r\n\r\nx",
	    one);
	assert_int_equal(strlen(one), FINGERPRINT_SIZE - 1);
	fingerprint_of("POST /t HTTP/1.1\r\nX: y\r\nHost: a\r\n"
		       "Transfer-Encoding: chunked\r\nSignature: s\r\n\r\n"
		       "1\r\nx\r\n0\r\n\r\n",
	    other);
	assert_string_equal(one, other);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		fingerprint_of(others[i], other);
		assert_string_not_equal(one, other);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_smuggled_request_is_refused_by_name),
	    cmocka_unit_test(every_broken_response_is_refused_by_name),
	    cmocka_unit_test(every_verdict_has_a_name_and_a_status),
	    cmocka_unit_test(a_request_is_read_with_all_its_parts),
	    cmocka_unit_test(
		every_shorter_prefix_is_partial_and_its_rest_completes_it),
	    cmocka_unit_test(pipelined_requests_come_out_one_by_one),
	    cmocka_unit_test(a_refusal_stays),
	    cmocka_unit_test(a_peer_that_closes_inside_a_message_is_malformed),
	    cmocka_unit_test(a_response_may_end_with_its_connection),
	    cmocka_unit_test(interim_responses_are_dropped),
	    cmocka_unit_test(the_answer_to_head_has_no_content),
	    cmocka_unit_test(
		statuses_without_content_ignore_what_their_fields_say),
	    cmocka_unit_test(
		a_head_of_the_limit_passes_and_one_byte_more_does_not),
	    cmocka_unit_test(fields_up_to_the_limit_pass_and_one_more_does_not),
	    cmocka_unit_test(
		content_up_to_the_limit_passes_and_one_byte_more_does_not),
	    cmocka_unit_test(
		content_in_chunks_of_one_byte_passes_and_endless_extensions_do_not),
	    cmocka_unit_test(
		what_is_written_has_one_length_and_no_hop_by_hop_field),
	    cmocka_unit_test(
		an_answer_passed_on_to_head_keeps_its_length_and_may_end_the_connection),
	    cmocka_unit_test(
		an_expectation_is_taken_once_for_each_request_with_content),
	    cmocka_unit_test(a_draft_writes_what_it_was_given),
	    cmocka_unit_test(
		a_fingerprint_ignores_the_hops_and_nothing_of_the_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
