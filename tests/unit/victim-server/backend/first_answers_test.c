/* SPDX-License-Identifier: MIT */
/* First answers: by key, by whose it is, and by what was asked. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/first_answers.h"
#include "backend/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scene {
	char path[32];
	struct store *store;
	struct first_answers *answers;
};

static int
open_scene(void **state)
{
	static struct scene scene;

	strcpy(scene.path, "/tmp/answersXXXXXX");
	close(mkstemp(scene.path));
	scene.store = store_open(scene.path, 0);
	if (scene.store == NULL)
		return -1;
	scene.answers = first_answers_new(scene.store);
	*state = &scene;
	return scene.answers == NULL ? -1 : store_begin(scene.store);
}

static int
close_scene(void **state)
{
	struct scene *s = *state;

	store_commit(s->store);
	first_answers_free(s->answers);
	store_close(s->store);
	/* The last to close takes the other two files along. */
	return unlink(s->path);
}

static struct first_answer
asked(const char *keyid, const char *key, const char *request)
{
	return (struct first_answer){.keyid = bytes_of(keyid),
	    .key = bytes_of(key),
	    .request = bytes_of(request),
	    .seq = 7,
	    .balance = 900};
}

static enum first_answer_found
find(struct scene *s, const char *keyid, const char *key, const char *request)
{
	struct first_answer a = asked(keyid, key, request);

	a.seq = a.balance = 0;
	switch (first_answers_find(s->answers, &a)) {
	case FIRST_ANSWER_NONE:
		return FIRST_ANSWER_NONE;
	case FIRST_ANSWER_SAME:
		assert_int_equal(a.seq, 7);
		assert_int_equal(a.balance, 900);
		return FIRST_ANSWER_SAME;
	case FIRST_ANSWER_OTHER_REQUEST:
		return FIRST_ANSWER_OTHER_REQUEST;
	case FIRST_ANSWER_UNAVAILABLE:
		break;
	}
	return FIRST_ANSWER_UNAVAILABLE;
}

static void
the_same_request_finds_its_answer(void **state)
{
	struct first_answer first = asked("client", "k-1", "pay");

	assert_int_equal(
	    find(*state, "client", "k-1", "pay"), FIRST_ANSWER_NONE);
	assert_int_equal(
	    first_answers_keep(((struct scene *)*state)->answers, &first), 0);
	assert_int_equal(
	    find(*state, "client", "k-1", "pay"), FIRST_ANSWER_SAME);
	assert_int_equal(
	    find(*state, "client", "k-1", "pay"), FIRST_ANSWER_SAME);
}

static void
another_request_or_another_s_key_does_not(void **state)
{
	struct first_answer first = asked("client", "k-1", "pay");

	assert_int_equal(
	    first_answers_keep(((struct scene *)*state)->answers, &first), 0);
	assert_int_equal(
	    find(*state, "client", "k-1", "pay9"), FIRST_ANSWER_OTHER_REQUEST);
	assert_int_equal(
	    find(*state, "client2", "k-1", "pay"), FIRST_ANSWER_NONE);
	assert_int_equal(
	    find(*state, "client", "k-2", "pay"), FIRST_ANSWER_NONE);
	/* Lengths count: neither is the other's beginning. */
	assert_int_equal(
	    find(*state, "clientk", "-1", "pay"), FIRST_ANSWER_NONE);
	assert_int_equal(find(*state, "", "k-1", "pay"), FIRST_ANSWER_NONE);
}

static void
nobody_asks_outside_of_a_transaction(void **state)
{
	struct scene *s = *state;
	struct first_answer first = asked("client", "k-1", "pay");

	assert_int_equal(store_commit(s->store), 0);
	assert_int_equal(first_answers_keep(s->answers, &first), -1);
	assert_int_equal(
	    find(s, "client", "k-1", "pay"), FIRST_ANSWER_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		the_same_request_finds_its_answer, open_scene, close_scene),
	    cmocka_unit_test_setup_teardown(
		another_request_or_another_s_key_does_not, open_scene,
		close_scene),
	    cmocka_unit_test_setup_teardown(
		nobody_asks_outside_of_a_transaction, open_scene, close_scene),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
