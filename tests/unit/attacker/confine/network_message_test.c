/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "confine/network_message.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>

/* Room for one message; libmnl wants it aligned. */
static _Alignas(8) char room[1024];
static char what[NETWORK_WHAT_SIZE];

static const uint8_t ours[] = {198, 51, 100, 66};
static const uint8_t foreign[] = {172, 16, 0, 1};

static void *
begin(struct nlmsghdr **message, size_t header_size)
{
	memset(room, 0, sizeof(room));
	*message = mnl_nlmsg_put_header(room);
	return mnl_nlmsg_put_extra_header(*message, header_size);
}

static void
a_link_is_read_with_its_kind_peer_and_device(void **state)
{
	struct nlmsghdr *m;
	struct ifinfomsg *header = begin(&m, sizeof(*header));
	struct nlattr *info;

	(void)state;
	header->ifi_index = 2;
	mnl_attr_put_strz(m, IFLA_IFNAME, "outer");
	assert_int_equal(network_message_link(m, what), NETWORK_LINK_KIND);
	assert_string_equal(what, "link outer");
	mnl_attr_put_u32(m, IFLA_LINK, 7);
	assert_int_equal(network_message_link(m, what), NETWORK_LINK_STACKED);
	info = mnl_attr_nest_start(m, IFLA_LINKINFO);
	mnl_attr_put_strz(m, IFLA_INFO_KIND, "veth");
	mnl_attr_nest_end(m, info);
	assert_int_equal(network_message_link(m, what), NETWORK_ALLOWED);
	assert_string_equal(what, "link outer (veth)");
	mnl_attr_put_strz(m, IFLA_PARENT_DEV_NAME, "0000:00:01.0");
	assert_int_equal(network_message_link(m, what), NETWORK_LINK_PHYSICAL);
}

static void
a_name_without_its_nul_makes_no_link_a_labs(void **state)
{
	struct nlmsghdr *m;
	struct nlattr *info;

	(void)state;
	begin(&m, sizeof(struct ifinfomsg));
	info = mnl_attr_nest_start(m, IFLA_LINKINFO);
	mnl_attr_put_strz(m, IFLA_INFO_KIND, "veth");
	mnl_attr_nest_end(m, info);
	assert_int_equal(network_message_link(m, what), NETWORK_ALLOWED);
	mnl_attr_put(m, IFLA_IFNAME, 5, "outer");
	assert_int_equal(network_message_link(m, what), NETWORK_LINK_KIND);
}

static void
an_address_is_read_with_its_peer(void **state)
{
	struct nlmsghdr *m;
	struct ifaddrmsg *header = begin(&m, sizeof(*header));

	(void)state;
	header->ifa_family = AF_INET;
	assert_int_equal(
	    network_message_address(m, what), NETWORK_ADDRESS_FOREIGN);
	mnl_attr_put(m, IFA_ADDRESS, 4, ours);
	assert_int_equal(network_message_address(m, what), NETWORK_ALLOWED);
	mnl_attr_put(m, IFA_LOCAL, 4, foreign);
	assert_int_equal(
	    network_message_address(m, what), NETWORK_ADDRESS_FOREIGN);
	assert_string_equal(what, "address 172.16.0.1/32");
}

static void
an_address_of_a_wrong_length_is_none(void **state)
{
	struct nlmsghdr *m;
	struct ifaddrmsg *header = begin(&m, sizeof(*header));

	(void)state;
	header->ifa_family = AF_INET;
	mnl_attr_put(m, IFA_ADDRESS, 3, ours);
	assert_int_equal(
	    network_message_address(m, what), NETWORK_ADDRESS_FOREIGN);
}

static struct nlmsghdr *
route_to(const uint8_t to[4], uint8_t length)
{
	struct nlmsghdr *m;
	struct rtmsg *header = begin(&m, sizeof(*header));

	header->rtm_family = AF_INET;
	header->rtm_dst_len = length;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_type = RTN_UNICAST;
	if (length > 0)
		mnl_attr_put(m, RTA_DST, 4, to);
	return m;
}

