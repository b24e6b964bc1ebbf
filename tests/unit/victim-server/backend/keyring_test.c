/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/keyring.h"

#include <stdio.h>

#define HMAC_KEY(id)                                                           \
	"{\"keyid\":\"" id "\",\"alg\":\"hmac-sha256\","                       \
	"\"secret\":\"c2VjcmV0\"}"
#define ED25519_KEY(value)                                                     \
	"{\"keyid\":\"e\",\"alg\":\"ed25519\","                                \
	"\"private\":\"x\",\"public\":\"" value "\"}"
#define PUBLIC "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="
#define RING(list) "{\"v\":1,\"keys\":[" list "]}"

static void
keys_are_found_by_their_id(void **state)
{
	struct keyring *k = keyring_parse(
	    bytes_of(
		RING(HMAC_KEY("a") "," HMAC_KEY("ab") "," ED25519_KEY(PUBLIC))),
	    "test");
	const struct signature_key *key;

	(void)state;
	assert_non_null(k);
	assert_non_null(key = keyring_find(k, bytes_of("ab")));
	assert_int_equal(key->algorithm, SIGNATURE_HMAC_SHA256);
	assert_true(bytes_equal_text(key->material, "secret"));
	assert_non_null(key = keyring_find(k, bytes_of("e")));
	assert_int_equal(key->algorithm, SIGNATURE_ED25519);
	assert_int_equal(key->material.left, 32);
	assert_null(keyring_find(k, bytes_of("abc")));
	assert_null(keyring_find(k, bytes_of("")));
	assert_null(keyring_find(k, bytes_of("A")));
	keyring_close(k);
}

static void
a_key_that_is_not_understood_stops_the_start(void **state)
{
	static const char *const wrong[] = {
	    "",
	    "{}",
	    "{\"keys\":1}",
	    RING("1"),
	    RING("{}"),
	    RING(HMAC_KEY("")),
	    RING(HMAC_KEY("a") "," HMAC_KEY("a")),
	    RING("{\"keyid\":\"a\",\"alg\":\"rsa\",\"secret\":\"c2Vj\"}"),
	    RING("{\"keyid\":\"a\",\"alg\":\"hmac-sha256\"}"),
	    RING("{\"keyid\":\"a\",\"alg\":\"hmac-sha256\","
		 "\"secret\":\"!\"}"),
	    RING(ED25519_KEY("c2VjcmV0")),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(keyring_parse(bytes_of(wrong[i]), "test"));
}

static void
every_shorter_prefix_is_refused(void **state)
{
	static const char text[] = RING(HMAC_KEY("a"));

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++)
		assert_null(keyring_parse(
		    (struct bytes){(const uint8_t *)text, n}, "test"));
}

static void
the_33rd_key_is_one_too_many(void **state)
{
	struct buffer text = {0};
	struct keyring *k;

	(void)state;
	for (int limit = 32; limit <= 33; limit++) {
		buffer_reset(&text);
		buffer_add_text(&text, "{\"keys\":[");
		for (int i = 0; i < limit; i++)
			buffer_printf(&text,
			    "%s{\"keyid\":\"k%d\",\"alg\":\"hmac-sha256\","
			    "\"secret\":\"c2Vj\"}",
			    i == 0 ? "" : ",", i);
		buffer_add_text(&text, "]}");
		k = keyring_parse(buffer_bytes(&text), "test");
		assert_int_equal(k != NULL, limit == 32);
		keyring_close(k);
	}
	buffer_clear(&text);
}

static void
a_file_that_is_not_there_is_no_keyring(void **state)
{
	(void)state;
	assert_null(keyring_open("/nowhere/keys.json"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_are_found_by_their_id),
	    cmocka_unit_test(a_key_that_is_not_understood_stops_the_start),
	    cmocka_unit_test(every_shorter_prefix_is_refused),
	    cmocka_unit_test(the_33rd_key_is_one_too_many),
	    cmocka_unit_test(a_file_that_is_not_there_is_no_keyring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
