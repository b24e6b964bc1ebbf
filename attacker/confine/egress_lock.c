/* SPDX-License-Identifier: MIT */
/* Lock 5, asked of nf_tables, which tells only an administrator. */
#include "egress_lock.h"

#include "egress_message.h"
#include "lab.h"
#include "netfilter.h"

#include <errno.h>
#include <ifaddrs.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

static struct egress_chain chain; /* as it was when it was tried */

static int
note_chain(const struct nlmsghdr *message, void *user)
{
	if (mnl_nlmsg_get_payload_len(message) >= sizeof(struct nfgenmsg))
		egress_message_read(message, user);
	return MNL_CB_STOP;
}

static struct nlmsghdr *
question(char *buffer)
{
	struct nlmsghdr *m = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;

	m->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN;
	m->nlmsg_flags = NLM_F_REQUEST;
	m->nlmsg_seq = 1;
	header = mnl_nlmsg_put_extra_header(m, sizeof(*header));
	*header = (struct nfgenmsg){
	    .nfgen_family = NFPROTO_NETDEV, .version = NFNETLINK_V0};
	mnl_attr_put_strz(m, NFTA_CHAIN_TABLE, LAB_EGRESS_TABLE);
	mnl_attr_put_strz(m, NFTA_CHAIN_NAME, LAB_EGRESS_CHAIN);
	return m;
}

/* -1 with errno set: it cannot be asked, or there is none. */
static int
ask(struct egress_chain *found)
{
	char buffer[512];
	const struct nlmsghdr *m = question(buffer);

	return netfilter_ask(m, m->nlmsg_len, m->nlmsg_seq, note_chain, found);
}

int
egress_lock_try(const struct manifest *targets)
{
	if (!targets->egress)
		return 0;
	if (ask(&chain) == -1)
		return confine_refuse(LOCK_EGRESS, "egress-missing",
		    "the lab's filter at the egress of our links is not there "
		    "(%s)",
		    strerror(errno));
	if (!chain.drops)
		return confine_refuse(LOCK_EGRESS, "egress-open",
		    "the filter at the egress of our links lets all out");
	return egress_lock_covers(LOCK_EGRESS);
}

/* A link that is down sends nothing; lo sends to itself. */
static bool
may_send(const struct ifaddrs *link)
{
	return link->ifa_addr != NULL &&
	       link->ifa_addr->sa_family == AF_PACKET &&
	       (link->ifa_flags & IFF_UP) != 0 &&
	       (link->ifa_flags & IFF_LOOPBACK) == 0;
}

int
egress_lock_covers(enum confine_lock lock)
{
	struct ifaddrs *links;
	int result = 0;

	if (!chain.drops)
		return 0;
	if (getifaddrs(&links) == -1)
		return confine_refuse(lock, "links-unknown",
		    "the kernel does not list our links (%s)", strerror(errno));
	for (struct ifaddrs *l = links; l != NULL && result == 0;
	     l = l->ifa_next)
		if (may_send(l) && !egress_chain_covers(&chain, l->ifa_name))
			result = confine_refuse(lock, "egress-uncovered",
			    "link %.16s has no filter at its egress",
			    l->ifa_name);
	freeifaddrs(links);
	return result;
}

bool
egress_lock_holds(void)
{
	return chain.drops;
}
