/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/remote.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

static void
a_place_is_a_host_and_perhaps_a_port(void **state)
{
	struct remote r;

	(void)state;
	assert_int_equal(remote_find(&r, "127.0.0.1", 6379), 0);
	assert_string_equal(r.address, "127.0.0.1");
	assert_string_equal(r.port, "6379");
	assert_int_equal(remote_find(&r, "127.0.0.1:1", 6379), 0);
	assert_string_equal(r.port, "1");
	assert_int_equal(remote_find(&r, "127.0.0.1:65535", 6379), 0);
	assert_string_equal(r.port, "65535");
	assert_string_equal(r.name, "127.0.0.1:65535");
}

static void
what_is_no_place_is_refused(void **state)
{
	static const char *const wrong[] = {"", ":", ":5432",
	    "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:-1",
	    "127.0.0.1:5x", "127.0.0.1:5432:1", "no.such.host.invalid"};
	char longest[300];
	struct remote r;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(remote_find(&r, wrong[i], 5432), -1);
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(remote_find(&r, longest, 5432), -1);
}

static void
nobody_waits_longer_than_the_deadline(void **state)
{
	int ends[2];
	int64_t deadline;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	deadline = remote_deadline(20);
	assert_false(remote_has_passed(deadline));
	assert_false(remote_wait(ends[0], POLLIN, deadline));
	assert_true(remote_has_passed(deadline));
	assert_int_equal(write(ends[1], "x", 1), 1);
	/* What is there is seen also behind it. */
	assert_true(remote_wait(ends[0], POLLIN, deadline));
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_place_is_a_host_and_perhaps_a_port),
	    cmocka_unit_test(what_is_no_place_is_refused),
	    cmocka_unit_test(nobody_waits_longer_than_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
