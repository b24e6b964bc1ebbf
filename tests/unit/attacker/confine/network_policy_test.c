/* SPDX-License-Identifier: MIT */
/* The truth tables of lock 3. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "confine/network_policy.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "198.51.100.0/24" */
static struct network_prefix
prefix(const char *text)
{
	struct network_prefix p = {0};
	char address[64];

	snprintf(address, sizeof(address), "%s", text);
	address[strcspn(address, "/")] = '\0';
	p.family = strchr(address, ':') == NULL ? AF_INET : AF_INET6;
	p.length = (uint8_t)atoi(strchr(text, '/') + 1);
	assert_int_equal(inet_pton(p.family, address, p.address), 1);
	return p;
}

static void
a_prefix_is_allowed_if_it_is_whole_inside_an_allowed_one(void **state)
{
	static const struct {
		const char *prefix;
		bool allowed;
	} rows[] = {
	    {"192.0.2.0/24", true},
	    {"192.0.2.255/32", true},
	    {"192.0.2.0/23", false},
	    {"192.0.1.255/32", false},
	    {"192.0.3.0/32", false},
	    {"198.51.100.0/24", true},
	    {"198.51.100.128/25", true},
	    {"198.51.99.255/32", false},
	    {"198.51.101.0/32", false},
	    {"198.51.100.0/8", false},
	    {"203.0.113.0/24", true},
	    {"203.0.112.255/32", false},
	    {"203.0.114.0/32", false},
	    {"127.0.0.0/8", true},
	    {"127.255.255.255/32", true},
	    {"126.255.255.255/32", false},
	    {"128.0.0.0/32", false},
	    {"126.0.0.0/7", false},
	    {"169.254.0.0/16", true},
	    {"169.253.255.255/32", false},
	    {"169.255.0.0/32", false},
	    {"0.0.0.0/0", false},
	    {"0.0.0.0/32", false},
	    {"10.0.0.1/32", false},
	    {"172.16.0.1/32", false},
	    {"192.168.0.1/32", false},
	    {"100.64.0.1/32", false},
	    {"198.18.0.1/32", false},
	    {"224.0.0.1/32", false},
	    {"255.255.255.255/32", false},
	    {"2001:db8::/32", true},
	    {"2001:db8:ffff::1/128", true},
	    {"2001:db8::/31", false},
	    {"2001:db9::/128", false},
	    {"2001:db7:ffff::/128", false},
	    {"fe80::/10", true},
	    {"fe80::1/128", true},
	    {"febf:ffff::/128", true},
	    {"fe80::/9", false},
	    {"fec0::/128", false},
	    {"fe7f::/128", false},
	    {"::1/128", true},
	    {"::/128", false},
	    {"::2/128", false},
	    {"::/127", false},
	    {"::/0", false},
	    {"fd00::1/128", false},
	    {"ff02::1/128", false},
	    {"::ffff:198.51.100.1/128", false},
	    {"2001:4860::/128", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct network_prefix p = prefix(rows[i].prefix);

		if (network_prefix_allowed(&p) != rows[i].allowed)
			fail_msg("%s", rows[i].prefix);
	}
	assert_false(network_prefix_allowed(&(struct network_prefix){0}));
}

static void
an_address_in_text_is_allowed_only_if_it_is_one(void **state)
{
	(void)state;
	assert_true(network_address_allowed("198.51.100.1"));
	assert_true(network_address_allowed("2001:db8::1"));
	assert_false(network_address_allowed("172.16.0.1"));
	assert_false(network_address_allowed("fd00::1"));
	assert_false(network_address_allowed("198.51.100"));
	assert_false(network_address_allowed("198.51.100.1 "));
	assert_false(network_address_allowed("198.51.100.1/24"));
	assert_false(network_address_allowed("gateway"));
	assert_false(network_address_allowed(""));
}

static void
both_ends_of_an_address_count(void **state)
{
	struct network_prefix good = prefix("198.51.100.1/32");
	struct network_prefix bad = prefix("172.16.0.1/32");

	(void)state;
	assert_int_equal(network_judge_address(&good, &good), NETWORK_ALLOWED);
	assert_int_equal(
	    network_judge_address(&good, &bad), NETWORK_ADDRESS_FOREIGN);
	assert_int_equal(
	    network_judge_address(&bad, &good), NETWORK_ADDRESS_FOREIGN);
}

static void
links_are_lo_veth_bridge_and_dummy(void **state)
{
	static const struct {
		struct network_link link;
		enum network_verdict verdict;
	} rows[] = {
	    /* name, kind, loopback, up, has_device, index, lower */
	    {{"lo", "", true, true, false, 1, 0}, NETWORK_ALLOWED},
	    {{"outer", "veth", false, true, false, 2, 7}, NETWORK_ALLOWED},
	    {{"outer", "veth", false, true, false, 2, 0}, NETWORK_ALLOWED},
	    {{"hub", "bridge", false, true, false, 2, 0}, NETWORK_ALLOWED},
	    {{"hub", "bridge", false, true, false, 2, 2}, NETWORK_ALLOWED},
	    {{"d0", "dummy", false, true, false, 2, 0}, NETWORK_ALLOWED},
	    {{"eth0", "", false, true, true, 2, 0}, NETWORK_LINK_PHYSICAL},
	    {{"eth0", "", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"lo", "", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"lo2", "", true, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"lo", "tun", true, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"v", "veth", false, true, true, 2, 7}, NETWORK_LINK_PHYSICAL},
	    {{"d0", "dummy", false, true, false, 2, 3}, NETWORK_LINK_STACKED},
	    {{"m", "macvlan", false, true, false, 2, 3}, NETWORK_LINK_STACKED},
	    {{"i", "ipvlan", false, true, false, 2, 3}, NETWORK_LINK_STACKED},
	    {{"w", "vlan", false, true, false, 2, 3}, NETWORK_LINK_STACKED},
	    {{"t", "tun", false, false, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"wg0", "wireguard", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"x", "vxlan", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"b", "bridge ", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"b", "bridg", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    /* The tunnels a new network has from its first moment. */
	    {{"sit0", "sit", false, false, false, 2, 0}, NETWORK_ALLOWED},
	    {{"sit0", "sit", false, true, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"sit1", "sit", false, false, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"sit0", "ipip", false, false, false, 2, 0}, NETWORK_LINK_KIND},
	    {{"sit0", "sit", false, false, false, 2, 3}, NETWORK_LINK_STACKED},
	    {{"sit0", "sit", false, false, true, 2, 0}, NETWORK_LINK_PHYSICAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (network_judge_link(&rows[i].link) != rows[i].verdict)
			fail_msg("row %zu: %s (%s)", i, rows[i].link.name,
			    rows[i].link.kind);
}

static void
routes_stay_inside(void **state)
{
	static const struct {
		const char *to, *gateway;
		uint32_t table;
		uint8_t type;
		bool plain;
		enum network_verdict verdict;
	} rows[] = {
	    {"198.51.100.0/24", NULL, 254, RTN_UNICAST, true, NETWORK_ALLOWED},
	    {"198.51.100.9/32", NULL, 255, RTN_LOCAL, true, NETWORK_ALLOWED},
	    {"198.51.100.255/32", NULL, 255, RTN_BROADCAST, true,
		NETWORK_ALLOWED},
	    {"203.0.113.0/24", "198.51.100.20/32", 254, RTN_UNICAST, true,
		NETWORK_ALLOWED},
	    {"203.0.113.0/24", "172.16.0.1/32", 254, RTN_UNICAST, true,
		NETWORK_ROUTE_FOREIGN},
	    {"203.0.113.0/24", NULL, 254, RTN_UNICAST, false,
		NETWORK_ROUTE_UNUSUAL},
	    {"172.16.0.0/24", NULL, 254, RTN_UNICAST, true,
		NETWORK_ROUTE_FOREIGN},
	    {"198.51.100.0/23", NULL, 254, RTN_UNICAST, true,
		NETWORK_ROUTE_FOREIGN},
	    {"128.0.0.0/1", NULL, 254, RTN_UNICAST, true,
		NETWORK_ROUTE_FOREIGN},
	    {"0.0.0.0/0", NULL, 254, RTN_UNICAST, true, NETWORK_ROUTE_DEFAULT},
	    {"0.0.0.0/0", NULL, 77, RTN_UNICAST, true, NETWORK_ROUTE_DEFAULT},
	    {"0.0.0.0/0", NULL, 254, RTN_UNICAST, false, NETWORK_ROUTE_DEFAULT},
	    {"0.0.0.0/0", NULL, 255, RTN_LOCAL, true, NETWORK_ROUTE_DEFAULT},
	    {"::/0", NULL, 254, RTN_UNICAST, true, NETWORK_ROUTE_DEFAULT},
	    {"::/0", NULL, 254, RTN_UNREACHABLE, true, NETWORK_ALLOWED},
	    {"0.0.0.0/0", NULL, 254, RTN_BLACKHOLE, true, NETWORK_ALLOWED},
	    {"0.0.0.0/0", NULL, 254, RTN_PROHIBIT, true, NETWORK_ALLOWED},
	    {"198.51.100.0/24", NULL, 254, RTN_NAT, true,
		NETWORK_ROUTE_UNUSUAL},
	    {"198.51.100.0/24", NULL, 254, RTN_THROW, true,
		NETWORK_ROUTE_UNUSUAL},
	    {"198.51.100.0/24", NULL, 254, RTN_XRESOLVE, true,
		NETWORK_ROUTE_UNUSUAL},
	    {"198.51.100.0/24", NULL, 254, RTN_UNSPEC, true,
		NETWORK_ROUTE_UNUSUAL},
	    {"fe80::/64", NULL, 254, RTN_UNICAST, true, NETWORK_ALLOWED},
	    {"fe80::/128", NULL, 255, RTN_ANYCAST, true, NETWORK_ALLOWED},
	    {"2001:db8::/32", "fe80::1/128", 254, RTN_UNICAST, true,
		NETWORK_ALLOWED},
	    {"2001:db8::/32", "fd00::1/128", 254, RTN_UNICAST, true,
		NETWORK_ROUTE_FOREIGN},
	    {"ff00::/8", NULL, 255, RTN_MULTICAST, true, NETWORK_ALLOWED},
	    {"ff00::/8", NULL, 254, RTN_MULTICAST, true, NETWORK_ROUTE_FOREIGN},
	    {"ff00::/8", NULL, 255, RTN_UNICAST, true, NETWORK_ROUTE_FOREIGN},
	    {"fe00::/7", NULL, 255, RTN_MULTICAST, true, NETWORK_ROUTE_FOREIGN},
	    {"224.0.0.0/4", NULL, 255, RTN_MULTICAST, true,
		NETWORK_ROUTE_FOREIGN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct network_route route = {.to = prefix(rows[i].to),
		    .table = rows[i].table,
		    .type = rows[i].type,
		    .has_gateway = rows[i].gateway != NULL,
		    .plain = rows[i].plain};

		if (route.has_gateway)
			route.gateway = prefix(rows[i].gateway);
		if (network_judge_route(&route) != rows[i].verdict)
			fail_msg("row %zu: %s", i, rows[i].to);
	}
}

static void
a_gateway_that_is_not_told_is_foreign(void **state)
{
	struct network_route route = {.to = prefix("198.51.100.0/24"),
	    .table = 254,
	    .type = RTN_UNICAST,
	    .has_gateway = true,
	    .plain = true};

	(void)state;
	assert_int_equal(network_judge_route(&route), NETWORK_ROUTE_FOREIGN);
}

static void
only_the_default_rules(void **state)
{
	static const struct {
		struct network_rule rule;
		bool allowed;
	} rows[] = {
	    {{AF_INET, 0, 255, true}, true},
	    {{AF_INET, 32766, 254, true}, true},
	    {{AF_INET, 32767, 253, true}, true},
	    {{AF_INET6, 0, 255, true}, true},
	    {{AF_INET6, 32766, 254, true}, true},
	    {{AF_INET6, 32767, 253, true}, false},
	    {{AF_INET, 0, 254, true}, false},
	    {{AF_INET, 0, 255, false}, false},
	    {{AF_INET, 1, 255, true}, false},
	    {{AF_INET, 32765, 254, true}, false},
	    {{AF_INET, 32766, 77, true}, false},
	    {{AF_INET, 32766, 254, false}, false},
	    {{AF_INET, 32768, 253, true}, false},
	    {{AF_UNSPEC, 0, 255, true}, false},
	    {{128, 32767, 253, true}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (network_judge_rule(&rows[i].rule) !=
		    (rows[i].allowed ? NETWORK_ALLOWED
				     : NETWORK_RULE_NOT_DEFAULT))
			fail_msg("row %zu", i);
}

static void
every_verdict_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i <= NETWORK_RULE_NOT_DEFAULT; i++) {
		assert_string_not_equal(
		    network_verdict_name((enum network_verdict)i), "unknown");
		assert_string_not_equal(
		    network_verdict_text((enum network_verdict)i),
		    "is unknown");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    network_verdict_name((enum network_verdict)i),
			    network_verdict_name((enum network_verdict)j));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_prefix_is_allowed_if_it_is_whole_inside_an_allowed_one),
	    cmocka_unit_test(an_address_in_text_is_allowed_only_if_it_is_one),
	    cmocka_unit_test(both_ends_of_an_address_count),
	    cmocka_unit_test(links_are_lo_veth_bridge_and_dummy),
	    cmocka_unit_test(routes_stay_inside),
	    cmocka_unit_test(a_gateway_that_is_not_told_is_foreign),
	    cmocka_unit_test(only_the_default_rules),
	    cmocka_unit_test(every_verdict_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
