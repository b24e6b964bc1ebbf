/* SPDX-License-Identifier: MIT */
/* No two of a class are the same user, whenever they came. */
#include "class/class_users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct class class;
static struct roster users;

static int
begin(void **state)
{
	(void)state;
	class = (struct class){.folder = "/tmp/class-users-XXXXXX"};
	return mkdtemp(class.folder) == NULL;
}

static int
end(void **state)
{
	char command[3200];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", class.folder);
	return system(command) != 0;
}

static unsigned int
id_of(const char *name)
{
	return class_users_id(&class, &users, name);
}

static void
enrol(const char *name)
{
	class.roster.count = 0;
	assert_int_equal(roster_add(&class.roster, name), ROSTER_ADDED);
	assert_int_equal(class_users_add(&class, &users), 0);
}

static void
a_full_class_has_as_many_ids(void **state)
{
	static bool taken[65536];

	(void)state;
	class.number = 59; /* the last block */
	assert_int_equal(roster_number(&class.roster, ROSTER_MAX), 0);
	assert_int_equal(class_users_add(&class, &users), 0);
	for (size_t i = 0; i < ROSTER_MAX; i++) {
		unsigned int id = id_of(class.roster.names[i]);

		assert_in_range(id, 2000, 61999);
		assert_false(taken[id]);
		taken[id] = true;
	}
}

static void
who_came_earlier_keeps_the_id(void **state)
{
	unsigned int ann, bob;

	(void)state;
	enrol("bob");
	bob = id_of("bob");
	enrol("ann");
	ann = id_of("ann");
	assert_int_not_equal(ann, bob);
	enrol("bob");
	assert_int_equal(users.count, 2);
	assert_int_equal(id_of("bob"), bob);
	assert_int_equal(id_of("ann"), ann);
}

static void
one_more_than_a_class_has_is_refused_and_not_kept(void **state)
{
	(void)state;
	assert_int_equal(roster_number(&class.roster, ROSTER_MAX), 0);
	assert_int_equal(class_users_add(&class, &users), 0);
	class.roster.count = 0;
	roster_add(&class.roster, "ann");
	assert_int_equal(class_users_add(&class, &users), -1);
	enrol("student0001");
	assert_int_equal(users.count, ROSTER_MAX);
}

static void
a_link_in_its_place_is_not_followed(void **state)
{
	char path[3200];

	(void)state;
	snprintf(path, sizeof(path), "%s/.users", class.folder);
	assert_int_equal(symlink("elsewhere", path), 0);
	roster_add(&class.roster, "ann");
	assert_int_equal(class_users_add(&class, &users), -1);
}

static void
a_line_that_an_editor_left_open_is_ended(void **state)
{
	char path[3200];
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/.users", class.folder);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs("bob\ncy", file) >= 0);
	assert_int_equal(fclose(file), 0);
	enrol("ann");
	enrol("dora");
	assert_int_equal(users.count, 4);
	assert_int_equal(id_of("dora"), id_of("bob") + 3);
}

#define IN_A_CLASS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_A_CLASS(a_full_class_has_as_many_ids),
	    IN_A_CLASS(who_came_earlier_keeps_the_id),
	    IN_A_CLASS(one_more_than_a_class_has_is_refused_and_not_kept),
	    IN_A_CLASS(a_line_that_an_editor_left_open_is_ended),
	    IN_A_CLASS(a_link_in_its_place_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
