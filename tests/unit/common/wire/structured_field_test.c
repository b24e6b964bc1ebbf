/* SPDX-License-Identifier: MIT */
/* Structured fields, most of all in the corners of RFC 9651 section 4.2. */
#include "structured_field.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* Reads an item and writes it again: canonical, or NULL if it is malformed. */
static void
assert_item(const char *text, const char *canonical)
{
	struct buffer out = {0};
	struct sf_member item;
	enum sf_verdict verdict = sf_item_read(bytes_of(text), &item);

	if ((verdict == SF_TAKEN) != (canonical != NULL))
		fail_msg("%s was%s read", text, canonical ? " not" : "");
	if (canonical != NULL) {
		sf_write_member(&out, &item);
		assert_string_equal(buffer_text(&out), canonical);
	}
	buffer_clear(&out);
}

static const char *const items[][2] = {
    /* Integers and decimals: section 4.2.4. */
    {"0", "0"},
    {"-0", "0"},
    {"007", "7"},
    {"-42", "-42"},
    {"  1  ", "1"},
    {"999999999999999", "999999999999999"},
    {"-999999999999999", "-999999999999999"},
    {"1000000000000000", NULL},
    {"0000000000000001", NULL},
    {"", NULL},
    {" ", NULL},
    {"-", NULL},
    {"--1", NULL},
    {"+1", NULL},
    {"- 1", NULL},
    {"1 2", NULL},
    {"\t1", NULL},
    {"1\t", NULL},
    {"1.0", "1.0"},
    {"1.50", "1.5"},
    {"-0.125", "-0.125"},
    {"1.001", "1.001"},
    {"1.010", "1.01"},
    {"999999999999.999", "999999999999.999"},
    {"1000000000000.0", NULL},
    {"999999999999999.9999", NULL},
    {"1.0000", NULL},
    {"1.", NULL},
    {".1", NULL},
    {"1..1", NULL},
    {"1.1.1", NULL},
    {"00", "0"},
    {"-007", "-7"},
    {"000000000000001", "1"},
    {"-000000000000000", "0"},
    {"-1000000000000000", NULL},
    {"-0000000000000000", NULL},
    {"1-", NULL},
    {"1e3", NULL},
    {"0x1", NULL},
    {"1_000", NULL},
    {"0.0", "0.0"},
    {"-0.0", "0.0"},
    {"-0.001", "-0.001"},
    {"00.5", "0.5"},
    {"000000000001.500", "1.5"},
    {"0000000000001.5", NULL},
    {"-999999999999.999", "-999999999999.999"},
    {"0.0000", NULL},
    {"1.-1", NULL},
    {"-.1", NULL},
    {"-1.", NULL},
    {"999999999999.", NULL},
    /* Strings: section 4.2.5. */
    {"\"\"", "\"\""},
    {"\"a b\"", "\"a b\""},
    {"\"a\\\"b\\\\\"", "\"a\\\"b\\\\\""},
    {"\"", NULL},
    {"\"a", NULL},
    {"\"a\\\"", NULL},
    {"\"a\\b\"", NULL},
    {"\"a\\", NULL},
    {"\"\t\"", NULL},
    {"\"\x7f\"", NULL},
    {"\"\xc3\xa9\"", NULL},
    {"'a'", NULL},
    {"\" \"", "\" \""},
    {"\"~\"", "\"~\""},
    {"\"\x1f\"", NULL},
    {"\"\x80\"", NULL},
    {"\"%41\"", "\"%41\""},
    {"\"\\n\"", NULL},
    {"\"a\" \"b\"", NULL},
    {"\"a\"b", NULL},
    /* Tokens: section 4.2.6. */
    {"a", "a"},
    {"*a:b/c", "*a:b/c"},
    {"A!#$%&'*+-.^_`|~", "A!#$%&'*+-.^_`|~"},
    {"!a", NULL},
    {":a", NULL},
    {"a(", NULL},
    {"a,b", NULL},
    {"*", "*"},
    {"a=b", NULL},
    {"a\"b", NULL},
    {"a@b", NULL},
    {"a\x7f", NULL},
    {"a;b", "a;b"},
    {"-a", NULL},
    {"_a", NULL},
    {"/a", NULL},
    /* Byte sequences: section 4.2.7. */
    {"::", "::"},
    {":YQ==:", ":YQ==:"},
    {":YQ=:", ":YQ==:"},
    {":YQ:", ":YQ==:"},
    {":YR==:", ":YQ==:"},
    {":YWI:", ":YWI=:"},
    {":YWJj:", ":YWJj:"},
    {":Y:", NULL},
    {":YWJj=:", NULL},
    {":YQ===:", NULL},
    {":YQ==YQ==:", NULL},
    {":=:", NULL},
    {":YW Jj:", NULL},
    {":YW_j:", NULL},
    {":YWJj", NULL},
    {":", NULL},
    {":==:", NULL},
    {":YWJj====:", NULL},
    {":YW=:", ":YQ==:"},
    {":YWI==:", NULL},
    {":Y=Q=:", NULL},
    {":=YQ=:", NULL},
    {":YWJjZ:", NULL},
    {":+/+/:", ":+/+/:"},
    {":-_-_:", NULL},
    {":YWJj\t:", NULL},
    {":YWJj:a", NULL},
    {":YWJj::", NULL},
    {"::;a=::", "::;a=::"},
    /* Booleans, dates, display strings: sections 4.2.8 to 4.2.10. */
    {"?1", "?1"},
    {"?0", "?0"},
    {"?2", NULL},
    {"?", NULL},
    {"?10", NULL},
    {"@1659578233", "@1659578233"},
    {"@-1", "@-1"},
    {"@1.5", NULL},
    {"@", NULL},
    {"@ 1", NULL},
    {"@0", "@0"},
    {"@-0", "@0"},
    {"@007", "@7"},
    {"@999999999999999", "@999999999999999"},
    {"@-999999999999999", "@-999999999999999"},
    {"@1000000000000000", NULL},
    {"@1.", NULL},
    {"@1.0", NULL},
    {"@+1", NULL},
    {"@--1", NULL},
    {"@@1", NULL},
    {"@a", NULL},
    {"@1;a=@2", "@1;a=@2"},
    {"?1;a=?0", "?1;a=?0"},
    {"?true", NULL},
    {"??1", NULL},
    {"%\"f%c3%bc\"", "%\"f%c3%bc\""},
    {"%\"%f0%9f%98%80\"", "%\"%f0%9f%98%80\""},
    {"%\"%00\"", "%\"%00\""},
    {"%\"%C3%BC\"", NULL},
    {"%\"%c3\"", NULL},
    {"%\"%c3a\"", NULL},
    {"%\"%bc\"", NULL},
    {"%\"%c0%80\"", NULL},
    {"%\"%e0%80%80\"", NULL},
    {"%\"%ed%a0%80\"", NULL},
    {"%\"%f4%90%80%80\"", NULL},
    {"%\"%f5%80%80%80\"", NULL},
    {"%\"%c\"", NULL},
    {"%\"a", NULL},
    {"%a", NULL},
    {"%\"\"", "%\"\""},
    {"%", NULL},
    {"%\"", NULL},
    {"% \"a\"", NULL},
    {"%\"a\\b\"", "%\"a\\b\""},
    {"%\"%22\"", "%\"%22\""},
    {"%\"%5c\"", "%\"%5c\""},
    {"%\"a\"\"", NULL},
    {"%\"%\"", NULL},
    {"%\"%2\"", NULL},
    {"%\"%2", NULL},
    {"%\"%2g\"", NULL},
    {"%\"%zz\"", NULL},
    {"%\"\t\"", NULL},
    {"%\"\x7f\"", NULL},
    {"%\"\xc3\xbc\"", NULL},
    {"%\"%7f\"", "%\"%7f\""},
    {"%\"%ef%bf%bf\"", "%\"%ef%bf%bf\""},
    {"%\"%f4%8f%bf%bf\"", "%\"%f4%8f%bf%bf\""},
    {"%\"%f0%80%80%80\"", NULL},
    {"%\"%c1%bf\"", NULL},
    {"%\"%ff\"", NULL},
    {"%\"%e2%82\"", NULL},
    {"%\"a\";b=%\"c\"", "%\"a\";b=%\"c\""},
    /* Parameters: section 4.2.3.2. */
    {"1;a", "1;a"},
    {"1;a=?1", "1;a"},
    {"1;a=?0", "1;a=?0"},
    {"1;  a=2;b=\"c\"", "1;a=2;b=\"c\""},
    {"1;*a_-.*9=x", "1;*a_-.*9=x"},
    {"1 ;a", NULL},
    {"1;a =1", NULL},
    {"1;a= 1", NULL},
    {"1;A", NULL},
    {"1;9", NULL},
    {"1;", NULL},
    {"1;a=", NULL},
    {"1;a;", NULL},
    {"1;a=(1)", NULL},
    {"1;a;a", "1;a"},
    {"1;a=1;a=2", "1;a=2"},
    {"1;a=1;b;a=?0;c", "1;a=?0;b;c"},
    {"1;a=1;a", "1;a"},
    {"1;a=1;aa=2;a=3", "1;a=3;aa=2"},
    {"1;*", "1;*"},
    {"1;**=1", "1;**=1"},
    {"1;_a", NULL},
    {"1;-a", NULL},
    {"1;.a", NULL},
    {"1;aB", NULL},
    {"1;a\t=1", NULL},
    {"1;\ta", NULL},
    {"1\t;a", NULL},
    {"1; ", NULL},
    {"1;;a", NULL},
    {"1;a==1", NULL},
    {"1;a=1=1", NULL},
    {"1;a,b", NULL},
    {"1; a ; b", NULL},
    {"1;a   ", "1;a"},
    {"()", NULL},
    {"(1)", NULL},
};

