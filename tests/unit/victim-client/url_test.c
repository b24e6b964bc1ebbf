/* SPDX-License-Identifier: MIT */
/* URLs: what a user may type, and what he is told otherwise. */
#include "url.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static void
schemes_bring_their_ports_and_authorities_leave_them_out(void **state)
{
	static const struct {
		const char *text;
		bool tls;
		const char *host;
		long port;
		const char *authority;
	} rows[] = {
	    {"https://gateway", true, "gateway", 443, "gateway"},
	    {"https://gateway/", true, "gateway", 443, "gateway"},
	    {"http://gateway", false, "gateway", 80, "gateway"},
	    {"https://gateway:443", true, "gateway", 443, "gateway"},
	    {"http://gateway:80/", false, "gateway", 80, "gateway"},
	    {"http://gateway:443", false, "gateway", 443, "gateway:443"},
	    {"https://198.51.100.20:8443", true, "198.51.100.20", 8443,
		"198.51.100.20:8443"},
	    {"https://a.example:1", true, "a.example", 1, "a.example:1"},
	    {"https://a:65535", true, "a", 65535, "a:65535"},
	    {"https://a:00443", true, "a", 443, "a"},
	    {"dtls://gateway", true, "gateway", 443, "gateway"},
	    {"dtls://gateway:4433", true, "gateway", 4433, "gateway:4433"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url url;

		assert_int_equal(url_read(rows[i].text, &url), URL_GOOD);
		assert_int_equal(url.tls, rows[i].tls);
		assert_int_equal(
		    url.datagrams, strncmp(rows[i].text, "dtls", 4) == 0);
		assert_string_equal(url.host, rows[i].host);
		assert_int_equal(url.port, rows[i].port);
		assert_string_equal(url.authority, rows[i].authority);
	}
}

static void
everything_else_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *text;
		enum url_verdict verdict;
	} rows[] = {
	    {"", URL_SCHEME_UNKNOWN},
	    {"gateway", URL_SCHEME_UNKNOWN},
	    {"https:/gateway", URL_SCHEME_UNKNOWN},
	    {"ftp://gateway", URL_SCHEME_UNKNOWN},
	    {" https://gateway", URL_SCHEME_UNKNOWN},
	    {"https://", URL_HOST_BAD},
	    {"https:///", URL_HOST_BAD},
	    {"https://:443", URL_HOST_BAD},
	    {"https://[::1]", URL_IPV6_UNSUPPORTED},
	    {"http://[::1]:80/", URL_IPV6_UNSUPPORTED},
	    {"https://user@gateway", URL_HOST_BAD},
	    {"https://gateway?x", URL_HOST_BAD},
	    {"https://gate way", URL_HOST_BAD},
	    {"https://gateway\r\nHost: x", URL_HOST_BAD},
	    {"https://gateway:", URL_PORT_BAD},
	    {"https://gateway:0", URL_PORT_BAD},
	    {"https://gateway:65536", URL_PORT_BAD},
	    {"https://gateway:100000", URL_PORT_BAD},
	    {"https://gateway:-1", URL_PORT_BAD},
	    {"https://gateway:80x", URL_PORT_BAD},
	    {"https://gateway:/", URL_PORT_BAD},
	    {"https://gateway/transfers", URL_PATH_GIVEN},
	    {"https://gateway//", URL_PATH_GIVEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url url;

		assert_int_equal(url_read(rows[i].text, &url), rows[i].verdict);
	}
}

static void
a_host_has_at_most_its_limit(void **state)
{
	char text[sizeof("https://:65535") + URL_HOST_MAX + 1];
	struct url url;

	(void)state;
	strcpy(text, "https://");
	memset(text + 8, 'a', URL_HOST_MAX);
	strcpy(text + 8 + URL_HOST_MAX, ":65535");
	assert_int_equal(url_read(text, &url), URL_GOOD);
	assert_int_equal(strlen(url.host), URL_HOST_MAX);
	assert_int_equal(strlen(url.authority), URL_HOST_MAX + 6);

	memset(text + 8, 'a', URL_HOST_MAX + 1);
	strcpy(text + 8 + URL_HOST_MAX + 1, "");
	assert_int_equal(url_read(text, &url), URL_HOST_BAD);
}

static void
every_shorter_prefix_is_judged_within_its_end(void **state)
{
	static const char whole[] = "https://gateway:65535/";

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		char text[sizeof(whole)];
		struct url url;

		memcpy(text, whole, n);
		text[n] = '\0';
		if (url_read(text, &url) == URL_GOOD)
			assert_true(n > strlen("https://"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		schemes_bring_their_ports_and_authorities_leave_them_out),
	    cmocka_unit_test(everything_else_is_refused_with_its_reason),
	    cmocka_unit_test(a_host_has_at_most_its_limit),
	    cmocka_unit_test(every_shorter_prefix_is_judged_within_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
