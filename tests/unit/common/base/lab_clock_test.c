/* SPDX-License-Identifier: MIT */
/* The lab clock: on time, moved while it runs, and refused when damaged. */
#include "lab_clock.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static char path[] = "/tmp/lab_clock_test.XXXXXX";

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* How far ahead lab_now is, give or take the time between two calls. */
static void
assert_ahead(int64_t expected)
{
	int64_t before = true_now();
	int64_t ahead = lab_now() - before;
	int64_t passed = true_now() - before;

	assert_true(ahead >= expected && ahead <= expected + passed);
}

static void
no_clock_file_means_the_true_time(void **state)
{
	(void)state;
	assert_int_equal(lab_clock_open(NULL), 0);
	assert_ahead(0);
	assert_int_equal(lab_clock_open("/nonexistent/clock"), 0);
	assert_ahead(0);
}

static void
a_file_of_another_size_is_refused(void **state)
{
	static const char bytes[9] = {0};

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		int fd = open(path, O_WRONLY | O_TRUNC);

		assert_int_equal(write(fd, bytes, n), n);
		close(fd);
		if (n != 8)
			assert_int_equal(lab_clock_open(path), -1);
	}
	assert_int_equal(lab_clock_open("/proc/self"), -1);
}

static void
a_clock_moves_under_a_program_that_follows_it(void **state)
{
	static const int64_t offsets[] = {
	    301 * NANOSECONDS, -5, 0, -86400 * NANOSECONDS, INT64_C(1) << 61};

	(void)state;
	assert_int_equal(lab_clock_create(path), 0);
	assert_int_equal(lab_clock_open(path), 0);
	assert_ahead(0);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		assert_int_equal(lab_clock_move(path, offsets[i]), 0);
		assert_ahead(offsets[i]);
	}
	assert_int_equal(lab_clock_move("/nonexistent/clock", 0), -1);
	assert_int_equal(lab_clock_create("/nonexistent/clock"), -1);
}

/* What OpenSSL takes for now: tickets by libssl, certificates by libcrypto. */
static int64_t
openssl_now(void)
{
	SSL_SESSION *session = SSL_SESSION_new();
#if OPENSSL_VERSION_PREREQ(3, 3)
	int64_t now = SSL_SESSION_get_time_ex(session);
#else
	int64_t now = SSL_SESSION_get_time(session);
#endif

	SSL_SESSION_free(session);
	return now;
}

static void
openssl_follows_it_too(void **state)
{
	const int64_t true_seconds = true_now() / NANOSECONDS;
	ASN1_TIME *now;

	(void)state;
	assert_int_equal(lab_clock_create(path), 0);
	assert_int_equal(lab_clock_open(path), 0);
	for (int64_t ahead = -864000; ahead <= 864000; ahead += 1728000) {
		assert_int_equal(lab_clock_move(path, ahead * NANOSECONDS), 0);
		assert_in_range(openssl_now(), true_seconds + ahead,
		    true_seconds + ahead + 60);
		now = X509_gmtime_adj(NULL, 0);
		assert_int_equal(
		    ASN1_TIME_cmp_time_t(now, true_seconds + ahead - 1), 1);
		assert_int_equal(
		    ASN1_TIME_cmp_time_t(now, true_seconds + ahead + 60), -1);
		ASN1_TIME_free(now);
	}
}

static void
times_are_written_as_rfc_3339(void **state)
{
	static const struct {
		int64_t at;
		const char *text;
	} times[] = {
	    {0, "1970-01-01T00:00:00.000000000Z"},
	    {1, "1970-01-01T00:00:00.000000001Z"},
	    {-1, "1969-12-31T23:59:59.999999999Z"},
	    {-NANOSECONDS, "1969-12-31T23:59:59.000000000Z"},
	    {INT64_C(1618884473123456789), "2021-04-20T02:07:53.123456789Z"},
	    {INT64_C(951782400000000000), "2000-02-29T00:00:00.000000000Z"},
	};
	char into[RFC3339_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		assert_string_equal(rfc3339(times[i].at, into), times[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_clock_file_means_the_true_time),
	    cmocka_unit_test(a_file_of_another_size_is_refused),
	    cmocka_unit_test(a_clock_moves_under_a_program_that_follows_it),
	    cmocka_unit_test(openssl_follows_it_too),
	    cmocka_unit_test(times_are_written_as_rfc_3339),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