static void
a_route_is_read_with_its_gateway_and_table(void **state)
{
	struct nlmsghdr *m = route_to(ours, 32);

	(void)state;
	mnl_attr_put_u32(m, RTA_TABLE, 77);
	mnl_attr_put_u32(m, RTA_OIF, 2);
	assert_int_equal(network_message_route(m, what), NETWORK_ALLOWED);
	assert_string_equal(what, "route 198.51.100.66/32 of table 77");
	mnl_attr_put(m, RTA_GATEWAY, 4, foreign);
	assert_int_equal(network_message_route(m, what), NETWORK_ROUTE_FOREIGN);
	assert_int_equal(network_message_route(route_to(ours, 0), what),
	    NETWORK_ROUTE_DEFAULT);
}

static void
whatever_else_a_route_has_makes_it_unusual(void **state)
{
	static const uint16_t more[] = {
	    RTA_MULTIPATH, RTA_VIA, RTA_ENCAP, RTA_NH_ID, RTA_IIF, RTA_SRC, 99};

	(void)state;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		struct nlmsghdr *m = route_to(ours, 32);

		mnl_attr_put_u32(m, more[i], 1);
		assert_int_equal(
		    network_message_route(m, what), NETWORK_ROUTE_UNUSUAL);
	}
	/* A prefix longer than an address. */
	assert_int_equal(network_message_route(route_to(ours, 33), what),
	    NETWORK_ROUTE_DEFAULT);
}

static struct nlmsghdr *
main_rule(uint32_t flags)
{
	struct nlmsghdr *m;
	struct fib_rule_hdr *header = begin(&m, sizeof(*header));

	header->family = AF_INET;
	header->action = FR_ACT_TO_TBL;
	header->table = RT_TABLE_MAIN;
	header->flags = flags;
	mnl_attr_put_u32(m, FRA_TABLE, RT_TABLE_MAIN);
	mnl_attr_put_u32(m, FRA_PRIORITY, 32766);
	mnl_attr_put_u32(m, FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
	return m;
}

static void
a_rule_is_plain_only_if_it_selects_nothing(void **state)
{
	static const uint16_t more[] = {FRA_FWMARK, FRA_IIFNAME, FRA_OIFNAME,
	    FRA_SRC, FRA_DST, FRA_GOTO, FRA_L3MDEV, FRA_UID_RANGE, 99};
	struct nlmsghdr *m;

	(void)state;
	assert_int_equal(
	    network_message_rule(main_rule(0), what), NETWORK_ALLOWED);
	assert_int_equal(
	    network_message_rule(main_rule(FIB_RULE_PERMANENT), what),
	    NETWORK_ALLOWED);
	assert_int_equal(network_message_rule(main_rule(FIB_RULE_INVERT), what),
	    NETWORK_RULE_NOT_DEFAULT);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		m = main_rule(0);
		mnl_attr_put_u32(m, more[i], 1);
		assert_int_equal(
		    network_message_rule(m, what), NETWORK_RULE_NOT_DEFAULT);
	}
	m = main_rule(0);
	mnl_attr_put_u32(m, FRA_SUPPRESS_PREFIXLEN, 0);
	assert_int_equal(
	    network_message_rule(m, what), NETWORK_RULE_NOT_DEFAULT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_link_is_read_with_its_kind_peer_and_device),
	    cmocka_unit_test(a_name_without_its_nul_makes_no_link_a_labs),
	    cmocka_unit_test(an_address_is_read_with_its_peer),
	    cmocka_unit_test(an_address_of_a_wrong_length_is_none),
	    cmocka_unit_test(a_route_is_read_with_its_gateway_and_table),
	    cmocka_unit_test(whatever_else_a_route_has_makes_it_unusual),
	    cmocka_unit_test(a_rule_is_plain_only_if_it_selects_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
