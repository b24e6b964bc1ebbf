/* SPDX-License-Identifier: MIT */
/* What is asked for changes, and nothing else does. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "tamper/edit.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define LINE "POST /transfers?x=1 HTTP/1.1\r\n"
#define HOST "Host: gateway\r\n"
#define TYPE "Content-Type: application/json\r\n"
#define SIGNED                                                                 \
	"Signature-Input: sig=(\"@method\" \"@path\");created=1764000000;"     \
	"nonce=\"n-1\";keyid=\"client\"\r\n"
#define PLAIN "Request-Nonce: n-1\r\nRequest-Created: 1764000000\r\n"
#define CONTENT "{\"id\":\"t-1\",\"amount\":100,\"to\":\"bob\"}"
#define TAIL "Content-Length: 36\r\n\r\n" CONTENT
#define WHOLE LINE HOST TYPE SIGNED TAIL

static enum edit_verdict
edit(const char *wire, const struct edits *edits, struct buffer *out,
    const char **word)
{
	struct http_reader *reader = http_reader_new(HTTP_REQUEST);
	const struct http_message *message;
	struct bytes in = bytes_of(wire);
	enum edit_verdict verdict;

	assert_int_equal(
	    http_reader_feed(reader, &in, &message), HTTP_COMPLETE);
	verdict = edit_request(message, edits, out, word);
	http_reader_free(reader);
	return verdict;
}

static void
each_edit_changes_its_part_and_no_other(void **state)
{
	static const struct {
		const char *before;
		struct edits edits;
		const char *after;
	} rows[] = {
	    {WHOLE, {0}, WHOLE},
	    {WHOLE, {.method = "PUT"},
		"PUT /transfers?x=1 HTTP/1.1\r\n" HOST TYPE SIGNED TAIL},
	    {WHOLE, {.path = "/other"},
		"POST /other?x=1 HTTP/1.1\r\n" HOST TYPE SIGNED TAIL},
	    {WHOLE, {.path = "/other?y"},
		"POST /other?y HTTP/1.1\r\n" HOST TYPE SIGNED TAIL},
	    {WHOLE, {.host = "backend2"},
		LINE "Host: backend2\r\n" TYPE SIGNED TAIL},
	    {WHOLE, {.drop = {{"content-type"}, 1}}, LINE HOST SIGNED TAIL},
	    {WHOLE, {.set = {{"content-type=text/plain"}, 1}},
		LINE HOST "Content-Type: text/plain\r\n" SIGNED TAIL},
	    {WHOLE, {.set = {{"X-A=b=c", "X-B="}, 2}},
		LINE HOST TYPE SIGNED "Content-Length: 36\r\nX-A: b=c\r\n"
				      "X-B: \r\n\r\n" CONTENT},
	    {WHOLE, {.created = "7"},
		LINE HOST TYPE
		"Signature-Input: sig=(\"@method\" \"@path\");created=7;"
		"nonce=\"n-1\";keyid=\"client\"\r\n" TAIL},
	    {WHOLE, {.nonce = "a\"b"},
		LINE HOST TYPE
		"Signature-Input: sig=(\"@method\" \"@path\");created=17640000"
		"00;nonce=\"a\\\"b\";keyid=\"client\"\r\n" TAIL},
	    {LINE HOST PLAIN TAIL, {.nonce = "n-2", .created = "9"},
		LINE HOST "Request-Nonce: n-2\r\nRequest-Created: 9\r\n" TAIL},
	    {WHOLE, {.content = "{}"},
		LINE HOST TYPE SIGNED "Content-Length: 2\r\n\r\n{}"},
	    {WHOLE, {.content = ""},
		LINE HOST TYPE SIGNED "Content-Length: 0\r\n\r\n"},
	    {WHOLE, {.amount = "9000"},
		LINE HOST TYPE SIGNED
		"Content-Length: 37\r\n\r\n{\"id\":\"t-1\",\"amount\":9000,"
		"\"to\":\"bob\"}"},
	    {WHOLE, {.content = "hello", .fix_digest = true},
		LINE HOST TYPE SIGNED
		"Content-Length: 5\r\nContent-Digest: "
		"sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"
		"\r\n\r\nhello"},
	    {WHOLE, {.respace = {{"Signature-Input"}, 1}},
		LINE HOST TYPE
		"Signature-Input: sig=(\"@method\" \"@path\"); "
		"created=1764000000; nonce=\"n-1\"; keyid=\"client\"\r\n" TAIL},
	    {WHOLE, {.recase = {{"host"}, 1}},
		LINE "hOST: gateway\r\n" TYPE SIGNED TAIL},
	    {LINE HOST "X: 1\r\nY: 2\r\nx: 3\r\n" TAIL, {.set = {{"X=4"}, 1}},
		LINE HOST "X: 4\r\nY: 2\r\n" TAIL},
	    {LINE HOST "X: 1\r\nY: 2\r\nx: 3\r\n" TAIL, {.drop = {{"X"}, 1}},
		LINE HOST "Y: 2\r\n" TAIL},
	    {LINE HOST "Transfer-Encoding: chunked\r\nX: 1\r\n\r\n"
		       "2\r\nhi\r\n0\r\n\r\n",
		{.set = {{"X=2"}, 1}},
		LINE HOST "Content-Length: 2\r\nX: 2\r\n\r\nhi"},
	    {"GET / HTTP/1.1\r\n" HOST "\r\n",
		{.method = "POST", .content = "hi"},
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer out = {0};
		const char *word = "";

		assert_int_equal(
		    edit(rows[i].before, &rows[i].edits, &out, &word),
		    EDIT_DONE);
		assert_string_equal(buffer_text(&out), rows[i].after);
		buffer_clear(&out);
	}
}

static void
what_cannot_be_done_is_named_and_nothing_comes_out(void **state)
{
	static const struct {
		const char *before;
		struct edits edits;
		enum edit_verdict verdict;
		const char *word;
	} rows[] = {
	    {WHOLE, {.method = ""}, EDIT_BAD_WORD, ""},
	    {WHOLE, {.method = "G T"}, EDIT_BAD_WORD, "G T"},
	    {WHOLE, {.path = "other"}, EDIT_BAD_WORD, "other"},
	    {WHOLE, {.path = "/a b"}, EDIT_BAD_WORD, "/a b"},
	    {WHOLE, {.path = "/a\r\nX:"}, EDIT_BAD_WORD, "/a\r\nX:"},
	    {WHOLE, {.host = "a\nb"}, EDIT_BAD_WORD, "a\nb"},
	    {WHOLE, {.set = {{"X"}, 1}}, EDIT_BAD_WORD, "X"},
	    {WHOLE, {.set = {{"=v"}, 1}}, EDIT_BAD_WORD, "=v"},
	    {WHOLE, {.set = {{"X=a\r\nY: b"}, 1}}, EDIT_BAD_WORD,
		"X=a\r\nY: b"},
	    {WHOLE, {.drop = {{"Cookie"}, 1}}, EDIT_NO_FIELD, "Cookie"},
	    {WHOLE, {.recase = {{"Cookie"}, 1}}, EDIT_NO_FIELD, "Cookie"},
	    {WHOLE, {.respace = {{"Cookie"}, 1}}, EDIT_NO_FIELD, "Cookie"},
	    {WHOLE, {.created = "-1"}, EDIT_BAD_WORD, "-1"},
	    {WHOLE, {.created = ""}, EDIT_BAD_WORD, ""},
	    {WHOLE, {.created = "1234567890123456"}, EDIT_BAD_WORD,
		"1234567890123456"},
	    {WHOLE, {.nonce = "\x80"}, EDIT_BAD_WORD, "\x80"},
	    {LINE HOST TAIL, {.nonce = "n"}, EDIT_NO_PARAMETER, "n"},
	    {LINE HOST "Signature-Input: \"\r\n" TAIL, {.nonce = "n"},
		EDIT_NO_PARAMETER, "n"},
	    {WHOLE, {.content = "[]", .amount = "1"}, EDIT_NO_AMOUNT, "1"},
	    {WHOLE, {.content = "{\"a\":{\"amount\":1}}", .amount = "1"},
		EDIT_NO_AMOUNT, "1"},
	    {WHOLE, {.amount = "1e9"}, EDIT_NO_AMOUNT, "1e9"},
	    {WHOLE, {.drop = {{"Host"}, 1}}, EDIT_NO_REQUEST, "this"},
	    {WHOLE, {.set = {{"Content-Length=1"}, 1}}, EDIT_NO_REQUEST,
		"this"},
	    {WHOLE, {.set = {{"Content-Length=99"}, 1}}, EDIT_NO_REQUEST,
		"this"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer out = {0};
		const char *word = "";

		assert_int_equal(
		    edit(rows[i].before, &rows[i].edits, &out, &word),
		    rows[i].verdict);
		assert_string_equal(word, rows[i].word);
		assert_int_equal(buffer_bytes(&out).left, 0);
		buffer_clear(&out);
	}
}

static void
one_field_more_than_a_message_holds_is_too_many(void **state)
{
	struct edits edits = {.set = {{"Last=1"}, 1}};
	struct buffer wire = {0}, out = {0};
	const char *word;

	(void)state;
	buffer_add_text(&wire, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 1; i < HTTP_FIELDS_MAX; i++)
		buffer_printf(&wire, "X-%d: 1\r\n", i);
	buffer_add_text(&wire, "\r\n");
	assert_int_equal(
	    edit(buffer_text(&wire), &edits, &out, &word), EDIT_TOO_MANY);
	edits.set.item[0] = "X-5=2";
	assert_int_equal(
	    edit(buffer_text(&wire), &edits, &out, &word), EDIT_DONE);
	buffer_clear(&wire);
	buffer_clear(&out);
}

static void
the_amount_is_the_object_s_own(void **state)
{
	static const char *const rows[][2] = {
	    {"{\"amount\":1}", "{\"amount\":7}"},
	    {"{ \"amount\" :\t-1.5e3 }", "{ \"amount\" :\t7 }"},
	    {"{\"x\":\"\\\"amount\\\":2\",\"amount\":3}",
		"{\"x\":\"\\\"amount\\\":2\",\"amount\":7}"},
	    {"{\"x\":{\"amount\":2},\"amount\":3}",
		"{\"x\":{\"amount\":2},\"amount\":7}"},
	    {"{\"x\":\"amount\",\"amount\":3}",
		"{\"x\":\"amount\",\"amount\":7}"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct edits edits = {.content = rows[i][0], .amount = "7"};
		struct buffer out = {0};
		const char *word;

		assert_int_equal(edit(WHOLE, &edits, &out, &word), EDIT_DONE);
		assert_non_null(strstr(buffer_text(&out), rows[i][1]));
		buffer_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_edit_changes_its_part_and_no_other),
	    cmocka_unit_test(
		what_cannot_be_done_is_named_and_nothing_comes_out),
	    cmocka_unit_test(one_field_more_than_a_message_holds_is_too_many),
	    cmocka_unit_test(the_amount_is_the_object_s_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
