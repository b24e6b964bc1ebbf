/* SPDX-License-Identifier: MIT */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "confine/egress_message.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

/* Room for one message; libmnl wants it aligned. */
static _Alignas(8) char room[1024];

static struct nlmsghdr *
begin(void)
{
	struct nlmsghdr *m;

	memset(room, 0, sizeof(room));
	m = mnl_nlmsg_put_header(room);
	mnl_nlmsg_put_extra_header(m, sizeof(struct nfgenmsg));
	return m;
}

/* A chain at that hook on so many links: l0, l1, ... */
static void
put_hook(struct nlmsghdr *m, uint32_t number, int links)
{
	struct nlattr *hook = mnl_attr_nest_start(m, NFTA_CHAIN_HOOK), *list;
	char name[8];

	mnl_attr_put_u32(m, NFTA_HOOK_HOOKNUM, htonl(number));
	list = mnl_attr_nest_start(m, NFTA_HOOK_DEVS);
	for (int i = 0; i < links; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		mnl_attr_put_strz(m, NFTA_DEVICE_NAME, name);
	}
	mnl_attr_nest_end(m, list);
	mnl_attr_nest_end(m, hook);
}

static void
put_policy(struct nlmsghdr *m, uint32_t policy)
{
	mnl_attr_put_u32(m, NFTA_CHAIN_POLICY, htonl(policy));
}

static void
a_chain_at_the_egress_that_drops_covers_its_links(void **state)
{
	struct egress_chain chain;
	struct nlmsghdr *m = begin();

	(void)state;
	put_hook(m, NF_NETDEV_EGRESS, 2);
	put_policy(m, NF_DROP);
	egress_message_read(m, &chain);
	assert_true(chain.drops);
	assert_true(egress_chain_covers(&chain, "l0"));
	assert_true(egress_chain_covers(&chain, "l1"));
	assert_false(egress_chain_covers(&chain, "l2"));
	assert_false(egress_chain_covers(&chain, "l"));
	assert_false(egress_chain_covers(&chain, ""));
}

static void
elsewhere_or_with_another_policy_it_drops_nothing(void **state)
{
	static const struct {
		uint32_t hook, policy;
	} trials[] = {
	    {NF_NETDEV_INGRESS, NF_DROP},
	    {NF_NETDEV_EGRESS, NF_ACCEPT},
	    {NF_NETDEV_NUMHOOKS, NF_DROP},
	};
	struct egress_chain chain;
	struct nlmsghdr *m;

	(void)state;
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		m = begin();
		put_hook(m, trials[i].hook, 1);
		put_policy(m, trials[i].policy);
		egress_message_read(m, &chain);
		assert_false(chain.drops);
	}
}

static void
what_is_not_said_is_not_there(void **state)
{
	struct egress_chain chain;
	struct nlmsghdr *m = begin();

	(void)state;
	egress_message_read(m, &chain);
	assert_false(chain.drops);
	assert_int_equal(chain.link_count, 0);
	put_policy(m, NF_DROP);
	egress_message_read(m, &chain);
	assert_false(chain.drops);
	m = begin();
	put_hook(m, NF_NETDEV_EGRESS, 1);
	egress_message_read(m, &chain);
	assert_false(chain.drops);
	m = begin();
	mnl_attr_put_u16(m, NFTA_CHAIN_POLICY, 0);
	put_hook(m, NF_NETDEV_EGRESS, 1);
	egress_message_read(m, &chain);
	assert_false(chain.drops);
}

static void
of_more_links_than_fit_the_last_is_not_covered(void **state)
{
	struct egress_chain chain;
	struct nlmsghdr *m = begin();

	(void)state;
	put_hook(m, NF_NETDEV_EGRESS, EGRESS_LINKS_MAX + 1);
	put_policy(m, NF_DROP);
	egress_message_read(m, &chain);
	assert_int_equal(chain.link_count, EGRESS_LINKS_MAX);
	assert_true(egress_chain_covers(&chain, "l7"));
	assert_false(egress_chain_covers(&chain, "l8"));
}

static void
a_name_that_is_no_links_covers_nothing(void **state)
{
	struct egress_chain chain;
	struct nlmsghdr *m = begin();
	struct nlattr *hook, *list;

	(void)state;
	hook = mnl_attr_nest_start(m, NFTA_CHAIN_HOOK);
	list = mnl_attr_nest_start(m, NFTA_HOOK_DEVS);
	mnl_attr_put_strz(m, NFTA_DEVICE_NAME, "fifteen-letters");
	mnl_attr_put_strz(m, NFTA_DEVICE_NAME, "sixteen-letters!");
	mnl_attr_put(m, NFTA_DEVICE_NAME, 3, "nul");
	mnl_attr_nest_end(m, list);
	mnl_attr_nest_end(m, hook);
	egress_message_read(m, &chain);
	assert_int_equal(chain.link_count, 1);
	assert_true(egress_chain_covers(&chain, "fifteen-letters"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_chain_at_the_egress_that_drops_covers_its_links),
	    cmocka_unit_test(elsewhere_or_with_another_policy_it_drops_nothing),
	    cmocka_unit_test(what_is_not_said_is_not_there),
	    cmocka_unit_test(of_more_links_than_fit_the_last_is_not_covered),
	    cmocka_unit_test(a_name_that_is_no_links_covers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