static void
every_item_is_read_to_its_canonical_form_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		assert_item(items[i][0], items[i][1]);
}

static void
a_nul_is_nothing_that_fits_anywhere(void **state)
{
	struct sf_member item;
	struct bytes nul = {(const uint8_t *)"a\0b", 3};
	struct bytes quoted = {(const uint8_t *)"\"\0\"", 3};

	(void)state;
	assert_int_equal(sf_item_read(nul, &item), SF_MALFORMED);
	assert_int_equal(sf_item_read(quoted, &item), SF_MALFORMED);
}

/* The members of a field, canonical, each with a bar behind it. */
static void
assert_members(bool dictionary, const char *text, const char *expected)
{
	struct bytes in = bytes_of(text);
	struct sf_member member;
	struct buffer out = {0};
	enum sf_verdict next;

	while ((next = dictionary ? sf_dictionary_next(&in, &member)
				  : sf_list_next(&in, &member)) == SF_TAKEN) {
		buffer_add_bytes(&out, member.key);
		if (dictionary)
			buffer_add_u8(&out, '=');
		sf_write_member(&out, &member);
		buffer_add_u8(&out, '|');
	}
	if (expected == NULL && next != SF_MALFORMED)
		fail_msg("%s was read", text);
	if (expected != NULL) {
		if (next != SF_END)
			fail_msg("%s was not read", text);
		assert_string_equal(buffer_text(&out), expected);
	}
	buffer_clear(&out);
}

