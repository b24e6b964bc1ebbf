/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/nonce_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASKERS 4
#define NONCES 50

static char path[] = "/tmp/nonce_fileXXXXXX";

static void
remove_files(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-users"};
	char name[64];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

static enum nonce_answer
add(struct nonce_memory *m, uint8_t which, int64_t now, int64_t expires_at)
{
	uint8_t key[NONCE_KEY_SIZE] = {which};

	return nonce_memory_add_if_absent(m, key, now, expires_at);
}

static void
two_that_share_it_know_what_the_other_was_told(void **state)
{
	struct nonce_memory *a = nonce_file_open("store", path),
			    *b = nonce_file_open("store", path);
	uint8_t key[NONCE_KEY_SIZE] = {1};

	(void)state;
	assert_int_equal(add(a, 1, 100, 200), NONCE_FRESH);
	assert_int_equal(add(b, 1, 100, 200), NONCE_SEEN);
	assert_int_equal(nonce_memory_look(b, key, 100), NONCE_SEEN);
	assert_int_equal(add(b, 2, 100, 200), NONCE_FRESH);
	assert_int_equal(add(a, 2, 100, 200), NONCE_SEEN);
	nonce_memory_free(a);
	nonce_memory_free(b);
	/* And who comes after both of them. */
	a = nonce_file_open("store", path);
	assert_int_equal(add(a, 2, 200, 300), NONCE_SEEN);
	assert_int_equal(add(a, 2, 201, 301), NONCE_FRESH);
	assert_int_equal(nonce_memory_horizon(a), 201);
	nonce_memory_free(a);
	remove_files();
}

static void
a_shared_one_ends_with_its_last_user(void **state)
{
	struct nonce_memory *a = nonce_file_open_shared("store", path), *b;

	(void)state;
	assert_int_equal(add(a, 1, 100, 200), NONCE_FRESH);
	b = nonce_file_open_shared("store", path);
	assert_int_equal(add(b, 1, 100, 200), NONCE_SEEN);
	nonce_memory_free(a);
	/* One restarts while the other goes on. */
	a = nonce_file_open_shared("store", path);
	assert_int_equal(add(a, 1, 100, 200), NONCE_SEEN);
	nonce_memory_free(a);
	nonce_memory_free(b);
	a = nonce_file_open_shared("store", path);
	assert_int_equal(add(a, 1, 100, 200), NONCE_FRESH);
	assert_int_equal(nonce_memory_horizon(a), 0);
	nonce_memory_free(a);
	assert_null(nonce_file_open_shared("store", "/nowhere/store"));
	remove_files();
}

/* One asker, a process of its own: how many were fresh to him. */
static int
ask_all(void)
{
	struct nonce_memory *m = nonce_file_open("store", path);
	int fresh = 0;

	for (uint8_t i = 0; i < NONCES; i++)
		fresh += add(m, i, 100, 200) == NONCE_FRESH;
	nonce_memory_free(m);
	return fresh;
}

static void
of_many_that_ask_at_once_one_is_told_fresh(void **state)
{
	int fresh = 0, status;

	(void)state;
	nonce_memory_free(nonce_file_open("store", path));
	for (int i = 0; i < ASKERS; i++)
		if (fork() == 0)
			_exit(ask_all());
	for (int i = 0; i < ASKERS; i++) {
		assert_true(wait(&status) > 0 && WIFEXITED(status));
		fresh += WEXITSTATUS(status);
	}
	assert_int_equal(fresh, NONCES);
	remove_files();
}

static void
a_file_that_cannot_be_one_is_refused(void **state)
{
	FILE *file = fopen(path, "w");

	(void)state;
	assert_null(nonce_file_open("store", "/nowhere/store"));
	assert_null(nonce_file_open("store", "/tmp"));
	fputs("this is no database, and longer than its header's magic", file);
	fclose(file);
	assert_null(nonce_file_open("store", path));
	remove_files();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_that_share_it_know_what_the_other_was_told),
	    cmocka_unit_test(a_shared_one_ends_with_its_last_user),
	    cmocka_unit_test(of_many_that_ask_at_once_one_is_told_fresh),
	    cmocka_unit_test(a_file_that_cannot_be_one_is_refused),
	};

	close(mkstemp(path));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
