/* SPDX-License-Identifier: MIT */
/* Challenges and credentials. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "auth_params.h"

#include <string.h>

static void
parameters_come_one_by_one(void **state)
{
	struct bytes in = bytes_of("Signature nonce=\"a b\" ,  realm=bank");
	struct auth_param p;

	(void)state;
	assert_false(auth_scheme_take(&in, "Sig"));
	assert_false(auth_scheme_take(&in, "Digest"));
	assert_true(auth_scheme_take(&in, "signature"));
	assert_int_equal(auth_params_next(&in, &p), AUTH_PARAM_TAKEN);
	assert_true(bytes_equal_text(p.name, "nonce"));
	assert_true(bytes_equal_text(p.value, "a b"));
	assert_int_equal(auth_params_next(&in, &p), AUTH_PARAM_TAKEN);
	assert_true(bytes_equal_text(p.name, "realm"));
	assert_true(bytes_equal_text(p.value, "bank"));
	assert_int_equal(auth_params_next(&in, &p), AUTH_PARAM_END);
}

static void
a_parameter_is_found_if_it_is_there_once(void **state)
{
	struct bytes value;

	(void)state;
	assert_true(auth_param_find(
	    bytes_of("a=1, Nonce=\"x\", b=\"\""), "nonce", &value));
	assert_true(bytes_equal_text(value, "x"));
	assert_false(auth_param_find(bytes_of("a=1"), "nonce", &value));
	assert_false(auth_param_find(bytes_of(""), "nonce", &value));
	assert_false(
	    auth_param_find(bytes_of("nonce=1, nonce=1"), "nonce", &value));
	assert_false(auth_param_find(bytes_of("nonce=1, ?"), "nonce", &value));
}

static void
what_is_no_parameter_is_malformed_and_consumes_nothing(void **state)
{
	static const char *const malformed[] = {"nonce", "nonce=", "=x",
	    "nonce=\"", "nonce=\"x", "nonce=\"a\\\"b\"", "nonce=x y",
	    "nonce=x,", "nonce=\"x\"y", "no nce=x", ",nonce=x", "nonce=(x)"};
	struct auth_param p;

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		struct bytes in = bytes_of(malformed[i]), before = in;

		assert_int_equal(
		    auth_params_next(&in, &p), AUTH_PARAM_MALFORMED);
		assert_true(in.at == before.at && in.left == before.left);
	}
}

static void
no_shorter_prefix_of_a_challenge_gives_its_nonce(void **state)
{
	static const char text[] = "nonce=\"AAAA\"";
	struct bytes value;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++)
		assert_false(auth_param_find(
		    (struct bytes){(const uint8_t *)text, n}, "nonce", &value));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parameters_come_one_by_one),
	    cmocka_unit_test(a_parameter_is_found_if_it_is_there_once),
	    cmocka_unit_test(
		what_is_no_parameter_is_malformed_and_consumes_nothing),
	    cmocka_unit_test(no_shorter_prefix_of_a_challenge_gives_its_nonce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
