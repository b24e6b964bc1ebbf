/* SPDX-License-Identifier: MIT */
/* From a message of nf_tables to the struct of lock 5. */
#include "egress_message.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

static bool
is_number(const struct nlattr *attribute, uint32_t number)
{
	return mnl_attr_validate(attribute, MNL_TYPE_U32) != -1 &&
	       ntohl(mnl_attr_get_u32(attribute)) == number;
}

static void
read_links(const struct nlattr *links, struct egress_chain *chain)
{
	const struct nlattr *link;

	mnl_attr_for_each_nested(link, links)
	{
		if (mnl_attr_get_type(link) != NFTA_DEVICE_NAME ||
		    mnl_attr_validate(link, MNL_TYPE_NUL_STRING) == -1 ||
		    mnl_attr_get_payload_len(link) > EGRESS_LINK_SIZE ||
		    chain->link_count == EGRESS_LINKS_MAX)
			continue;
		strcpy(
		    chain->links[chain->link_count++], mnl_attr_get_str(link));
	}
}

/* Is it the hook at the egress?  Its links go to *chain. */
static bool
read_hook(const struct nlattr *hook, struct egress_chain *chain)
{
	const struct nlattr *attribute;
	bool at_egress = false;

	mnl_attr_for_each_nested(attribute, hook)
	{
		if (mnl_attr_get_type(attribute) == NFTA_HOOK_HOOKNUM)
			at_egress = is_number(attribute, NF_NETDEV_EGRESS);
		else if (mnl_attr_get_type(attribute) == NFTA_HOOK_DEVS)
			read_links(attribute, chain);
	}
	return at_egress;
}

void
egress_message_read(const struct nlmsghdr *message, struct egress_chain *chain)
{
	bool at_egress = false, drops = false;
	const struct nlattr *attribute;

	*chain = (struct egress_chain){0};
	mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attribute) == NFTA_CHAIN_HOOK)
			at_egress = read_hook(attribute, chain);
		else if (mnl_attr_get_type(attribute) == NFTA_CHAIN_POLICY)
			drops = is_number(attribute, NF_DROP);
	}
	chain->drops = at_egress && drops;
}

bool
egress_chain_covers(const struct egress_chain *chain, const char *link)
{
	for (size_t i = 0; i < chain->link_count; i++)
		if (strcmp(chain->links[i], link) == 0)
			return true;
	return false;
}
