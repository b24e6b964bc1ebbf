/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "answer.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HELLO "\x16\x03\x03\x00\x02hi"
#define CHANGE "\x14\x03\x03\x00\x01\x01"
#define ALERT "\x15\x03\x03\x00\x02\x02\x14" /* fatal, bad_record_mac */
#define DATA "\x17\x03\x03\x00\x03xyz"

/* What came, and what it is at the end of the connection. */
struct row {
	const char *name;
	const char *bytes;
	size_t length;
	uint64_t expected; /* records */
	enum answer_outcome outcome, at_end;
	int status;
};
#define ROW(name, text, expected, outcome, at_end, status)                     \
	{                                                                      \
		name, text, sizeof(text) - 1, expected, outcome, at_end,       \
		    status                                                     \
	}

static const struct row rows[] = {
    ROW("nothing", "", 0, ANSWER_PENDING, ANSWER_CLOSED, 0),
    ROW("200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0,
	ANSWER_ANSWERED, ANSWER_ANSWERED, 200),
    ROW("409", "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n", 0,
	ANSWER_ANSWERED, ANSWER_ANSWERED, 409),
    ROW("half a head", "HTTP/1.1 200 OK\r\n", 0, ANSWER_PENDING, ANSWER_CLOSED,
	0),
    ROW("until the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", 0,
	ANSWER_PENDING, ANSWER_ANSWERED, 200),
    ROW("another language", "220 mail\r\n\r\n", 0, ANSWER_ANSWERED,
	ANSWER_ANSWERED, 0),
    ROW("alert at once", ALERT, 0, ANSWER_ALERT, ANSWER_ALERT, 0),
    ROW("alert in the handshake", HELLO ALERT, 9, ANSWER_ALERT, ANSWER_ALERT,
	0),
    ROW("alert after the last expected", HELLO ALERT, 2, ANSWER_ALERT,
	ANSWER_ALERT, 0),
    ROW("a protected alert is only a record", HELLO CHANGE ALERT, 9,
	ANSWER_PENDING, ANSWER_CLOSED, 0),
    ROW("as many records as then", HELLO CHANGE DATA, 3, ANSWER_ANSWERED,
	ANSWER_ANSWERED, 0),
    ROW("one fewer", HELLO CHANGE DATA, 4, ANSWER_PENDING, ANSWER_CLOSED, 0),
    ROW("nothing is known of then", HELLO CHANGE DATA, 0, ANSWER_PENDING,
	ANSWER_CLOSED, 0),
    ROW("half a record", "\x15\x03\x03\x00\x02\x02", 0, ANSWER_PENDING,
	ANSWER_CLOSED, 0),
};

static void
the_outcome_does_not_depend_on_how_the_bytes_come(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t piece = 1; piece <= rows[i].length + 1; piece++) {
			struct bytes rest = {
			    (const uint8_t *)rows[i].bytes, rows[i].length};
			struct bytes part;
			struct answer a;

			answer_begin(&a, rows[i].expected);
			while (rest.left > 0) {
				bytes_take(&rest,
				    rest.left < piece ? rest.left : piece,
				    &part);
				answer_feed(&a, part);
			}
			if (a.outcome != rows[i].outcome ||
			    answer_end(&a) != rows[i].at_end ||
			    a.status != rows[i].status)
				fail_msg("%s, in pieces of %zu: %s",
				    rows[i].name, piece,
				    answer_outcome_name(a.outcome));
			if (a.outcome == ANSWER_ALERT) {
				assert_int_equal(a.level, 2);
				assert_int_equal(a.description, 20);
			}
			answer_clear(&a);
		}
}

static void
a_wait_in_vain_is_a_timeout_but_changes_no_outcome(void **state)
{
	struct answer a;

	(void)state;
	answer_begin(&a, 0);
	assert_int_equal(answer_timeout(&a), ANSWER_TIMEOUT);
	assert_int_equal(answer_end(&a), ANSWER_TIMEOUT);
	answer_clear(&a);
	answer_begin(&a, 0);
	answer_feed(&a, (struct bytes){(const uint8_t *)ALERT, 7});
	assert_int_equal(answer_timeout(&a), ANSWER_ALERT);
	answer_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_outcome_does_not_depend_on_how_the_bytes_come),
	    cmocka_unit_test(
		a_wait_in_vain_is_a_timeout_but_changes_no_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
