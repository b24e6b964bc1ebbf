/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "problem.h"

#include <string.h>

static void
what_is_written_is_read_again(void **state)
{
	struct http_reader *reader = http_reader_new(HTTP_RESPONSE);
	const struct http_message *m;
	struct http_draft d = {0};
	struct buffer wire = {0};
	struct bytes in;
	char word[9];

	(void)state;
	problem_draft(&d, 409, "replayed", "Seen \"before\".");
	http_draft_write(&d, &wire);
	in = buffer_bytes(&wire);
	assert_int_equal(http_reader_feed(reader, &in, &m), HTTP_COMPLETE);
	assert_int_equal(m->status, 409);
	assert_true(bytes_equal_text(
	    http_field(m, "Content-Type", NULL)->value, PROBLEM_MEDIA_TYPE));
	assert_true(problem_read(m->content, word, sizeof(word)));
	assert_string_equal(word, "replayed");
	assert_false(problem_read(m->content, word, sizeof(word) - 1));
	for (size_t n = 0; n < m->content.left; n++)
		assert_false(problem_read(
		    (struct bytes){m->content.at, n}, word, sizeof(word)));
	http_draft_clear(&d);
	buffer_clear(&wire);
	http_reader_free(reader);
}

static void
other_content_is_no_problem(void **state)
{
	static const char *const others[] = {"", "[]", "{}", "{\"type\":1}",
	    "{\"type\":\"about:blank\"}",
	    "{\"type\":\"urn:replaylab:problem:\"}",
	    "{\"type\":\"urn:replaylab:problem:a b\"}",
	    "{\"Type\":\"urn:replaylab:problem:stale\"}"};
	char word[32];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(
		    problem_read(bytes_of(others[i]), word, sizeof(word)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read_again),
	    cmocka_unit_test(other_content_is_no_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
