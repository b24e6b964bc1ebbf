/* SPDX-License-Identifier: MIT */
/* The command line of a client that is curl. */
#include "stock/curl_command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct stock_suite tls13 = {"tls13", NULL, NULL};
static const struct stock_suite tls12 = {"tls12-gcm", "SOME-CIPHER", NULL};

static struct stock
paying(const struct stock_suite *suite, size_t count)
{
	static const char *ids[] = {"t-1", "t-2"};
	struct stock stock = {.suite = suite, .from = "alice", .to = "bob"};

	stock.amount = 100;
	stock.ids.count = count;
	for (size_t i = 0; i < count; i++)
		stock.ids.item[i] = ids[i];
	return stock;
}

/* How often a word is there; the one after its last in *next. */
static size_t
count(const struct curl_command *c, const char *word, const char **next)
{
	size_t found = 0;

	*next = "";

	for (size_t i = 0; c->words[i] != NULL; i++)
		if (strcmp(c->words[i], word) == 0) {
			found++;
			*next = c->words[i + 1];
		}
	return found;
}

static size_t
traces(const char *version)
{
	struct stock stock = paying(&tls13, 2);
	struct curl_command c;
	const char *next;
	size_t found;

	assert_int_equal(curl_command_init(&c, &stock, version), 0);
	found = count(&c, "--trace-config", &next);
	curl_command_clear(&c);
	return found;
}

static void
only_a_curl_that_can_is_asked_for_its_own_end(void **state)
{
	(void)state;
	assert_int_equal(traces("curl 7.88.1 (x86_64-pc-linux-gnu)"), 0);
	assert_int_equal(traces("curl 8.2.9"), 0);
	assert_int_equal(traces("curl 8.3.0"), 2);
	assert_int_equal(traces("curl 10.0.0"), 2);
	assert_int_equal(traces(""), 0);
}

static void
each_transfer_says_all_of_it(void **state)
{
	struct stock stock = paying(&tls12, 2);
	struct curl_command c;
	const char *next;

	(void)state;
	assert_int_equal(curl_command_init(&c, &stock, ""), 0);
	assert_int_equal(count(&c, "--next", &next), 1);
	assert_int_equal(count(&c, "--ciphers", &next), 2);
	assert_string_equal(next, "SOME-CIPHER");
	assert_int_equal(count(&c, "--data-binary", &next), 2);
	assert_non_null(strstr(next, "\"id\":\"t-2\""));
	assert_int_equal(count(&c, "--connect-to", &next), 2);
	assert_string_equal(next, "gateway:443:gateway:443");
	curl_command_clear(&c);
}

static void
who_watches_uploads_the_second(void **state)
{
	struct stock stock = paying(&tls13, 2);
	struct curl_command c;
	const char *next;

	(void)state;
	stock.step = stock.watch = true;
	stock.connect = "attacker";
	assert_int_equal(curl_command_init(&c, &stock, ""), 0);
	assert_int_equal(count(&c, "--data-binary", &next), 1);
	assert_int_equal(count(&c, "--upload-file", &next), 1);
	assert_string_equal(c.gate, "");
	assert_int_equal(count(&c, "--connect-to", &next), 2);
	assert_string_equal(next, "gateway:443:attacker:443");
	curl_command_clear(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_a_curl_that_can_is_asked_for_its_own_end),
	    cmocka_unit_test(each_transfer_says_all_of_it),
	    cmocka_unit_test(who_watches_uploads_the_second),
	};

	setenv("REPLAYLAB_DIR", "/lab", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
