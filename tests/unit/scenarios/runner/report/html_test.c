/* SPDX-License-Identifier: MIT */
/* Nothing from outside becomes markup, and no byte HTML forbids gets in. */
#include "report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GONE "\xef\xbf\xbd"

static void
becomes(const char *text, const char *expected)
{
	struct buffer out = {0};

	html_text(&out, text);
	assert_string_equal(buffer_text(&out), expected);
	buffer_clear(&out);
}

static void
the_five_characters_of_markup_become_references(void **state)
{
	(void)state;
	becomes("<a b='c' d=\"e\">&amp;",
	    "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;amp;");
}

static void
text_in_any_script_stays(void **state)
{
	(void)state;
	becomes("", "");
	becomes("a\tb\nc", "a\tb\nc");
	becomes("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x81",
	    "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x81");
}

static void
control_and_direction_characters_are_replaced(void **state)
{
	(void)state;
	becomes("\x1b[31m", GONE "[31m");
	becomes("\x7f", GONE);
	becomes("\xc2\x85", GONE);
	becomes("\xe2\x80\xae"
		"abc",
	    GONE "abc");                   /* U+202E */
	becomes("\xe2\x81\xa6", GONE);     /* U+2066 */
	becomes("\xef\xbf\xbf", GONE);     /* U+FFFF */
	becomes("\xf0\x9f\xbf\xbe", GONE); /* U+1FFFE */
}

static void
what_is_no_utf8_is_replaced_byte_by_byte(void **state)
{
	(void)state;
	becomes("\xff", GONE);
	becomes("\x80", GONE);
	becomes("\xc0\xaf", GONE GONE);                   /* overlong / */
	becomes("\xc0\xbc", GONE GONE);                   /* overlong < */
	becomes("\xed\xa0\x80", GONE GONE GONE);          /* a surrogate */
	becomes("\xf4\x90\x80\x80", GONE GONE GONE GONE); /* U+110000 */
	becomes("\xe2<", GONE "&lt;"); /* it swallows nothing */
}

static void
every_shorter_prefix_of_a_character_is_replaced(void **state)
{
	static const char whole[] = "\xf0\x9f\x94\x81";

	(void)state;
	for (size_t n = 1; n < 4; n++) {
		char cut[5] = "", expected[16] = "";

		memcpy(cut, whole, n);
		for (size_t i = 0; i < n; i++)
			strcat(expected, GONE);
		becomes(cut, expected);
	}
}

static void
a_format_is_markup_and_its_values_are_not(void **state)
{
	struct buffer out = {0};

	(void)state;
	html_printf(
	    &out, "<b id=\"%s\">%s %ld %zu</b>", "\"x", "<i>", -3L, (size_t)7);
	assert_string_equal(
	    buffer_text(&out), "<b id=\"&quot;x\">&lt;i&gt; -3 7</b>");
	buffer_clear(&out);
}

static void
a_reference_has_no_scheme_and_no_quote(void **state)
{
	struct buffer out = {0};

	(void)state;
	html_reference(&out, "javascript:x/S6.+0s \"'<\xc3\xa9");
	assert_string_equal(
	    buffer_text(&out), "./javascript%3Ax/S6.%2B0s%20%22%27%3C%C3%A9");
	buffer_clear(&out);
}

static void
a_hash_is_that_of_the_policy(void **state)
{
	struct buffer out = {0};

	(void)state;
	/* openssl dgst -sha256 -binary </dev/null | base64 */
	html_hash(&out, "");
	assert_string_equal(buffer_text(&out),
	    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
	buffer_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_five_characters_of_markup_become_references),
	    cmocka_unit_test(text_in_any_script_stays),
	    cmocka_unit_test(control_and_direction_characters_are_replaced),
	    cmocka_unit_test(what_is_no_utf8_is_replaced_byte_by_byte),
	    cmocka_unit_test(every_shorter_prefix_of_a_character_is_replaced),
	    cmocka_unit_test(a_format_is_markup_and_its_values_are_not),
	    cmocka_unit_test(a_reference_has_no_scheme_and_no_quote),
	    cmocka_unit_test(a_hash_is_that_of_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
