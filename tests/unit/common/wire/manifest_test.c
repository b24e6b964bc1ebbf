/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "buffer.h"
#include "manifest.h"

#include <string.h>

#define OUTER                                                                  \
	"{\"network\":\"outer\",\"address\":\"198.51.100.20\","                \
	"\"mac\":\"02:00:00:00:01:20\"}"
#define INNER                                                                  \
	"{\"network\":\"inner\",\"address\":\"203.0.113.20\","                 \
	"\"mac\":\"02:00:00:00:02:20\"}"
#define GATEWAY                                                                \
	"{\"name\":\"gateway\",\"port\":443,\"interfaces\":[" OUTER "," INNER  \
	"]}"
#define HOSTS(list) "{\"v\":1,\"hosts\":[" list "]}"
#define EGRESS(value) "{\"v\":1,\"egress\":" value ",\"hosts\":[]}"
#define HOST(port, interfaces)                                                 \
	HOSTS("{\"name\":\"a\",\"port\":" port ",\"interfaces\":[" interfaces  \
	      "]}")
#define INTERFACE(network, address, mac)                                       \
	HOST("1", "{\"network\":\"" network "\",\"address\":\"" address        \
		  "\",\"mac\":\"" mac "\"}")
#define MAC "02:00:00:00:00:01"

static void
a_host_is_found_by_name_and_by_each_of_its_addresses(void **state)
{
	struct manifest m;
	const struct manifest_host *host;

	(void)state;
	assert_int_equal(
	    manifest_parse(bytes_of(HOSTS(GATEWAY) " \n"), &m), MANIFEST_GOOD);
	host = manifest_host(&m, "gateway");
	assert_non_null(host);
	assert_int_equal(host->port, 443);
	assert_ptr_equal(manifest_host_at(&m, "198.51.100.20"), host);
	assert_ptr_equal(manifest_host_at(&m, "203.0.113.20"), host);
	assert_string_equal(
	    manifest_interface(host, "inner")->mac, "02:00:00:00:02:20");
	assert_null(manifest_interface(host, "middle"));
	assert_null(manifest_host(&m, "gatewa"));
	assert_null(manifest_host(&m, "gateway2"));
	assert_null(manifest_host_at(&m, "198.51.100.2"));
}

static void
every_shorter_prefix_is_not_json_and_leaves_nothing(void **state)
{
	static const char text[] = HOSTS(GATEWAY);
	struct manifest m;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++) {
		struct bytes in = {(const uint8_t *)text, n};

		assert_int_equal(manifest_parse(in, &m), MANIFEST_NOT_JSON);
		assert_int_equal(m.host_count, 0);
	}
}

struct trial {
	const char *text;
	enum manifest_verdict expected;
};

