/* SPDX-License-Identifier: MIT */
/* Which paths and methods mean what. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "backend/route.h"

static enum route
find(const char *method, const char *path, struct account *a)
{
	*a = (struct account){0};
	return route_find(bytes_of(method), bytes_of(path), a);
}

static void
path_and_method_choose(void **state)
{
	struct account a;

	(void)state;
	assert_int_equal(find("POST", "/transfers", &a), ROUTE_TRANSFER);
	assert_string_equal(a.name, "");
	assert_int_equal(find("GET", "/accounts/alice", &a), ROUTE_BALANCE);
	assert_string_equal(a.name, "alice");
	assert_int_equal(find("POST", "/accounts/bob", &a), ROUTE_TRANSFER);
	assert_string_equal(a.name, "bob");
	assert_int_equal(find("GET", "/healthz", &a), ROUTE_HEALTH);
	assert_int_equal(find("GET", "/metrics", &a), ROUTE_METRICS);
}

static void
other_paths_lead_nowhere(void **state)
{
	static const char *const paths[] = {"", "/", "/transfers/", "/transfer",
	    "/accounts", "/accounts/", "/accounts/a%2Fb", "/accounts/a/b",
	    "/Accounts/alice", "/healthz/"};
	struct account a;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(find("POST", paths[i], &a), ROUTE_NOWHERE);
}

static void
a_route_has_its_methods(void **state)
{
	struct bytes get = bytes_of("GET"), head = bytes_of("HEAD");
	struct bytes post = bytes_of("POST"), small = bytes_of("get");

	(void)state;
	assert_true(route_allows(ROUTE_TRANSFER, post, false));
	assert_false(route_allows(ROUTE_TRANSFER, get, false));
	assert_true(route_allows(ROUTE_TRANSFER, get, true));
	assert_false(route_allows(ROUTE_TRANSFER, head, true));
	assert_true(route_allows(ROUTE_BALANCE, get, false));
	assert_true(route_allows(ROUTE_HEALTH, head, false));
	assert_false(route_allows(ROUTE_METRICS, post, true));
	assert_false(route_allows(ROUTE_BALANCE, small, true));
	assert_true(route_allows(ROUTE_NOWHERE, post, false));
}

static void
a_refused_method_is_told_the_others(void **state)
{
	(void)state;
	assert_string_equal(route_methods(ROUTE_TRANSFER), "POST");
	assert_string_equal(route_methods(ROUTE_BALANCE), "GET, HEAD, POST");
	assert_string_equal(route_methods(ROUTE_HEALTH), "GET, HEAD");
	assert_string_equal(route_methods(ROUTE_NOWHERE), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(path_and_method_choose),
	    cmocka_unit_test(other_paths_lead_nowhere),
	    cmocka_unit_test(a_route_has_its_methods),
	    cmocka_unit_test(a_refused_method_is_told_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