static void
lists_are_read_member_by_member(void **state)
{
	(void)state;
	assert_members(false, "", "");
	assert_members(false, "  ", "");
	assert_members(false, "1", "1|");
	assert_members(false, "1, 2 \t,\t 3  ", "1|2|3|");
	assert_members(false, "1,2", "1|2|");
	assert_members(false, "(1 2), ()", "(1 2)|()|");
	assert_members(false, "(  1;a   \"b\"  );c=1", "(1;a \"b\");c=1|");
	assert_members(false, "(\")\" a;b=\")\")", "(\")\" a;b=\")\")|");
	assert_members(false, "1,", NULL);
	assert_members(false, "1, ", NULL);
	assert_members(false, ",1", NULL);
	assert_members(false, "1,,2", NULL);
	assert_members(false, "1 2", NULL);
	assert_members(false, "1;a 2", NULL);
	assert_members(false, "(1", NULL);
	assert_members(false, "(1,2)", NULL);
	assert_members(false, "(1\t2)", NULL);
	assert_members(false, "((1))", NULL);
	assert_members(false, "(\"a\"\"b\")", NULL);
	assert_members(false, "(1))", NULL);
	assert_members(false, ")", NULL);
	assert_members(false, "(  )", "()|");
	assert_members(false, "(1 )", "(1)|");
	assert_members(false, "(1;a=1;a=2);b;b=3", "(1;a=2);b=3|");
	assert_members(false, "(1 ;a)", NULL);
	assert_members(false, "(1;a;)", NULL);
	assert_members(false, "(1 2\t)", NULL);
	assert_members(false, "(\t1)", NULL);
	assert_members(false, "(,)", NULL);
	assert_members(false, "(1", NULL);
	assert_members(false, "(1 ", NULL);
	assert_members(false, "(1)(2)", NULL);
	assert_members(false, "(1) (2)", NULL);
	assert_members(false, "()a", NULL);
	assert_members(false, "a=1", NULL);
	assert_members(false, "() ;a", NULL);
}

