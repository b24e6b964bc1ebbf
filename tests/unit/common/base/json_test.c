/* SPDX-License-Identifier: MIT */
/* The JSON writer, with cJSON as its reader. */
#include "json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

static void
commas_stand_where_they_belong(void **state)
{
	struct buffer b = {0};

	(void)state;
	json_open(&b, '{');
	json_member_text(&b, "id", "t-1");
	json_key(&b, "seen");
	json_open(&b, '[');
	json_number(&b, 1);
	json_open(&b, '[');
	json_close(&b, ']');
	json_bool(&b, false);
	json_text(&b, NULL);
	json_open(&b, '{');
	json_close(&b, '}');
	json_close(&b, ']');
	json_member_bool(&b, "last", true);
	json_close(&b, '}');
	assert_string_equal(buffer_text(&b),
	    "{\"id\":\"t-1\",\"seen\":[1,[],false,null,{}],\"last\":true}");
	buffer_clear(&b);
}

static void
a_text_that_ends_like_a_bracket_still_gets_its_comma(void **state)
{
	struct buffer b = {0};

	(void)state;
	json_open(&b, '[');
	json_text(&b, "[");
	json_text(&b, "{:");
	json_number(&b, INT64_MIN);
	json_number(&b, INT64_MAX);
	json_close(&b, ']');
	assert_string_equal(buffer_text(&b),
	    "[\"[\",\"{:\",-9223372036854775808,9223372036854775807]");
	buffer_clear(&b);
}

static void
objects_on_lines_are_not_joined_by_commas(void **state)
{
	struct buffer b = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		json_open(&b, '{');
		json_close(&b, '}');
		buffer_add_u8(&b, '\n');
	}
	assert_string_equal(buffer_text(&b), "{}\n{}\n");
	buffer_clear(&b);
}

static void
every_byte_is_one_character_on_one_line(void **state)
{
	struct buffer b = {0};
	uint8_t all[256];
	cJSON *read;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	json_open(&b, '{');
	json_member_bytes(&b, "all", (struct bytes){all, sizeof(all)});
	json_close(&b, '}');
	assert_null(strchr(buffer_text(&b), '\n'));
	assert_non_null(strstr(buffer_text(&b), "\"\\u0000\\u0001"));
	assert_non_null(strstr(buffer_text(&b), "\\u007f\\u0080"));
	assert_non_null(strstr(buffer_text(&b), "!\\\"#"));
	assert_non_null(strstr(buffer_text(&b), "[\\\\]"));
	read = cJSON_Parse(strstr(buffer_text(&b), "{"));
	assert_non_null(read);
	cJSON_Delete(read);
	buffer_clear(&b);
}

static void
a_member_that_is_no_text_reads_as_an_empty_one(void **state)
{
	cJSON *read = cJSON_Parse("{\"id\":\"t-1\",\"n\":1,\"no\":null}");

	(void)state;
	assert_string_equal(json_get_text(read, "id"), "t-1");
	assert_string_equal(json_get_text(read, "ID"), "");
	assert_string_equal(json_get_text(read, "n"), "");
	assert_string_equal(json_get_text(read, "no"), "");
	assert_string_equal(json_get_text(NULL, "id"), "");
	cJSON_Delete(read);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commas_stand_where_they_belong),
	    cmocka_unit_test(a_member_that_is_no_text_reads_as_an_empty_one),
	    cmocka_unit_test(
		a_text_that_ends_like_a_bracket_still_gets_its_comma),
	    cmocka_unit_test(objects_on_lines_are_not_joined_by_commas),
	    cmocka_unit_test(every_byte_is_one_character_on_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
