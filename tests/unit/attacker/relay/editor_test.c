/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "relay/editor.h"

#include <stdio.h>
#include <string.h>

#define FIRST (UINT32_MAX - 30) /* the numbers wrap in the middle */

/* What the calls told. */
struct heard {
	struct buffer words; /* "drop:2:- " */
	uint64_t units;
};

static void
hear_edit(void *user, struct editor *e, const struct edit *edit)
{
	struct heard *h = user;

	(void)e;
	buffer_printf(&h->words, "%s:%llu:%s ",
	    rule_action_name(edit->rule->action),
	    (unsigned long long)edit->number, edit->arrives ? "+" : "-");
}

static void
hear_unit(void *user, struct editor *e, const struct unit_piece *last)
{
	struct heard *h = user;

	(void)e;
	h->units += last->is_unit;
}

/* Records whose content is one letter, as often as it is long. */
static void
record(struct buffer *out, char letter, size_t length)
{
	buffer_add_u8(out, TLS_APPLICATION_DATA);
	buffer_add_u16(out, 0x0303);
	buffer_add_u16(out, (uint16_t)length);
	for (size_t i = 0; i < length; i++)
		buffer_add_u8(out, (uint8_t)letter);
}

/* "aab" stands for records of that letter and length: 'a' 1, 'b' 2, ... */
static void
records(struct buffer *out, const char *letters)
{
	for (; *letters != '\0'; letters++)
		record(out, *letters, (size_t)(*letters - 'a' + 1) * 3);
}

struct trial {
	struct heard heard;
	struct rules rules;
	struct editor_calls calls;
	struct editor e;
};

static void
begin(struct trial *t, enum rule_action action, const char *words)
{
	*t = (struct trial){.rules = {.allowed = true}};
	t->calls = (struct editor_calls){hear_edit, hear_unit, &t->heard};
	if (words != NULL)
		assert_true(rules_add(&t->rules, action, words, 0));
	editor_init(&t->e, SIDE_CLIENT, 1, &t->rules, &t->calls, FIRST);
}

static void
finish(struct trial *t)
{
	editor_clear(&t->e);
	buffer_clear(&t->heard.words);
}

static void
feed(struct trial *t, const char *letters, size_t pieces_of)
{
	struct buffer in = {0};
	struct bytes rest, piece;

	records(&in, letters);
	for (rest = buffer_bytes(&in); rest.left > 0;) {
		assert_true(bytes_take(&rest,
		    rest.left < pieces_of ? rest.left : pieces_of, &piece));
		editor_feed(&t->e, &piece);
		assert_int_equal(piece.left, 0);
	}
	buffer_clear(&in);
}

static void
assert_output(struct trial *t, const char *letters, const char *heard)
{
	struct buffer expected = {0};
	struct bytes out = editor_output(&t->e, FIRST);

	records(&expected, letters);
	assert_true(bytes_equal(out, buffer_bytes(&expected)));
	assert_int_equal(editor_output_end(&t->e), FIRST + (uint32_t)out.left);
	assert_string_equal(buffer_text(&t->heard.words), heard);
	buffer_clear(&expected);
}

/* Once all is acknowledged to us, all that came in is to the sender. */
static void
assert_all_acknowledged(struct trial *t, const char *letters)
{
	struct buffer in = {0};
	uint32_t end = FIRST, told;

	records(&in, letters);
	end += (uint32_t)buffer_bytes(&in).left;
	told = editor_acknowledged(&t->e, t->e.map.edited_end);
	assert_int_equal(told, end + (t->e.ended ? 1 : 0));
	buffer_clear(&in);
}

