/* SPDX-License-Identifier: MIT */
/* Nonces given out: ours, for a while, and nobody else's. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/challenge.h"

#include <string.h>

#define NOW INT64_C(1764000000)

static void
it_is_good_for_its_lifetime(void **state)
{
	struct challenge c;
	char nonce[CHALLENGE_SIZE];

	(void)state;
	assert_int_equal(challenge_init(&c, 300), 0);
	challenge_issue(&c, NOW, nonce);
	assert_int_equal(strlen(nonce), CHALLENGE_SIZE - 1);
	assert_int_equal(
	    challenge_judge(&c, bytes_of(nonce), NOW), CHALLENGE_OURS);
	assert_int_equal(
	    challenge_judge(&c, bytes_of(nonce), NOW + 300), CHALLENGE_OURS);
	assert_int_equal(
	    challenge_judge(&c, bytes_of(nonce), NOW + 301), CHALLENGE_EXPIRED);
}

static void
another_node_takes_none_of_ours(void **state)
{
	struct challenge ours, theirs;
	char nonce[CHALLENGE_SIZE];

	(void)state;
	assert_int_equal(challenge_init(&ours, 300), 0);
	assert_int_equal(challenge_init(&theirs, 300), 0);
	challenge_issue(&ours, NOW, nonce);
	assert_int_equal(
	    challenge_judge(&theirs, bytes_of(nonce), NOW), CHALLENGE_NOT_OURS);
}

static void
two_are_never_the_same(void **state)
{
	struct challenge c;
	char one[CHALLENGE_SIZE], two[CHALLENGE_SIZE];

	(void)state;
	assert_int_equal(challenge_init(&c, 300), 0);
	challenge_issue(&c, NOW, one);
	challenge_issue(&c, NOW, two);
	assert_string_not_equal(one, two);
}

static void
every_prefix_and_every_changed_letter_is_not_ours(void **state)
{
	struct challenge c;
	char nonce[CHALLENGE_SIZE];
	struct bytes in = {(uint8_t *)nonce, 0};

	(void)state;
	assert_int_equal(challenge_init(&c, 300), 0);
	challenge_issue(&c, NOW, nonce);
	for (; in.left < CHALLENGE_SIZE - 1; in.left++) {
		char was = nonce[in.left];

		assert_int_equal(
		    challenge_judge(&c, in, NOW), CHALLENGE_NOT_OURS);
		nonce[in.left] = was == 'A' ? 'B' : 'A';
		assert_int_equal(challenge_judge(&c, bytes_of(nonce), NOW),
		    CHALLENGE_NOT_OURS);
		nonce[in.left] = was;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_good_for_its_lifetime),
	    cmocka_unit_test(another_node_takes_none_of_ours),
	    cmocka_unit_test(two_are_never_the_same),
	    cmocka_unit_test(every_prefix_and_every_changed_letter_is_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