static void
dictionaries_are_read_member_by_member(void **state)
{
	(void)state;
	assert_members(true, "", "");
	assert_members(true, "a=1, b", "a=1|b=?1|");
	assert_members(true, "a;x=1,b=?0", "a=?1;x=1|b=?0|");
	assert_members(true, "a=(1 2);x , *=()", "a=(1 2);x|*=()|");
	assert_members(true, "a=1,a=2", "a=1|a=2|");
	assert_members(true, "a=", NULL);
	assert_members(true, "a= 1", NULL);
	assert_members(true, "a =1", NULL);
	assert_members(true, "A=1", NULL);
	assert_members(true, "1=1", NULL);
	assert_members(true, "=1", NULL);
	assert_members(true, "a=1,", NULL);
	assert_members(true, "a=1;", NULL);
	assert_members(true, "a=1 b=2", NULL);
	assert_members(true, "a\xc3=1", NULL);
	assert_members(true, "*a=1, **, *-._*9", "*a=1|**=?1|*-._*9=?1|");
	assert_members(true, "_a=1", NULL);
	assert_members(true, "-a=1", NULL);
	assert_members(true, ".a=1", NULL);
	assert_members(true, "aB=1", NULL);
	assert_members(true, "a=1;b=2;b, c", "a=1;b|c=?1|");
	assert_members(true, "a=?1;b", "a=?1;b|");
	assert_members(true, "a=()", "a=()|");
	assert_members(true, "a==1", NULL);
	assert_members(true, "a=1=2", NULL);
	assert_members(true, "a;=1", NULL);
	assert_members(true, "a=1;b=(2)", NULL);
	assert_members(true, "(1)", NULL);
}

/* Section 4.2: SP around the field; SP and tab around the commas only. */
static void
blanks_are_let_pass_where_the_rules_have_them(void **state)
{
	(void)state;
	assert_members(false, "  1", "1|");
	assert_members(false, "\t1", NULL);
	assert_members(false, "1\t", "1|"); /* as if a comma might come */
	assert_members(false, "1 \t ", "1|");
	assert_members(false, "1\t,\t2", "1|2|");
	assert_members(false, "1,\t", NULL);
	assert_members(false, "1,  \t ", NULL);
	assert_members(false, "\t", NULL);
	assert_members(false, "1\n,2", NULL);
	assert_members(false, "1,\r\n 2", NULL);
	assert_members(true, "\ta", NULL);
	assert_members(true, "a\t,\tb\t", "a=?1|b=?1|");
	assert_members(true, "a;x\t, b", "a=?1;x|b=?1|");
	assert_members(true, "a=\t1", NULL);
	assert_members(true, ",a", NULL);
	assert_members(true, "a,,b", NULL);
	assert_members(true, "a, ", NULL);
}

/*
 * Section 4.2: the lines of a field are joined by a comma before they are read,
 * so what was one string on two lines is one string, and no list is torn.
 */
