/* SPDX-License-Identifier: MIT */
#include "ground/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int
run(const char *line, int deadline_ms, struct call *c, struct buffer *out)
{
	*c = (struct call){.deadline_ms = deadline_ms};
	call_add_words(c, (const char *[]){"sh", "-c", line, NULL});
	return call_run(c, out);
}

static void
what_it_prints_and_its_status_are_told(void **state)
{
	struct buffer out = {0};
	struct call c;

	(void)state;
	assert_int_equal(
	    run("echo out; echo one >&2; echo two >&2; exit 3", 0, &c, &out),
	    3);
	assert_string_equal(buffer_text(&out), "out\n");
	assert_string_equal(c.said, "two");
	buffer_clear(&out);
	assert_int_equal(run("kill -9 $$", 0, &c, NULL), 128 + 9);
}

static void
who_does_not_end_is_killed(void **state)
{
	struct call c;

	(void)state;
	assert_int_equal(run("sleep 600; :", 50, &c, NULL), 128 + 9);
	assert_string_equal(c.said, "no answer within 1 s");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_it_prints_and_its_status_are_told),
	    cmocka_unit_test(who_does_not_end_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