static const struct {
	enum rule_action action;
	const char *words, *out, *heard;
} table[] = {
    {RULE_DROP, NULL, "abcd", ""},
    {RULE_DROP, "client:1", "bcd", "drop:1:- "},
    {RULE_DROP, "client:2", "acd", "drop:2:- "},
    {RULE_DROP, "client:4", "abc", "drop:4:- "},
    {RULE_DROP, "client:5", "abcd", ""},
    {RULE_DROP, "server:2", "abcd", ""},
    {RULE_DROP, "request 2", "abcd", ""},
    {RULE_DUPLICATE, "client:1", "aabcd", "duplicate:1:+ "},
    {RULE_DUPLICATE, "client:4", "abcdd", "duplicate:4:+ "},
    {RULE_SWAP, "client:1", "bacd", "swap:1:- swap:2:+ "},
    {RULE_SWAP, "client:3", "abdc", "swap:3:- swap:4:+ "},
    {RULE_SWAP, "client:4", "abcd", ""}, /* there is none behind it */
    {RULE_REFLECT, "client:2", "abcd", "reflect:2:+ "},
    {RULE_CUT, "client:1", "", "cut:1:- "},
    {RULE_CUT, "client:3", "ab", "cut:3:- "},
};

static void
each_rule_gives_its_stream_in_pieces_of_any_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (size_t size = 1; size < 60; size++) {
			struct trial t;

			begin(&t, table[i].action, table[i].words);
			feed(&t, "abcd", size);
			editor_end(&t.e);
			assert_output(&t, table[i].out, table[i].heard);
			assert_int_equal(t.heard.units, 4);
			assert_true(t.e.ended);
			assert_all_acknowledged(&t, "abcd");
			finish(&t);
		}
}

static void
what_is_held_and_all_behind_it_waits_for_its_release(void **state)
{
	struct buffer in = {0};
	struct bytes rest;
	struct trial t;

	(void)state;
	begin(&t, RULE_HOLD, "client:2");
	assert_false(editor_release(&t.e));
	records(&in, "abcd");
	rest = buffer_bytes(&in);
	editor_feed(&t.e, &rest);
	assert_output(&t, "a", "hold:2:- ");
	assert_true(t.e.holding);
	assert_int_equal(rest.left, 5 + 9 + 5 + 12);
	editor_end(&t.e); /* FIN waits, too */
	assert_false(t.e.ended);
	/* The sender need not repeat what is held, but all behind it. */
	assert_all_acknowledged(&t, "ab");
	assert_true(editor_release(&t.e));
	editor_feed(&t.e, &rest);
	editor_end(&t.e);
	assert_string_equal(buffer_text(&t.heard.words), "hold:2:- hold:2:+ ");
	assert_int_equal(rest.left, 0);
	assert_all_acknowledged(&t, "abcd");
	buffer_clear(&in);
	finish(&t);
}

static void
what_is_no_unit_passes_though_a_rule_had_begun_to_withhold_it(void **state)
{
	static const uint8_t bytes[] = {23, 3, 3, 0xff, 0xff, 'x'};

	(void)state;
	for (size_t first = 1; first <= sizeof(bytes); first++) {
		struct bytes in = {bytes, sizeof(bytes)}, front;
		struct trial t;

		begin(&t, RULE_DROP, "client:1");
		assert_true(bytes_take(&in, first, &front));
		editor_feed(&t.e, &front);
		editor_feed(&t.e, &in);
		assert_true(bytes_equal(editor_output(&t.e, FIRST),
		    (struct bytes){bytes, sizeof(bytes)}));
		assert_string_equal(buffer_text(&t.heard.words), "");
		finish(&t);
	}
}

static void
what_is_begun_when_the_stream_ends_goes_out(void **state)
{
	static const uint8_t bytes[] = {23, 3, 3, 0, 9, 'x'};

	(void)state;
	for (size_t n = 1; n <= sizeof(bytes); n++) {
		struct bytes in = {bytes, n};
		struct trial t;

		begin(&t, RULE_SWAP, "client:1");
		editor_feed(&t.e, &in);
		assert_int_equal(editor_output(&t.e, FIRST).left, 0);
		editor_end(&t.e);
		assert_true(bytes_equal(
		    editor_output(&t.e, FIRST), (struct bytes){bytes, n}));
		finish(&t);
	}
}