static void
anything_else_than_what_the_runner_writes_is_refused(void **state)
{
	static const struct trial trials[] = {
	    {HOSTS(""), MANIFEST_GOOD},
	    {HOST("0", ""), MANIFEST_GOOD},
	    {HOST("65535", OUTER), MANIFEST_GOOD},
	    {INTERFACE("outer", "2001:db8::20", MAC), MANIFEST_GOOD},
	    {HOSTS("") "{}", MANIFEST_NOT_JSON},
	    {HOSTS("") "x", MANIFEST_NOT_JSON},
	    {"[]", MANIFEST_MALFORMED},
	    {"1", MANIFEST_MALFORMED},
	    {"{\"hosts\":[]}", MANIFEST_MALFORMED},
	    {"{\"v\":2,\"hosts\":[]}", MANIFEST_MALFORMED},
	    {"{\"v\":\"1\",\"hosts\":[]}", MANIFEST_MALFORMED},
	    {"{\"v\":1}", MANIFEST_MALFORMED},
	    {EGRESS("true"), MANIFEST_GOOD},
	    {EGRESS("1"), MANIFEST_MALFORMED},
	    {EGRESS("\"true\""), MANIFEST_MALFORMED},
	    {EGRESS("null"), MANIFEST_MALFORMED},
	    {"{\"v\":1,\"hosts\":{}}", MANIFEST_MALFORMED},
	    {HOSTS("1"), MANIFEST_MALFORMED},
	    {HOSTS("{}"), MANIFEST_MALFORMED},
	    {HOSTS(GATEWAY "," GATEWAY), MANIFEST_MALFORMED},
	    {HOSTS(GATEWAY ",{\"name\":\"b\",\"port\":1,\"interfaces\":[" OUTER
			   "]}"),
		MANIFEST_MALFORMED},
	    {HOST("65536", OUTER), MANIFEST_MALFORMED},
	    {HOST("-1", OUTER), MANIFEST_MALFORMED},
	    {HOST("1.5", OUTER), MANIFEST_MALFORMED},
	    {HOST("\"443\"", OUTER), MANIFEST_MALFORMED},
	    {HOST("null", OUTER), MANIFEST_MALFORMED},
	    {HOST("1", OUTER "," INNER "," OUTER), MANIFEST_MALFORMED},
	    {HOST("1", "7"), MANIFEST_MALFORMED},
	    {INTERFACE("", "198.51.100.1", MAC), MANIFEST_MALFORMED},
	    {INTERFACE("../x", "198.51.100.1", MAC), MANIFEST_MALFORMED},
	    {INTERFACE("abcdefghijklmno", "198.51.100.1", MAC), MANIFEST_GOOD},
	    {INTERFACE("abcdefghijklmnop", "198.51.100.1", MAC),
		MANIFEST_MALFORMED},
	    {INTERFACE("outer", "198.51.100", MAC), MANIFEST_MALFORMED},
	    {INTERFACE("outer", "example.com", MAC), MANIFEST_MALFORMED},
	    {INTERFACE("outer", "2001:DB8::20", MAC), MANIFEST_MALFORMED},
	    {INTERFACE("outer", "2001:db8:0::20", MAC), MANIFEST_MALFORMED},
	    {INTERFACE("outer", "198.51.100.1", "02:00:00:00:00"),
		MANIFEST_MALFORMED},
	    {INTERFACE("outer", "198.51.100.1", "02:00:00:00:00:0g"),
		MANIFEST_MALFORMED},
	    {INTERFACE("outer", "198.51.100.1", "02-00-00-00-00-01"),
		MANIFEST_MALFORMED},
	};
	struct manifest m;

	(void)state;
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		if (manifest_parse(bytes_of(trials[i].text), &m) !=
		    trials[i].expected)
			fail_msg("%s", trials[i].text);
		if (trials[i].expected != MANIFEST_GOOD)
			assert_int_equal(m.host_count, 0);
	}
}

static void
the_filter_is_there_only_if_it_says_so(void **state)
{
	struct manifest m;

	(void)state;
	assert_int_equal(
	    manifest_parse(bytes_of(EGRESS("true")), &m), MANIFEST_GOOD);
	assert_true(m.egress);
	assert_int_equal(
	    manifest_parse(bytes_of(EGRESS("false")), &m), MANIFEST_GOOD);
	assert_false(m.egress);
	assert_int_equal(
	    manifest_parse(bytes_of(HOSTS("")), &m), MANIFEST_GOOD);
	assert_false(m.egress);
}

static void
sixteen_hosts_fit_and_seventeen_do_not(void **state)
{
	struct manifest m;

	(void)state;
	for (int count = 16; count <= 17; count++) {
		struct buffer text = {0};

		buffer_add_text(&text, "{\"v\":1,\"hosts\":[");
		for (int i = 0; i < count; i++)
			buffer_printf(&text,
			    "%s{\"name\":\"h%d\",\"port\":0,\"interfaces\":[]}",
			    i == 0 ? "" : ",", i);
		buffer_add_text(&text, "]}");
		assert_int_equal(manifest_parse(buffer_bytes(&text), &m),
		    count == 16 ? MANIFEST_GOOD : MANIFEST_MALFORMED);
		buffer_clear(&text);
	}
}

static void
a_text_of_more_than_64_kib_is_refused(void **state)
{
	struct buffer text = {0};
	struct manifest m;

	(void)state;
	buffer_add_text(&text, HOSTS(""));
	while (buffer_bytes(&text).left < 65536)
		buffer_add_u8(&text, ' ');
	assert_int_equal(
	    manifest_parse(buffer_bytes(&text), &m), MANIFEST_GOOD);
	buffer_add_u8(&text, ' ');
	assert_int_equal(
	    manifest_parse(buffer_bytes(&text), &m), MANIFEST_NOT_JSON);
	buffer_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_host_is_found_by_name_and_by_each_of_its_addresses),
	    cmocka_unit_test(
		every_shorter_prefix_is_not_json_and_leaves_nothing),
	    cmocka_unit_test(
		anything_else_than_what_the_runner_writes_is_refused),
	    cmocka_unit_test(the_filter_is_there_only_if_it_says_so),
	    cmocka_unit_test(sixteen_hosts_fit_and_seventeen_do_not),
	    cmocka_unit_test(a_text_of_more_than_64_kib_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