static void
lines_are_joined_by_a_comma_before_they_are_read(void **state)
{
	(void)state;
	assert_members(false,
	    "1"
	    ", "
	    "2",
	    "1|2|");
	assert_members(false,
	    "1"
	    ", "
	    "",
	    NULL);
	assert_members(false,
	    ""
	    ", "
	    "1",
	    NULL);
	assert_members(false,
	    "1,"
	    ", "
	    "2",
	    NULL);
	assert_members(false,
	    "(1"
	    ", "
	    "2)",
	    NULL);
	assert_members(false,
	    "\"a"
	    ", "
	    "b\"",
	    "\"a, b\"|");
	assert_members(true,
	    "a=1"
	    ", "
	    "b=2",
	    "a=1|b=2|");
	assert_members(true,
	    "a="
	    ", "
	    "b=2",
	    NULL);
	assert_members(true,
	    "a;"
	    ", "
	    "x",
	    NULL);
}

static void
every_shorter_prefix_is_read_or_refused_inside_its_bytes(void **state)
{
	static const char whole[] = "sig=(\"@method\" \"x\";a=1.5);created=1;"
				    "n=\"a\\\"b\";k=:YWI=:;d=@5, b=?1;x=t/*";

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		uint8_t *copy = malloc(n + 1);
		struct bytes in = {copy, n};
		struct sf_member member;
		enum sf_verdict next;

		assert_non_null(copy);
		memcpy(copy, whole, n);
		do
			next = sf_dictionary_next(&in, &member);
		while (next == SF_TAKEN);
		if (n == sizeof(whole) - 1)
			assert_int_equal(next, SF_END);
		free(copy);
	}
}

static void
parameters_come_with_their_types(void **state)
{
	struct bytes parameters = bytes_of(";created=5;nonce=\"n\";flag");
	struct sf_parameter p;

	(void)state;
	assert_int_equal(sf_parameters_next(&parameters, &p), SF_TAKEN);
	assert_true(bytes_equal_text(p.key, "created"));
	assert_true(p.value.type == SF_INTEGER && p.value.number == 5);
	assert_int_equal(sf_parameters_next(&parameters, &p), SF_TAKEN);
	assert_true(
	    p.value.type == SF_STRING && bytes_equal_text(p.value.text, "n"));
	assert_int_equal(sf_parameters_next(&parameters, &p), SF_TAKEN);
	assert_true(p.value.type == SF_BOOLEAN && p.value.truth);
	assert_int_equal(sf_parameters_next(&parameters, &p), SF_END);
}

static void
base64_goes_there_and_back_at_every_length(void **state)
{
	uint8_t data[64], back[64];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37 + 251);
	for (size_t n = 0; n <= sizeof(data); n++) {
		struct buffer out = {0};
		struct sf_member item;
		size_t length;

		sf_write_bytes(&out, (struct bytes){data, n});
		assert_int_equal(
		    sf_item_read(buffer_bytes(&out), &item), SF_TAKEN);
		assert_true(sf_bytes_decode(
		    item.value.text, back, sizeof(back), &length));
		assert_int_equal(length, n);
		assert_memory_equal(back, data, n);
		if (n > 0)
			assert_false(sf_bytes_decode(
			    item.value.text, back, n - 1, &length));
		buffer_clear(&out);
	}
}

static void
a_string_is_written_with_its_escapes_or_not_at_all(void **state)
{
	struct buffer out = {0};

	(void)state;
	assert_true(sf_write_string(&out, bytes_of("a\"b\\c")));
	assert_string_equal(buffer_text(&out), "\"a\\\"b\\\\c\"");
	assert_false(sf_write_string(&out, bytes_of("\n")));
	assert_false(sf_write_string(&out, bytes_of("\xc3\xa9")));
	buffer_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_item_is_read_to_its_canonical_form_or_refused),
	    cmocka_unit_test(a_nul_is_nothing_that_fits_anywhere),
	    cmocka_unit_test(lists_are_read_member_by_member),
	    cmocka_unit_test(dictionaries_are_read_member_by_member),
	    cmocka_unit_test(blanks_are_let_pass_where_the_rules_have_them),
	    cmocka_unit_test(lines_are_joined_by_a_comma_before_they_are_read),
	    cmocka_unit_test(
		every_shorter_prefix_is_read_or_refused_inside_its_bytes),
	    cmocka_unit_test(parameters_come_with_their_types),
	    cmocka_unit_test(base64_goes_there_and_back_at_every_length),
	    cmocka_unit_test(
		a_string_is_written_with_its_escapes_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