static void
something_foreign_goes_in_between_two_units(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= 30; cut++) {
		struct buffer in = {0}, foreign = {0};
		struct bytes rest, front;
		struct trial t;

		begin(&t, RULE_DROP, NULL);
		records(&in, "abc");
		record(&foreign, 'z', 4);
		rest = buffer_bytes(&in);
		assert_true(bytes_take(&rest, cut, &front));
		editor_feed(&t.e, &front);
		editor_insert(&t.e, buffer_bytes(&foreign));
		editor_feed(&t.e, &rest);
		rest = editor_output(&t.e, FIRST);
		assert_int_equal(rest.left, buffer_bytes(&in).left + 9);
		for (size_t n = 0; n < 4; n++) {
			struct tls_record r;

			assert_int_equal(
			    tls_record_take(&rest, &r), TLS_RECORD_COMPLETE);
		}
		buffer_clear(&in);
		buffer_clear(&foreign);
		finish(&t);
	}
}

static void
requests_are_counted_and_dropped_alike_whatever_the_pieces(void **state)
{
	static const char *const wire = "POST /a HTTP/1.1\r\nHost: g\r\n"
					"Content-Length: 3\r\n\r\nabc"
					"GET /b HTTP/1.1\r\nHost: g\r\n\r\n"
					"GET /c HTTP/1.1\r\nHost: g\r\n\r\n";

	(void)state;
	for (size_t size = 1; size <= strlen(wire); size++) {
		struct bytes rest = bytes_of(wire), piece;
		struct buffer out = {0};
		struct trial t;

		begin(&t, RULE_DROP, "request 2");
		while (bytes_take(&rest, rest.left < size ? rest.left : size,
			   &piece) &&
		       piece.left > 0)
			editor_feed(&t.e, &piece);
		buffer_add_bytes(&out, editor_output(&t.e, FIRST));
		assert_null(strstr(buffer_text(&out), "/b"));
		assert_non_null(strstr(buffer_text(&out), "\r\n\r\nabcGET /c"));
		assert_string_equal(buffer_text(&t.heard.words), "drop:2:- ");
		assert_int_equal(t.heard.units, 3);
		buffer_clear(&out);
		finish(&t);
	}
}

static void
output_is_kept_until_it_is_acknowledged(void **state)
{
	struct trial t;
	uint32_t end;
	size_t whole;

	(void)state;
	begin(&t, RULE_DROP, NULL);
	feed(&t, "abcd", 1000);
	whole = editor_output(&t.e, FIRST).left;
	for (uint32_t n = 0; n <= whole; n++) {
		assert_int_equal(
		    editor_acknowledged(&t.e, FIRST + n), FIRST + n);
		assert_int_equal(
		    editor_output(&t.e, FIRST + n).left, whole - n);
	}
	end = FIRST + (uint32_t)whole;
	editor_end(&t.e);
	assert_int_equal(editor_acknowledged(&t.e, end), end);
	assert_false(t.e.end_acknowledged);
	end++; /* FIN */
	assert_int_equal(editor_acknowledged(&t.e, end), end);
	assert_true(t.e.end_acknowledged);
	finish(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule_gives_its_stream_in_pieces_of_any_size),
	    cmocka_unit_test(
		what_is_held_and_all_behind_it_waits_for_its_release),
	    cmocka_unit_test(
		what_is_no_unit_passes_though_a_rule_had_begun_to_withhold_it),
	    cmocka_unit_test(what_is_begun_when_the_stream_ends_goes_out),
	    cmocka_unit_test(something_foreign_goes_in_between_two_units),
	    cmocka_unit_test(
		requests_are_counted_and_dropped_alike_whatever_the_pieces),
	    cmocka_unit_test(output_is_kept_until_it_is_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
